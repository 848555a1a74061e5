"""A plan whose dates move over three days: of the lead dluhc with dft; dwp has not been listed."""

import datetime as dt
from typing import Any

from schemas.events import LogRecord
from tests.events import NOON, PLAN, event

DAY = dt.timedelta(days=1)
FIRST, SECOND, THIRD = NOON - 2 * DAY, NOON - DAY, NOON


def at(kind: str, subject: str, data: dict[str, Any], when: dt.datetime, **more: Any) -> LogRecord:
    """An event that was so, and accepted, at a moment."""
    attributes = {"id": f"{kind}-{when:%d}", "time": when.isoformat(), "acceptedtime": when.isoformat(), **more}
    return event(kind, subject, data, **attributes)


def planned(name: str, title: str, baseline: str, *needs: str, when: dt.datetime = FIRST) -> list[LogRecord]:
    """A milestone of the plan, and what it needs ten days earlier."""
    first = at("milestone.planned", name, {"title": title, "baseline": baseline}, when)
    return [first, *(at("dependency.declared", name, {"needs": need, "lag": 10}, when, id=need) for need in needs)]


def forecast(name: str, day: str, when: dt.datetime, reason: str = "Possession moved") -> LogRecord:
    """The owner's date."""
    return at("milestone.forecast", name, {"forecast": day, "reason": reason}, when)


def story(**plan: Any) -> list[LogRecord]:
    """dft/a moves by 45 days on the second day and back by 15 on the third, and everything behind it."""
    return [
        at("plan.published", PLAN, {"title": "Towns Fund", "target": "2027-04-20", **plan}, FIRST),
        at("contributor.listed", PLAN, {"department": "dft", "title": "Transport"}, FIRST),
        *planned("dft/a", "Possession", "2027-03-01"),
        *planned("dwp/b", "Course", "2027-03-20", "dft/a"),
        *planned("dluhc/c", "Opening", "2027-04-10", "dwp/b"),
        forecast("dft/a", "2027-04-15", SECOND),
        forecast("dft/a", "2027-03-31", THIRD, "Part of the possession is back"),
    ]
