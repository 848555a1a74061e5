"""A return's rows as events: one `milestone.reported` each, as of the return's as-at date."""

import datetime as dt
import hashlib
import json
from zoneinfo import ZoneInfo

from schemas.events import EVENT, Event
from services.ingest.domain.returns.propose import Proposal, Proposed

LONDON = ZoneInfo("Europe/London")


def events(proposed: Proposed, now: dt.datetime) -> list[Event]:
    """The events of the rows that are ready. Raises ValueError while the return has no as-at date."""
    if proposed.as_at is None:
        raise ValueError("as_at: say as at which date the return was made")
    said = as_at_instant(proposed.as_at, now).isoformat()
    return [_event(proposed, proposal, said) for proposal in proposed.ready]


def as_at_instant(as_at: dt.date, now: dt.datetime) -> dt.datetime:
    """The end of that day in London, or the time of receipt if that is earlier."""
    midnight = dt.datetime.combine(as_at + dt.timedelta(days=1), dt.time(), LONDON)
    return min(midnight.astimezone(dt.UTC) - dt.timedelta(microseconds=1), now)


def _event(proposed: Proposed, proposal: Proposal, said: str) -> Event:
    """The same row of the same return has the same id, so that a second upload is known as a repeat."""
    content = json.dumps([proposed.plan, proposal.name, str(proposed.as_at), dict(proposal.data)], sort_keys=True)
    return EVENT.validate_python(
        {
            "specversion": "1.0",
            "id": f"return-{hashlib.sha256(content.encode()).hexdigest()[:32]}",
            "source": f"/{proposed.department}/return",
            "type": "org.milepost.milestone.reported.v1",
            "subject": proposal.name,
            "plan": proposed.plan,
            "time": said,
            "data": dict(proposal.data),
        }
    )
