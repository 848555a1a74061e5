"""Small sheets of a quarterly return for tests, with the quirks of real ones."""

import csv
import datetime as dt
import io
from collections.abc import Collection, Sequence

from services.ingest.domain.returns.grid import Area, Grid, Value, Written

Line = Sequence[Value | None]

TITLE, STATUS = "Milestone label", "Status"
BASELINE, DUE = "Baseline Date of Approval Point", "Forecast / Actual Date\nof Approval Point"
VARIANCE = "Ginga between Baseline and Forecast/ Actual Dates (Days)"
REASON = "Specific reason/s for any delay\n(mandatory if over 100 days)"
HEADER: Line = [None, TITLE, "Approvals and Controls", "Version No.", BASELINE, DUE, VARIANCE, STATUS, REASON]

AS_AT = dt.date(2019, 6, 30)
MAY = dt.date(2019, 5, 1)
JULY = dt.date(2019, 7, 31)


def grid(
    sheet: str,
    *lines: Line,
    merged: tuple[Area, ...] = (),
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
) -> Grid:
    """A sheet whose first row is the first of these lines, None where a cell is empty."""
    values = {
        (row, column): value
        for row, line in enumerate(lines, 1)
        for column, value in enumerate(line, 1)
        if value is not None
    }
    return Grid(sheet, values, merged, frozenset(hidden_rows), frozenset(hidden_columns))


def line(
    slot: str | None,
    title: Value | None = "OBC approval",
    baseline: Value | None = JULY,
    due: Value | None = JULY,
    status: Value | None = "Live",
    reason: Value | None = None,
    version: Value | None = 1,
) -> Line:
    """A milestone under HEADER, with its variance as the form computes it."""
    days = (due - baseline).days if isinstance(due, dt.date) and isinstance(baseline, dt.date) else None
    return [slot, title, "Control - Property", version, baseline, due, days, status, reason]


def approvals(*lines: Line, sheet: str = "6a - Milestones - Approvals") -> Grid:
    """A sheet of approvals: two lines of headings, the header, then these."""
    return grid(sheet, ["ARE_0024_1516-Q4"], [6.01, "Approval History (covers all approvals)"], HEADER, *lines)


def front(project: str | None = "ARE_0024", as_at: Value | None = AS_AT, period: str | None = "Q1 1920") -> Grid:
    """The front sheet of a return."""
    return grid(
        "Introduction",
        ["Fantastic Portfolio Collection Sheet"],
        ["0.1.4", "GOASS Project ID", project, None, None if project else "GOASS to complete"],
        ["0.1.5", "Controls Project ID number", None, None, "GOASS to complete"],
        ["0.1.8", "Quarter Joined Proberts-Nio", "1516-Q4"],
        ["0.1.9", "Current Quarter", period],
        ["0.1.10", "Snapshot Date", as_at],
    )


def text(content: str, separator: str = ",") -> Grid:
    """The sheet of a text file with this content; the line break at its start is none of it."""
    lines = list(csv.reader(io.StringIO(content.removeprefix("\n")), delimiter=separator))
    values = {(row, column): cell for row, line in enumerate(lines, 1) for column, cell in enumerate(line, 1) if cell}
    return Grid("CSV", values, written={row: Written(row, len(line)) for row, line in enumerate(lines, 1)})
