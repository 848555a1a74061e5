"""What to doubt in a row of a return and what to note about it, each with its reason and its fix."""

import datetime as dt
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.ingest.domain.returns.model import BASELINE, Finding, Row


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Days between baseline and forecast or actual date beyond which one is doubtful (ten years), or needs a reason."""

    doubtful: int = 3653
    explained: int = 100


def middle_of(rows: Iterable[Row], as_at: dt.date | None) -> dt.date:
    """The middle of a return: the median of its dates and its as-at date, which a few wrong ones hardly move.

    Raises ValueError where there is no date at all.
    """
    dates = [said.date for row in rows for said in (row.agreed, row.due) if said] + ([as_at] if as_at else [])
    return dt.date.fromordinal(statistics.median_low(date.toordinal() for date in dates))


def doubt(row: Row, middle: dt.date, days: int) -> Finding | None:
    """The one of a row's dates that is doubtful, where baseline and forecast (or actual) are over `days` apart.

    It is the one farther from the middle of the return; where they are equally far, the forecast: somebody approved the
    baseline.
    """
    if row.agreed is None or row.due is None or abs((row.due.date - row.agreed.date).days) <= days:
        return None
    baseline, due = row.agreed.date, row.due.date
    dates = [(row.due_field, due), (BASELINE, baseline)]
    (field, date), (other_field, other) = sorted(dates, key=lambda dated: abs(dated[1] - middle), reverse=True)
    message = (
        f"{row.slot}: the {field} {_said(date)} and the {other_field} {_said(other)} are {_years(baseline, due)} years "
        f"apart. The {field} is farther from the middle of this return's dates ({_said(middle)}), so it is left out "
        f"and the rest of the row goes on: correct it in row {row.row} of sheet {row.sheet}, or confirm "
        f"{row.slot}/{field}"
    )
    return row.finding("doubtful", field, message)


def notes(row: Row, as_at: dt.date | None, days: int) -> Iterator[Finding]:
    """What does not fit together in a row, and is published as it stands; `days` is the delay that needs a reason."""
    if as_at and row.due:
        yield from _against_as_at(row, row.due.date, as_at)
    if row.state == "done" and row.due is None:
        yield row.finding("noted", row.due_field, f"{row.slot} is {row.said} without a date: write the actual date")
    late = (row.due.date - row.agreed.date).days if row.agreed and row.due else 0
    if late > days and not row.reason:
        message = f"{row.slot} is {late:,} days after its baseline and gives no reason: over {days} days one is due"
        yield row.finding("noted", "reason", message)


def _against_as_at(row: Row, due: dt.date, as_at: dt.date) -> Iterator[Finding]:
    if row.state == "open" and due < as_at:
        message = (
            f"{row.slot} is {row.said}, but its forecast {_said(due)} is before the as-at date {_said(as_at)}: "
            "say that it is done, or give the date that is now expected"
        )
        yield row.finding("noted", row.due_field, message)
    if row.state != "open" and due > as_at:
        message = (
            f"{row.slot} is {row.said}, but its date {_said(due)} is after the as-at date {_said(as_at)}: "
            "say that it is open, or correct the date"
        )
        yield row.finding("noted", row.due_field, message)


def _years(one: dt.date, other: dt.date) -> int:
    return round(abs((one - other).days) / 365.25)


def _said(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"
