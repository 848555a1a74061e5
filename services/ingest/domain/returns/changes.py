"""What a row changes against today's plan, and what of it goes unexplained."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.dates import PreciseDate
from schemas.states import MilestoneState
from services.ingest.domain.returns.model import ACTUAL, BASELINE, FORECAST, Finding, Row
from services.kit.words import LONDON, readable

_DATES = (BASELINE, FORECAST, ACTUAL)


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose value changes, as the contract writes both; `days` is how much later a date is."""

    field: str
    before: Any
    after: Any
    days: int | None = None


def as_at_instant(as_at: dt.date, now: dt.datetime) -> dt.datetime:
    """When a return as at a date was so: the end of that day in London, or the time of receipt if that is earlier."""
    midnight = dt.datetime.combine(as_at + dt.timedelta(days=1), dt.time(), LONDON)
    return min(midnight.astimezone(dt.UTC) - dt.timedelta(microseconds=1), now)


def changes(data: Mapping[str, Any], state: MilestoneState | None) -> tuple[Change, ...]:
    """What a `milestone.reported` with this data changes of a milestone; all that it says, where there is none yet."""
    today = _as_reported(state) if state else {}
    return tuple(
        Change(name, today.get(name), value, _days(today.get(name), value) if name in _DATES else None)
        for name, value in data.items()
        if not _same(value, today.get(name))
    )


def _same(one: Any, other: Any) -> bool:
    return same_text(one, other) if isinstance(one, str) and isinstance(other, str) else one == other


def same_text(one: str, other: str) -> bool:
    """Whether two texts are read as one: how their words are set apart is nothing."""
    return readable(one).split() == readable(other).split()


def _as_reported(state: MilestoneState) -> dict[str, Any]:
    return {
        "title": state.title,
        "type": state.type,
        "state": state.lifecycle,
        BASELINE: state.baseline.model_dump() if state.baseline else None,
        FORECAST: state.forecast.model_dump() if state.forecast else None,
        ACTUAL: state.actual.isoformat() if state.actual else None,
        "reason": state.reason.text if state.reason else None,
    }


def _days(before: Any, after: Any) -> int | None:
    if before is None or after is None:
        return None
    earlier, later = (PreciseDate.model_validate(said).date for said in (before, after))
    return (later - earlier).days


def unexplained(row: Row, state: MilestoneState | None) -> Iterator[Finding]:
    """That the row moves a date further away than the plan has it, and gives no reason, or the old one."""
    known = (state.actual or state.declared) if state else None
    if state is None or known is None or row.due is None or row.state == "cancelled":
        return
    days = (row.due.date - known).days
    if days <= 0:
        return
    later = f"{row.slot} moves {days:,} days later than the plan has it"
    if row.reason is None:
        yield row.finding("noted", "reason", f"{later}, and gives no reason: say why")
    elif state.reason and state.reason.text == row.reason and state.reason.explains not in (None, row.due.date):
        message = f"{later}, and its reason is the one given for {state.reason.explains}: say why it moved again"
        yield row.finding("noted", "reason", message)
