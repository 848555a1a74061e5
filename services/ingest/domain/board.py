"""Who has returned to a plan for the period, and by when it is due."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.reporting import Period, awaited, period
from schemas.states import PlanState

Standing = Literal["returned", "awaited", "overdue"]

Returned = tuple[dt.date, dt.date]
"""The as-at dates of a department's first and last return."""


@dataclass(frozen=True, slots=True)
class Line:
    """A department: the as-at date of its last return; without a reporting calendar it stands nowhere."""

    department: str
    title: str | None
    last: dt.date | None
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class Board:
    """The departments of a plan, and the period whose return is due next."""

    period: Period | None
    lines: tuple[Line, ...]


def board(plan: PlanState, returned: Mapping[str, Returned], today: dt.date) -> Board:
    """The board of a plan's lead and contributors, by name.

    A return as at a day in a period, or later, counts for it. Overdue is the one before the period that is awaited,
    once anybody has returned to the plan for it, or earlier.
    """
    next_due = awaited(plan.reporting, today) if plan.reporting else None
    before = period(plan.reporting, next_due.first - dt.timedelta(days=1)) if plan.reporting and next_due else None
    collecting = before is not None and any(first <= before.last for first, _ in returned.values())
    return Board(
        next_due,
        tuple(
            Line(name, title, last, _standing(last, next_due, before if collecting else None))
            for name, title in sorted(_departments(plan))
            for last in [returned[name][1] if name in returned else None]
        ),
    )


def _departments(plan: PlanState) -> Iterator[tuple[str, str | None]]:
    listed = {one.department: one.title for one in plan.contributors if one.unlisted is None}
    yield from {plan.lead: None, **listed}.items()


def _standing(last: dt.date | None, next_due: Period | None, before: Period | None) -> Standing | None:
    if next_due is None:
        return None
    if last is not None and last >= next_due.first:
        return "returned"
    return "overdue" if before is not None and (last is None or last < before.first) else "awaited"
