"""A return's rows as events: one `milestone.reported` each, and what they need, as of the return's as-at date."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from schemas.events import EVENT, Event
from services.ingest.domain.returns.changes import as_at_instant
from services.ingest.domain.returns.proposal import Proposed


def events(proposed: Proposed, now: dt.datetime) -> list[Event]:
    """The events of the rows that are ready. Raises ValueError while the return has no as-at date.

    The same of the same return has the same id, so that a second upload is known as a repeat.
    """
    if proposed.as_at is None:
        raise ValueError("as_at: say as at which date the return was made")
    said = as_at_instant(proposed.as_at, now).isoformat()
    return [
        *(_event(proposed, said, "milestone.reported", row.name or "", row.data) for row in proposed.ready),
        *(_event(proposed, said, "dependency.declared", *_declared(asdict(need))) for need in proposed.needs),
    ]


def fingerprint(said: Iterable[Event]) -> str:
    """What a publisher was shown: of the same events the same, whenever they are said."""
    return hashlib.sha256("\n".join(sorted(event.id for event in said)).encode()).hexdigest()[:32]


def _declared(need: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return need.pop("milestone"), need


def _event(proposed: Proposed, said: str, kind: str, about: str, data: Mapping[str, Any]) -> Event:
    content = json.dumps([proposed.plan, about, str(proposed.as_at), dict(data)], sort_keys=True)
    return EVENT.validate_python(
        {
            "specversion": "1.0",
            "id": f"return-{hashlib.sha256(content.encode()).hexdigest()[:32]}",
            "source": f"/{proposed.department}/return",
            "type": f"org.milepost.{kind}.v1",
            "subject": about,
            "plan": proposed.plan,
            "time": said,
            "data": dict(data),
        }
    )
