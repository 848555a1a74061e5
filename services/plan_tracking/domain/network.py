"""A plan's dependency network: what each milestone brings and where it stands, renewed only where something moved."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heappush

from schemas.network import Link
from services.kit.order import components, rings
from services.plan_tracking.domain.layers import Layered, settled
from services.plan_tracking.domain.money import Money, Paying
from services.plan_tracking.domain.registers import Registers
from services.plan_tracking.domain.schedule import Given, Port, Scheduled, Terms, stand
from services.plan_tracking.domain.trajectories import Outcomes

Wanting = tuple[str, ...]
"""Plans, by name."""


@dataclass(frozen=True, slots=True)
class Network:
    """A plan's network and the schedule that follows from it.

    `ports` are what other plans said, by `plan|milestone`; `wanted` has the plans that need each milestone of this one.
    `dependents` are those that need a milestone, of this plan or another; `levels` grow along every dependency that is
    not left out; `rings` has the ring of each milestone that is in one. Only the plan `milepost/network` has `links`.
    """

    plan: str
    terms: Terms = field(default_factory=Terms)
    given: Mapping[str, Given] = field(default_factory=dict)
    scheduled: Mapping[str, Scheduled] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    wanted: Mapping[str, Wanting] = field(default_factory=dict)
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    dependents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    rings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    money: Money = field(default_factory=Money)
    outcomes: Outcomes = field(default_factory=Outcomes)

    def closes(self, name: str, port: Port) -> bool:
        """Whether a port's date came from what this milestone leads to: it must not come round again."""
        home = f"{self.plan}|"
        came = {key.removeprefix(home) for key in port.chain if key.startswith(home)}
        return bool(came) and not came.isdisjoint(self.downstream(name))

    def downstream(self, name: str) -> set[str]:
        """A milestone and everything that it moves inside the plan: what needs it, directly or not, rings left out."""
        found, todo = {name}, [name]
        while todo:
            at = todo.pop()
            fresh = self.dependents.get(at, frozenset()) - found
            fresh = fresh.difference(self.rings[at]) if at in self.rings else fresh
            found |= fresh
            todo += fresh
        return found

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """The rings of milestones that wait for each other, sorted; one that needs itself is a ring too."""
        return tuple(sorted(set(self.rings.values())))

    def foreign(self) -> list[tuple[str, frozenset[str]]]:
        """The milestones of other plans that are needed here, each with those that need it."""
        return sorted((key, names) for key, names in self.dependents.items() if "|" in key and names)

    def kept(self) -> "Network":
        """The network with its changes settled: for its owner, once they are written."""
        return replace(
            self,
            given=settled(self.given),
            scheduled=settled(self.scheduled),
            ports=settled(self.ports),
            wanted=settled(self.wanted),
            links=settled(self.links),
            dependents=settled(self.dependents),
            levels=settled(self.levels),
        )

    def apart(self) -> "Network":
        """The same with mappings of its own: what it lies over stays as it is."""
        return replace(
            self,
            given=dict(self.given),
            scheduled=dict(self.scheduled),
            ports=dict(self.ports),
            wanted=dict(self.wanted),
            links=dict(self.links),
            dependents=dict(self.dependents),
            levels=dict(self.levels),
        )


@dataclass(frozen=True, slots=True)
class Moves:
    """What the records of a batch change of a network: by milestone, port, milestone wanted, plan, fact."""

    given: Mapping[str, Given] = field(default_factory=dict)
    ports: Mapping[str, Port] = field(default_factory=dict)
    wanted: Mapping[str, Wanting] = field(default_factory=dict)
    links: Mapping[str, tuple[Link, ...]] = field(default_factory=dict)
    money: Mapping[str, tuple[Paying, ...]] = field(default_factory=dict)
    outcomes: Mapping[str, Registers] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Renewed:
    """A network after a batch, as layers over the one before; `affected` are those whose state may differ."""

    network: Network
    affected: frozenset[str]
    restructured: bool


def whole(plan: str, moves: Moves, terms: Terms) -> Network:
    """The network that has all of this."""
    return renew(Network(plan), moves, terms).network.kept()


def renew(before: Network, moves: Moves, terms: Terms) -> Renewed:
    """The network after these moves; visits only what they affect (everything, once the holidays change)."""
    given = {name: one for name, one in moves.given.items() if before.given.get(name) != one}
    layers = replace(
        before,
        terms=terms,
        given=Layered(before.given, given),
        ports=Layered(before.ports, dict(moves.ports)),
        wanted=Layered(before.wanted, dict(moves.wanted)),
        links=Layered(before.links, dict(moves.links)),
        money=before.money.after(moves.money),
        outcomes=before.outcomes.after(moves.outcomes),
    )
    shaped = [name for name, one in given.items() if _shape(one) != _shape(before.given.get(name))]
    after = _shaped(before, layers, shaped)
    ports = {key for key, port in moves.ports.items() if before.ports.get(key) != port}
    changed = {*given, *_restless(before, after, ports, bool(shaped))}
    scheduled, affected = _propagate(before, after, changed, ports)
    return Renewed(replace(after, scheduled=Layered(before.scheduled, scheduled)), affected, bool(shaped))


