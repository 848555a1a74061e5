"""Between plans: what a plan must tell the others after a batch, and what the network plan makes of their links.

Slip travels as messages (law 3): a plan registers with the one it needs, and is told of every move. Only structure
decides what closes a cycle across plans, and the network plan judges it from the links of all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.network import NETWORK, Cut, Link
from schemas.states import Answer
from schemas.topics import milestone_key
from services.kit.order import components, rings
from services.plan_tracking.domain.layers import changed
from services.plan_tracking.domain.network import Network, Renewed
from services.plan_tracking.domain.schedule import Given, Port, chain, path

MOST_CHAIN, MOST_ANSWERS, MOST_LED_TO, MOST_CUTS = 1_000, 500, 2_500, 1_500
"""What one record between plans names, so that none is larger than Kafka takes. No date is lost by it: a ring across
plans that is too long for the chain is found by the links, and one that is too wide for the links by the chain."""

Cuts = Mapping[str, tuple[Cut, ...]]
"""Dependencies that are left out, by the plan that has them."""


@dataclass(frozen=True, slots=True)
class Due:
    """What must be told to other plans: never the content, which is read when it is told.

    `wants` are milestones of other plans whose registration is to be said (wanted or not); `moved` pairs of a milestone
    and a plan that needs it; `links` whether the network plan is told ours; `judged` the plans that it answers.
    """

    wants: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    links: bool = False
    judged: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wants or self.moved or self.links or self.judged)

    def __or__(self, other: "Due") -> "Due":
        """What is due by either."""
        return Due(
            tuple(sorted({*self.wants, *other.wants})),
            tuple(sorted({*self.moved, *other.moved})),
            self.links or other.links,
            tuple(sorted({*self.judged, *other.judged})),
        )


def due(before: Network, renewed: Renewed, *, withdrawn: bool) -> Due:
    """What a batch makes due. `withdrawn` says that the plan was withdrawn or is back, so that every port moves."""
    if before.plan == NETWORK:
        return Due(judged=_judged(before, renewed.network))
    return Due(_wants(before, renewed), _moved(before, renewed, withdrawn), _links_differ(before, renewed))


def _wants(before: Network, renewed: Renewed) -> tuple[str, ...]:
    now = renewed.network.dependents
    keys = (key for key in changed(now) if "|" in key)
    return tuple(sorted(key for key in keys if bool(before.dependents.get(key)) != bool(now[key])))


def _moved(before: Network, renewed: Renewed, withdrawn: bool) -> tuple[tuple[str, str], ...]:
    """Registrations are answered at once; else those are told for whom something differs."""
    after = renewed.network
    if withdrawn:
        return tuple(sorted((name, plan) for name, plans in after.wanted.items() for plan in plans))
    asked = {(n, p) for n, plans in changed(after.wanted).items() for p in plans if p not in before.wanted.get(n, ())}
    affected = ((name, plan) for name in renewed.affected for plan in after.wanted.get(name, ()))
    return tuple(sorted(asked | {(n, p) for n, p in affected if port(before, n, p) != port(after, n, p)}))


def port(network: Network, name: str, plan: str) -> Port:
    """Where a milestone stands, for a plan that needs it; whether the plan is withdrawn is for the sender to add."""
    given = network.given.get(name)
    if given is None or name not in network.scheduled:
        return Port(known=False)
    stands = network.scheduled[name]
    return Port(
        known=True,
        lifecycle=given.lifecycle,
        projected=stands.projected,
        by_day=stands.by_day,
        path=tuple(step if "|" in step else milestone_key(network.plan, step) for step in path(network, name)),
        chain=chain(network, name)[-MOST_CHAIN:],
        answers=_answers(given, plan),
    )


def _answers(given: Given, plan: str) -> tuple[tuple[str, Answer], ...]:
    return tuple((by, answer) for by, answer in given.answers if by.startswith(f"{plan}|"))[:MOST_ANSWERS]


def links(network: Network) -> tuple[Link, ...]:
    """Each way on which a date can come in from another plan and go out again, rings inside the plan left out."""
    wanted = {name for name, plans in network.wanted.items() if plans}
    found, room = [], MOST_LED_TO
    for key, names in network.foreign() if wanted else ():
        for name in sorted(names):
            leads_to = sorted(network.downstream(name) & wanted)[: max(0, room - 2)]
            if leads_to:
                found.append(Link(needs=key, milestone=name, leads_to=tuple(leads_to)))
                room -= 2 + len(leads_to)
    return tuple(found)


def _links_differ(before: Network, renewed: Renewed) -> bool:
    after = renewed.network
    return bool(renewed.restructured or changed(after.wanted)) and links(before) != links(after)


def _judged(before: Network, after: Network) -> tuple[str, ...]:
    was, now = judge(before.links), judge(after.links)
    return tuple(sorted(plan for plan in was.keys() | now.keys() if was.get(plan, ()) != now.get(plan, ())))


def judge(reported: Mapping[str, Iterable[Link]]) -> Cuts:
    """Exactly the dependencies across plans whose both ends are in one strongly connected part are left out."""
    needs: dict[str, list[str]] = {}
    for plan, of_plan in reported.items():
        for link in of_plan:
            here = milestone_key(plan, link.milestone)
            needs.setdefault(here, []).append(link.needs)
            needs.setdefault(link.needs, [])
            for name in link.leads_to:
                if name != link.milestone:
                    needs.setdefault(milestone_key(plan, name), []).append(here)
    ring_of = rings(components(needs))
    cuts: dict[str, tuple[Cut, ...]] = {}
    for plan, of_plan in reported.items():
        closing = {
            (link.needs, link.milestone)
            for link in of_plan
            if link.needs in ring_of.get(milestone_key(plan, link.milestone), ())
        }
        if closing:
            cuts[plan] = tuple(Cut(needs=needed, milestone=name) for needed, name in sorted(closing)[:MOST_CUTS])
    return cuts
