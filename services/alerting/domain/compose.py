"""Composing: everything that one subscriber hears now, as one notification sectioned by cause."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from schemas.alerts import Kind, NotificationData, Told, ToldCause, ToldOfCause
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from schemas.visibility import may_see_milestone
from services.alerting.domain.levels import States
from services.alerting.domain.model import Said
from services.alerting.domain.select import Item, Listener, Plans, kind_of
from services.alerting.domain.speaking import Why

MOST_TOLD = 1_000
"""Milestones that one notification names; what is over is counted."""

HIDDEN = Node(plan="", milestone="")
"""Stands for a milestone that the reader may not see."""
HIDDEN_TITLE = "A milestone that is not public"


@dataclass(frozen=True, slots=True)
class Composed:
    """A notification, and what is remembered as said by it.

    `titles` names the milestones of every path, by milestone key.
    """

    data: NotificationData
    said: dict[str, Said | None]
    titles: dict[str, str]
    correlationid: str | None
    reasons: dict[str, int] = field(default_factory=dict)


def nodes_to_show(items: Iterable[Item]) -> set[Node]:
    """The milestones whose states `compose` needs."""
    return {n for item in items for n in (*item.kept.path, item.kept.alert.cause)}


def compose(
    items: list[Item],
    listener: Listener,
    states: States,
    plans: Plans,
    plans_url: str,
    kind: Kind | None = None,
) -> Composed | None:
    """The notification of these items; None when there is nothing to say. `states` has those of `nodes_to_show`."""
    if not items:
        return None
    told = items[:MOST_TOLD]
    by_cause: dict[Node, list[Item]] = defaultdict(list)
    for item in told:
        by_cause[_cause(item)].append(item)
    view = _View(listener.departments, states, plans)
    data = NotificationData(
        kind=kind or kind_of(items),
        links=_links(told, plans_url),
        causes=tuple(ToldOfCause(cause=view.cause(c), moved=tuple(map(view.told, own))) for c, own in by_cause.items()),
        more=len(items) - len(told),
    )
    return Composed(
        data,
        said={item.kept.key: saying(item, states) for item in items},
        titles=view.titles(told),
        correlationid=next((item.kept.correlationid for item in told if item.kept.correlationid), None),
        reasons={why.name.lower(): sum(item.why is why for item in items) for why in Why if why.speaks},
    )


def saying(item: Item, states: States) -> Said | None:
    """What is remembered when the item has been told; None when there is nothing more to compare with.

    After the end of a slip that is still a slip, what was told remains: a date that swings about the tolerance is not
    told again and again.
    """
    kept = item.kept
    if kept.firing:
        return Said(kept.alert.days, kept.projected, kept.alert.cause)
    state = states.get(milestone_key(kept.alert.plan, kept.alert.milestone))
    still_open = state is not None and state.lifecycle == "open" and state.listed
    if kept.symptom == "late" and still_open and (kept.slip or 0) > 0:
        return Said(kept.slip or 0, kept.projected, kept.alert.cause, item.ended)
    return None


def _cause(item: Item) -> Node:
    return item.kept.alert.cause


def _links(items: Iterable[Item], plans_url: str) -> dict[str, str]:
    """The plan's page under `plan`; of several plans the first there, and each under its own name."""
    plans = list(dict.fromkeys(item.kept.alert.plan for item in items))
    urls = {plan: f"{plans_url.rstrip('/')}/plans/{plan}" for plan in plans}
    return {"plan": urls[plans[0]]} | (urls if len(plans) > 1 else {})


@dataclass(frozen=True, slots=True)
class _View:
    """What one reader sees: each milestone of another's is judged before it is shown."""

    departments: Collection[str]
    states: States
    plans: Plans

    def state(self, wanted: Node) -> MilestoneState | None:
        return self.states.get(milestone_key(wanted.plan, wanted.milestone))

    def sees(self, wanted: Node) -> bool:
        return may_see_milestone(self.plans.get(wanted.plan), self.state(wanted), self.departments)

    def cause(self, cause: Node) -> ToldCause:
        state, seen = self.state(cause), self.sees(cause)
        shown = cause if seen else HIDDEN
        return ToldCause(
            plan=shown.plan,
            milestone=shown.milestone,
            department=cause.milestone.partition("/")[0] if seen else "",
            title=(state.title if state else cause.milestone) if seen else HIDDEN_TITLE,
            days=state.slip if state else None,
            reason=_reason(state) if seen else None,
        )

    def told(self, item: Item) -> Told:
        kept, alert = item.kept, item.kept.alert
        before = item.before.to if item.before else kept.baseline
        days = (kept.projected - before).days if kept.projected and before else 0
        if kept.symptom == "overdue" and kept.firing:
            before, days = kept.declared, alert.days
        return Told(
            plan=alert.plan,
            milestone=alert.milestone,
            title=kept.title,
            department=kept.department,
            rule=alert.rule,
            from_=before,
            to=kept.projected,
            days=days,
            against_baseline=kept.slip,
            path=tuple(n if self.sees(n) else HIDDEN for n in self._path(item)),
            ended=item.ended,
        )

    def _path(self, item: Item) -> tuple[Node, ...]:
        """The chain from the cause; of *overdue* and of what a milestone ended by itself, the milestone alone."""
        alert = item.kept.alert
        own = Node(plan=alert.plan, milestone=alert.milestone)
        return (own,) if alert.cause == own or item.kept.symptom == "overdue" else item.kept.path

    def titles(self, items: Iterable[Item]) -> dict[str, str]:
        shown = {n for item in items for n in self._path(item) if self.sees(n)}
        states = [state for state in map(self.state, shown) if state]
        return {milestone_key(state.plan, state.milestone): state.title for state in states}


def _reason(state: MilestoneState | None) -> str | None:
    """The reason given for the present date; one that explains another date is no reason for this."""
    if state is None or state.reason is None:
        return None
    present = (None, state.declared, state.actual)
    return state.reason.text if state.reason.explains in present else None