def _shape(given: Given | None) -> tuple[str, ...]:
    return tuple(edge.giver for edge in given.needs) if given else ()


def _shaped(before: Network, layers: Network, shaped: Sequence[str]) -> Network:
    """With dependents, rings and levels as the changed needs have them."""
    if not shaped:
        return replace(layers, dependents=Layered(before.dependents), levels=Layered(before.levels))
    dependents = Layered(before.dependents, _dependents(before, layers, shaped))
    layers = replace(layers, dependents=dependents, levels=Layered(before.levels))
    if before.rings or _closes_ring(before, layers, shaped):
        return _ordered_anew(layers)
    return replace(layers, levels=Layered(before.levels, _raised(layers, shaped)))


def _dependents(before: Network, layers: Network, shaped: Iterable[str]) -> dict[str, frozenset[str]]:
    changed: dict[str, set[str]] = {}
    for name in shaped:
        was, now = set(_shape(before.given.get(name))), set(_shape(layers.given[name]))
        for giver in was ^ now:
            names = changed.setdefault(giver, set(before.dependents.get(giver, ())))
            (names.add if giver in now else names.discard)(name)
    return {giver: frozenset(names) for giver, names in changed.items()}


def _closes_ring(before: Network, layers: Network, shaped: Sequence[str]) -> bool:
    """Whether a new need leads back to its milestone; where much is new at once, a look at the whole is cheaper."""
    if 8 * len(shaped) > len(layers.given):
        return True
    for name in shaped:
        fresh = set(_shape(layers.given[name])) - set(_shape(before.given.get(name)))
        if fresh and not fresh.isdisjoint(layers.downstream(name)):
            return True
    return False


def _ordered_anew(layers: Network) -> Network:
    inside = {name: [giver for giver in _shape(given) if "|" not in giver] for name, given in layers.given.items()}
    parts = list(components(inside))
    ring_of = {name: (name,) for name, givers in inside.items() if name in givers} | rings(parts)
    levels: dict[str, int] = {}
    for part in parts:
        for name in part:
            ring = ring_of.get(name, ())
            levels[name] = 1 + max((levels[g] for g in inside[name] if g in levels and g not in ring), default=0)
    return replace(layers, rings=ring_of, levels=Layered(layers.levels.base, levels))  # type: ignore[attr-defined]


def _raised(layers: Network, shaped: Iterable[str]) -> dict[str, int]:
    """Levels above those of what is needed; one that is higher than it need be does no harm."""
    raised: dict[str, int] = {}

    def level(name: str) -> int:
        return raised.get(name) or layers.levels.get(name, 0)

    todo = list(shaped)
    while todo:
        name = todo.pop()
        least = 1 + max((level(giver) for giver in _shape(layers.given[name]) if giver in layers.given), default=0)
        if least > level(name):
            raised[name] = least
            todo += layers.dependents.get(name, ())
    return raised


def _restless(before: Network, after: Network, ports: Collection[str], shaped: bool) -> set[str]:
    """The milestones that must be looked at although they themselves said nothing new."""
    found = {name for port in ports for name in after.dependents.get(port, ())}
    if before.rings is not after.rings:
        names = before.rings.keys() | after.rings.keys()
        found |= {name for name in names if before.rings.get(name) != after.rings.get(name)}
    if shaped:
        home = f"{after.plan}|"
        back = [key for key, port in after.ports.items() if any(one.startswith(home) for one in port.chain)]
        found |= {name for key in back for name in after.dependents.get(key, ())}
    found |= {name for _, name in before.terms.cuts ^ after.terms.cuts}
    if before.terms.day != after.terms.day:
        found |= {n for n, s in before.scheduled.items() if s.projected is not None and s.projected < after.terms.day}
    if before.terms.holidays != after.terms.holidays:
        found |= after.given.keys()
    return found & after.given.keys()


def _propagate(
    before: Network, after: Network, changed: Collection[str], ports: Collection[str]
) -> tuple[dict[str, Scheduled], frozenset[str]]:
    """Where everything stands that differs, and all that is affected; in the order of the levels, each once."""
    standing: dict[str, Scheduled] = {}
    now = replace(after, scheduled=Layered(before.scheduled, standing))
    queue, seen, moved = [(after.levels.get(name, 0), name) for name in changed], set(changed), set(ports)
    heapify(queue)
    while queue:
        _, name = heappop(queue)
        was, stands = before.scheduled.get(name), stand(now, name)
        if stands != was:
            standing[name] = stands
        if stands != was or stands.via in moved:
            moved.add(name)
        tells = was is None or stands.projected != was.projected or _speaks(before, after, name)
        for dependent in after.dependents.get(name, ()):
            if dependent not in seen and (tells or (name in moved and _through(now, dependent) == name)):
                seen.add(dependent)
                heappush(queue, (after.levels.get(dependent, 0), dependent))
    return standing, frozenset(seen)


def _speaks(before: Network, after: Network, name: str) -> bool:
    """Whether those that need a milestone must hear of it although its date is the same."""
    was, now = before.given.get(name), after.given[name]
    return was is None or (was.lifecycle, was.answers) != (now.lifecycle, now.answers)


def _through(network: Network, name: str) -> str | None:
    stands = network.scheduled.get(name)
    return stands.via if stands else None
