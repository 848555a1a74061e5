"""Ids used again: noticed as long as they are remembered, and no longer."""

import json
from typing import Any

from services.ingest.reuse import Recent
from tests.events import body


def said(identifier: str, **attributes: Any) -> tuple[str, str, bytes]:
    """Source, id and JSON of an event."""
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    event = {**body("milestone.forecast", "dft/rail-2", data, id=identifier), **attributes}
    return str(event["source"]), identifier, json.dumps(event).encode()


def test_other_content_under_the_same_id_is_noticed() -> None:
    """Data, time, and attributes of the sender's own; not what follows a request, and not another source."""
    recent = Recent()
    assert not recent.reused(*said("1"))
    assert not recent.reused(*said("1"))
    assert not recent.reused(*said("1", correlationid="c-2"))
    assert recent.reused(*said("1", traceparent="00-ab"))
    assert recent.reused(*said("1", data={"forecast": "2027-03-02", "reason": "Possession moved"}))
    assert recent.reused(*said("1", time="2026-11-25T11:59:59Z"))
    assert not recent.reused(*said("1", source="/dft/other"))
    assert not recent.reused(*said("2"))


def test_the_same_content_written_otherwise_is_a_repeat() -> None:
    """Order, spaces, and a date in its long form."""
    recent, (source, identifier, raw) = Recent(), said("1")
    recent.reused(source, identifier, raw)
    event = json.loads(raw)
    event["data"]["forecast"] = {"precision": "day", "date": "2027-03-01"}
    assert not recent.reused(source, identifier, json.dumps(dict(reversed(event.items())), indent=1).encode())


def test_what_is_remembered_is_bounded() -> None:
    """The oldest goes first; an id that is used again counts once, and is the newest then."""
    size = len(said("10")[2]) + 600
    recent = Recent(most_bytes=3 * size)
    for identifier in ("10", "11", "10", "12", "13"):
        recent.reused(*said(identifier))
    changed = {"data": {"forecast": None, "reason": "Unknown"}}
    assert not recent.reused(*said("11", **changed))
    assert recent.reused(*said("13", **changed))
