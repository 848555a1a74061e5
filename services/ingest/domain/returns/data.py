"""A row as the data of a `milestone.reported`."""

from collections.abc import Iterator
from typing import Any

from services.ingest.domain.returns.model import ACTUAL, BASELINE, FORECAST, Finding, Row

LONGEST_REASON = 2000
"""The letters that the contract gives a reason."""

_CANCELLED = {"cancelled", "canceled"}
_MAY_BE_NULL = {"type", BASELINE, FORECAST, ACTUAL}


def reported(row: Row, without: str | None = None) -> dict[str, Any]:
    """What the row says, but for the date `without`; what it leaves blank is absent, and so says nothing.

    Null are the fields that are blank in a column marked complete.
    """
    dates = {BASELINE: row.agreed, **_due(row)}
    said = {
        "title": row.title,
        "type": row.type,
        "state": row.state,
        **{name: date.model_dump() for name, date in dates.items() if date and name != without},
        "reason": _reason(row),
    }
    known = {name: value for name, value in said.items() if value}
    return {**known, **dict.fromkeys(sorted(row.blank & _MAY_BE_NULL - known.keys()))}


def _due(row: Row) -> dict[str, Any]:
    # what was cancelled has no date to come, and never had an actual one; an actual date is a day, or not known
    vague = row.state == "done" and row.due is not None and row.due.precision != "day"
    return {} if row.state == "cancelled" or vague else {row.due_field: row.due}


def _reason(row: Row) -> str | None:
    reason = row.reason or ""
    plain = row.state != "cancelled" or row.said.lower() in _CANCELLED or reason.startswith(row.said)
    return ": ".join(filter(None, [None if plain else row.said, reason]))[:LONGEST_REASON] or None


def shortened(row: Row) -> Iterator[Finding]:
    """What of a row the contract has no room for."""
    if len(row.reason or "") > LONGEST_REASON:
        message = f"{row.slot}: only the first {LONGEST_REASON} letters of the reason are published: shorten it"
        yield row.finding("noted", "reason", message)
    if row.state == "done" and row.due is not None and row.due.precision != "day":
        message = f"{row.slot} is {row.said}, but its date is no day: no actual date is published until one is written"
        yield row.finding("noted", ACTUAL, message)
