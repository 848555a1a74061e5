"""What changed between two moments of a plan: who moved, by how many days, because of whom."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from schemas.states import Lifecycle, MilestoneState, Node
from services.plan_tracking.domain.known import Known

Change = Literal["new", "moved", "met", "cancelled", "reopened", "rebaselined", "undated", "dated"]


@dataclass(frozen=True, slots=True)
class Moved:
    """One milestone that differs: what happened to it, its projected date before and after, and who drives it now.

    `days` is how much later it is projected; None without both dates. `reason` is the owner's, for the present date.
    """

    milestone: str
    title: str
    department: str
    changes: tuple[Change, ...]
    before: dt.date | None
    after: dt.date | None
    days: int | None
    slip: int | None
    cause: Node | None
    reason: str | None


def compare(before: Known, after: Known) -> list[Moved]:
    """Every milestone that differs, those that moved furthest first."""
    moved = [
        _moved(before.milestones.get(name), state, changes)
        for name, state in after.milestones.items()
        if (changes := tuple(_changes(before.milestones.get(name), state)))
    ]
    return sorted(moved, key=lambda one: (-(one.days or 0), one.milestone))


def _changes(before: MilestoneState | None, after: MilestoneState) -> list[Change]:
    if before is None:
        return ["new"]
    changes: list[Change] = []
    if before.lifecycle != after.lifecycle:
        changes.append(_LIFECYCLE[after.lifecycle])
    if before.baseline != after.baseline:
        changes.append("rebaselined")
    if before.projected and after.projected and before.projected != after.projected:
        changes.append("moved")
    elif bool(before.projected) != bool(after.projected) and after.lifecycle == "open":
        changes.append("dated" if after.projected else "undated")
    return changes


_LIFECYCLE: dict[Lifecycle, Change] = {"open": "reopened", "done": "met", "cancelled": "cancelled"}


def _moved(before: MilestoneState | None, after: MilestoneState, changes: tuple[Change, ...]) -> Moved:
    was = before.projected if before else None
    cause = after.cause
    return Moved(
        milestone=after.milestone,
        title=after.title,
        department=after.department,
        changes=changes,
        before=was,
        after=after.projected,
        days=(after.projected - was).days if was and after.projected else None,
        slip=after.slip,
        cause=Node(plan=cause.plan, milestone=cause.milestone) if cause else None,
        reason=after.reason.text if after.reason else None,
    )
