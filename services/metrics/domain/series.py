"""What is shown of plans: each public one under its name, and whatever has no name of its own only as `other`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from schemas.alerts import Symptom
from schemas.names import CANARY, owner
from schemas.states import SLIP_BUCKETS, STATUSES, DepartmentCounts, PlanState, Status

OTHER = "other"
"""The plan and department under which is summed whatever is not public, or is beyond MOST_PLANS."""

MOST_PLANS = 1_000
"""Plans that have series of their own: the first by name, so that a scrape stays bounded."""

Holding = tuple[str, Symptom]
"""What an alert is about: whose it is, and what a reader suffers."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a plan: its newest state, and how many alerts of each kind hold."""

    state: PlanState
    alerts: Mapping[Holding, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """Milestones by status, and their slips: a count for each of SLIP_BUCKETS and one above, and the sum in days."""

    department: str
    statuses: Mapping[Status, int]
    slips: tuple[int, ...]
    slip_sum: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of one plan, or of all others together.

    `waiting` counts milestones that wait to be listed, `cycles` rings, `stuck` plans that are. Of a plan alone: its
    places (code and name), and how many days its projected date is past its target, where it has both.
    """

    plan: str
    rows: tuple[Row, ...]
    waiting: int
    cycles: int
    stuck: int
    alerts: Mapping[Holding, int]
    places: tuple[tuple[str, str], ...] = ()
    past_target: int | None = None


def of_plan(known: Known) -> Shown:
    """A public plan under its own name."""
    plan = known.state
    return Shown(
        plan=plan.plan,
        rows=tuple(_row(department, counts) for department, counts in plan.counts.items()),
        waiting=plan.waiting,
        cycles=len(plan.cycles),
        stuck=int(plan.stuck),
        alerts=known.alerts,
        places=tuple((place.code, place.name) for place in plan.places),
        past_target=(plan.projected - plan.target.date).days if plan.projected and plan.target else None,
    )


def of_others(others: Sequence[Known]) -> Shown:
    """All others as one. Of a plan that is not published yet only that it is stuck is counted."""
    published = [one.state for one in others if one.state.published]
    hidden = [counts for plan in published for counts in plan.counts.values()]
    return Shown(
        plan=OTHER,
        rows=(_sum(hidden),) if hidden else (),
        waiting=sum(plan.waiting for plan in published),
        cycles=sum(len(plan.cycles) for plan in published),
        stuck=sum(one.state.stuck for one in others),
        alerts=_nobodys(one.alerts for one in others if one.state.published),
    )


def split(plans: Iterable[Known], most: int = MOST_PLANS) -> tuple[list[Known], list[Known]]:
    """Those with a name of their own, which are public, and the others; the canary's is nowhere."""
    everything = sorted(
        (known for known in plans if owner(known.state.plan) != CANARY), key=lambda known: known.state.plan
    )
    public = [known for known in everything if _is_everybodys(known.state)]
    named = {known.state.plan for known in public[:most]}
    return public[:most], [known for known in everything if known.state.plan not in named]


def _is_everybodys(plan: PlanState) -> bool:
    """Whether everybody may see how it stands now: a hold keeps that back from the day on which it is said."""
    return plan.published and plan.visibility == "public" and plan.hold is None


def _row(department: str, counts: DepartmentCounts) -> Row:
    return Row(department, counts.statuses, counts.slips, counts.slip_sum)


def _sum(hidden: Sequence[DepartmentCounts]) -> Row:
    return Row(
        OTHER,
        {status: sum(counts.statuses.get(status, 0) for counts in hidden) for status in STATUSES},
        tuple(sum(counts.slips[i] for counts in hidden) for i in range(len(SLIP_BUCKETS) + 1)),
        sum(counts.slip_sum for counts in hidden),
    )


def _nobodys(alerts: Iterator[Mapping[Holding, int]]) -> Mapping[Holding, int]:
    found = Counter[Holding]()
    for one in alerts:
        for (_, symptom), count in one.items():
            found[OTHER, symptom] += count
    return found
