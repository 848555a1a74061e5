"""A department's milestones as the lines of a return, to be changed and sent back; unchanged, they change nothing."""

import datetime as dt
from collections.abc import Iterable

from schemas.dates import PreciseDate
from schemas.names import owner, project_of
from schemas.states import MilestoneState
from services.kit.cells import may_be_formula
from services.kit.words import readable

ID, TITLE, TYPE, STATUS, REASON = "ID", "Milestone", "Type", "Status", "Reason"
HEADERS = (ID, TITLE, TYPE, "Original baseline", "Baseline", "Forecast", "Actual", STATUS, REASON)
"""The columns: texts, but for the four dates before the status. A milestone's ID is its name."""

TYPES = ("approval", "assurance", "delivery", "engagement")
STATUSES = {"open": "Open", "done": "Done", "cancelled": "Cancelled"}
"""What the columns of these names may hold; the statuses by lifecycle."""

Cell = str | dt.date | None


def lines(states: Iterable[MilestoneState], department: str, project: str | None = None) -> list[tuple[Cell, ...]]:
    """The department's milestones, of one project (a slug) or of all, under HEADERS; by project, date and name."""
    own = [
        state
        for state in states
        if owner(state.milestone) == department and project in (None, project_of(state.milestone))
    ]
    return [_line(state) for state in sorted(own, key=_order)]


def _order(state: MilestoneState) -> tuple[str, dt.date, str]:
    return project_of(state.milestone) or "", state.declared or dt.date.max, state.milestone


def _line(state: MilestoneState) -> tuple[Cell, ...]:
    return (
        state.milestone,
        readable(state.title),
        state.type,
        written(state.original_baseline if state.baseline else None),  # alone it would be read as the one that holds
        written(state.baseline),
        written(state.forecast),
        state.actual,
        STATUSES[state.lifecycle],
        readable(state.reason.text) if state.reason else None,
    )


def written(date: PreciseDate | None) -> Cell:
    """A date as it stands in a cell: a day as a date, "March 2027", "Q4 2026/27", "FY 2026/27"."""
    if date is None or date.precision == "day":
        return date.date if date else None
    if date.precision == "month":
        return f"{date.date:%B %Y}"
    begins = date.date.year - (date.date.month <= 3)
    years = f"{begins}/{(begins + 1) % 100:02}"
    return f"FY {years}" if date.precision == "financial-year" else f"Q{(date.date.month - 4) % 12 // 3 + 1} {years}"


def unmarked(text: str) -> str:
    """The text without the apostrophe by which a spreadsheet takes it for text."""
    return text[1:] if text[:1] == "'" and may_be_formula(text) else text
