"""Old and new run side by side: whoever reads a record of the contract passes over what a later version adds."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from schemas.alerts import ALERT_CHANGED
from schemas.events import LOG_RECORD
from schemas.states import MILESTONE_CONCLUDED, PLAN_CONCLUDED
from tests.events import NOON, PLAN, event

CLOSED = {"PreciseDate"}
"""Values that are whole for good: what a date is does not grow."""


def closed(schema: Any, name: str = "") -> Iterator[str]:
    """The names of the objects in a JSON Schema that allow no field but their own."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            yield name
        for key, part in schema.items():
            yield from closed(part, key if "properties" not in key else name)
    elif isinstance(schema, list):
        for part in schema:
            yield from closed(part, name)


@pytest.mark.parametrize("read", [LOG_RECORD, MILESTONE_CONCLUDED, PLAN_CONCLUDED, ALERT_CHANGED])
def test_no_record_is_closed_to_later_fields(read: TypeAdapter[Any]) -> None:
    """Anywhere in it, but for values that are whole."""
    assert set(closed(read.json_schema())) <= CLOSED


def test_an_event_with_fields_of_a_later_version_is_read_and_keeps_them() -> None:
    """In the envelope and in what it says, so that a newer reader behind finds them."""
    said = {"forecast": "2027-03-01", "reason": "Later", "said_later": "x"}
    read = event("milestone.forecast", "dft/a", said, extension="y")
    kept = read.model_dump(mode="json")
    assert (kept["data"]["said_later"], kept["extension"]) == ("x", "y")


def test_a_state_with_fields_of_a_later_version_is_read() -> None:
    """As an older metrics or alerting sees it while plan-tracking is newer already."""
    state = {"plan": PLAN, "version": 1, "published": True, "title": "x", "lead": "dluhc", "tolerance": 1}
    state |= {
        "day": "2026-11-25",
        "counts": {"dft": {"statuses": {"late": 1}, "slips": [0], "slip_sum": 0, "said_later": 1}},
    }
    envelope = {"specversion": "1.0", "id": "1", "source": "/milepost/x", "subject": PLAN, "plan": PLAN}
    read = {
        **envelope,
        "time": NOON.isoformat(),
        "type": "org.milepost.plan.concluded.v1",
        "data": {**state, "said_later": 1},
    }
    assert PLAN_CONCLUDED.validate_python(read).data.counts["dft"].statuses == {"late": 1}
