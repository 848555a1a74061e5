"""Plans' states summed into rows, one for each plan and department; plans that are not public only as `other`."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.states import SLIP_BUCKETS, STATUSES, DepartmentCounts, PlanState, Status

OTHER = "other"
"""The plan and department under which everything not public is summed."""


@dataclass(frozen=True, slots=True)
class Row:
    """Milestones by status, and their slips: a count for each of SLIP_BUCKETS and one above, and the sum in days."""

    plan: str
    department: str
    statuses: dict[Status, int]
    slips: tuple[int, ...]
    slip_sum: int


def rows(plans: Iterable[PlanState]) -> list[Row]:
    """The rows of all published plans."""
    published = [plan for plan in plans if plan.published]
    shown = [
        Row(plan.plan, department, dict(counts.statuses), counts.slips, counts.slip_sum)
        for plan in published
        if plan.visibility == "public"
        for department, counts in plan.counts.items()
    ]
    hidden = [counts for plan in published if plan.visibility != "public" for counts in plan.counts.values()]
    return shown + ([_other(hidden)] if hidden else [])


def _other(hidden: list[DepartmentCounts]) -> Row:
    return Row(
        OTHER,
        OTHER,
        {status: sum(counts.statuses.get(status, 0) for counts in hidden) for status in STATUSES},
        tuple(sum(counts.slips[i] for counts in hidden) for i in range(len(SLIP_BUCKETS) + 1)),
        sum(counts.slip_sum for counts in hidden),
    )
