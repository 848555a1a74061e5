"""What may be folded from the log, and why not."""

import json
from typing import Any

import pytest

from services.plan_tracking.domain.accept import Headers, Rejection, accept
from tests.events import NOON, PLAN, body

GOOD = body("milestone.forecast", "dft/a", {"forecast": None, "reason": "Unknown now"}, acceptedtime=NOON.isoformat())
DATED = body("plan.dated", PLAN, {}, source="/milepost/plan-tracking", acceptedtime=NOON.isoformat())


def read(value: Any, key: bytes = PLAN.encode(), partition: int = 7, headers: Headers = ()) -> Any:
    """The record's outcome in partition 7, which is the plan's own."""
    return accept(key, json.dumps(value).encode() if isinstance(value, dict) else value, headers, partition, 7)


def test_a_good_record_is_an_event() -> None:
    """Of a department, or Milepost's own."""
    assert not isinstance(read(GOOD), Rejection)
    assert not isinstance(read(DATED), Rejection)


def test_a_record_in_binary_mode_is_an_event_too() -> None:
    """Attributes in ce_ headers, data in the value; a header that is not UTF-8 is said."""
    headers = [(f"ce_{name}", str(value).encode()) for name, value in GOOD.items() if name != "data"]
    assert read(GOOD["data"], headers=headers) == read(GOOD)
    outcome = read(GOOD["data"], headers=[*headers, ("ce_extension", b"\xff")])
    assert isinstance(outcome, Rejection)
    assert "ce_extension" in outcome.reason


@pytest.mark.parametrize(
    ("value", "more", "words"),
    [
        (None, {}, "empty"),
        (b"", {}, "empty"),
        (b"\x00\x01rubbish", {}, "JSON"),
        (GOOD, {"key": b"dluhc/other"}, "key"),
        (GOOD, {"partition": 8}, "partition 8"),
        ({**GOOD, "acceptedtime": None}, {}, "acceptedtime"),
        ({**GOOD, "source": "/dwp"}, {}, "may not speak"),
        ({**GOOD, "source": "/milepost/x"}, {}, "may not speak"),
        ({**DATED, "source": "/dluhc"}, {}, "may not speak"),
        ({**DATED, "subject": "dluhc/other"}, {}, "not the plan"),
    ],
)
def test_anything_else_is_rejected_with_its_reason(value: Any, more: dict[str, Any], words: str) -> None:
    """Rubbish, a wrong partition, a forged name: each said in words."""
    outcome = read(value, **more)
    assert isinstance(outcome, Rejection)
    assert words in outcome.reason
