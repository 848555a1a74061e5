"""Plans' states summed into rows, one for each plan and department; what has no name of its own only as `other`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.states import SLIP_BUCKETS, STATUSES, DepartmentCounts, PlanState, Status

OTHER = "other"
"""The plan and department under which is summed whatever is not public, or is beyond MOST_PLANS."""

MOST_PLANS = 1_000
"""Plans that have series of their own: the first by name, so that a scrape stays bounded."""


@dataclass(frozen=True, slots=True)
class Row:
    """Milestones by status, and their slips: a count for each of SLIP_BUCKETS and one above, and the sum in days."""

    plan: str
    department: str
    statuses: dict[Status, int]
    slips: tuple[int, ...]
    slip_sum: int


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan, or all others: milestones that wait to be listed, rings, plans that are stuck; of a plan its places
    (code and name) and how many days its mission's projected date is past the target, where it has both."""

    plan: str
    waiting: int
    cycles: int
    stuck: int
    places: tuple[tuple[str, str], ...] = ()
    past_target: int | None = None


def rows(plans: Iterable[PlanState], most: int = MOST_PLANS) -> list[Row]:
    """The rows of all published plans."""
    named, others = _split(plans, most)
    shown = [
        Row(plan.plan, department, dict(counts.statuses), counts.slips, counts.slip_sum)
        for plan in named
        for department, counts in plan.counts.items()
    ]
    hidden = [counts for plan in others if plan.published for counts in plan.counts.values()]
    return shown + ([_other(hidden)] if hidden else [])


def plan_rows(plans: Iterable[PlanState], most: int = MOST_PLANS) -> list[PlanRow]:
    """A row for each plan with a name, and one for all others: a plan that is stuck is counted, published or not."""
    named, others = _split(plans, most)
    published = [plan for plan in others if plan.published]
    waiting, cycles = sum(plan.waiting for plan in published), sum(len(plan.cycles) for plan in published)
    return [*map(_row, named), PlanRow(OTHER, waiting, cycles, sum(plan.stuck for plan in others))]


def _row(plan: PlanState) -> PlanRow:
    places = tuple((place.code, place.name) for place in plan.places)
    past = (plan.projected - plan.target.date).days if plan.projected and plan.target else None
    return PlanRow(plan.plan, plan.waiting, len(plan.cycles), int(plan.stuck), places, past)


def _split(plans: Iterable[PlanState], most: int) -> tuple[Sequence[PlanState], Sequence[PlanState]]:
    """Those with a name of their own, which are public, and the others."""
    everything = sorted(plans, key=lambda plan: plan.plan)
    public = [plan for plan in everything if _is_everybodys(plan)]
    named = {plan.plan for plan in public[:most]}
    return public[:most], [plan for plan in everything if plan.plan not in named]


def _is_everybodys(plan: PlanState) -> bool:
    """Whether everybody may see how it stands now: a hold keeps that back from the day on which it is said."""
    return plan.published and plan.visibility == "public" and plan.hold is None


def _other(hidden: list[DepartmentCounts]) -> Row:
    return Row(
        OTHER,
        OTHER,
        {status: sum(counts.statuses.get(status, 0) for counts in hidden) for status in STATUSES},
        tuple(sum(counts.slips[i] for counts in hidden) for i in range(len(SLIP_BUCKETS) + 1)),
        sum(counts.slip_sum for counts in hidden),
    )
