"""Acceptance: what is refused, with which status, naming which field."""

import datetime as dt
import json
from typing import Any

import pytest

from services.ingest.domain.acceptance import Refusal, accept, stamped
from tests.events import NOON, body

FORECAST = {"forecast": "2027-03-01", "reason": "Possession moved"}


def refused(said: Any, departments: tuple[str, ...] = ("dft",)) -> Refusal:
    """The refusal of a body, given as JSON values or as bytes."""
    answer = accept(said if isinstance(said, bytes) else json.dumps(said).encode(), departments, NOON)
    assert isinstance(answer, Refusal)
    return answer


def forecast(**changed: Any) -> dict[str, Any]:
    """A good forecast event with some attributes changed; None takes one out."""
    made = {**body("milestone.forecast", "dft/rail-2", FORECAST), **changed}
    return {name: value for name, value in made.items() if value is not None}


def test_a_good_event_is_accepted_as_it_is() -> None:
    """Extensions that Milepost does not know are kept."""
    event = accept(json.dumps(forecast(traceparent="00-ab-cd-01")).encode(), ("dft",), NOON)
    assert not isinstance(event, Refusal)
    assert event.model_dump(mode="json", exclude_unset=True)["traceparent"] == "00-ab-cd-01"


@pytest.mark.parametrize(
    ("said", "status", "field", "words"),
    [
        (b"\xff\xfe{", 400, "body", "JSON"),
        (b"{", 400, "body", "JSON"),
        (forecast(type="org.milepost.milestone.guessed.v1"), 422, "type", "known are"),
        (forecast(type=None), 422, "type", "missing"),
        (forecast(time=None), 422, "time", "required"),
        (forecast(time="2026-11-25T12:06:00Z"), 422, "time", "ahead of receipt"),
        (forecast(time="2026-11-25T12:00:00"), 422, "time", "offset"),
        (forecast(acceptedtime="2026-11-25T12:00:00Z"), 422, "acceptedtime", "leave it out"),
        (forecast(subject="dft"), 422, "subject", "pattern"),
        (forecast(data={"forecast": "2027-02-31", "reason": "x"}), 422, "data.forecast.date", "day value"),
        (forecast(data={"forecast": "2027-03-01"}), 422, "data.reason", "required"),
        (forecast(data={**FORECAST, "resaon": "x"}), 422, "data.resaon", "spelling"),
        (forecast(source="/dfte", subject="dfte/rail-2"), 403, "source", "this key speaks for dft only"),
        (forecast(subject="dfte/rail-2"), 403, "subject", "belongs to dfte"),
    ],
)
def test_a_bad_event_is_refused_naming_the_field(said: Any, status: int, field: str, words: str) -> None:
    """Each for one reason, with its HTTP status."""
    refusal = refused(said)
    assert refusal.status == status
    assert field in [fault.field for fault in refusal.faults]
    assert any(words in fault.detail for fault in refusal.faults)


def test_a_key_for_two_departments_does_not_let_one_speak_for_the_other() -> None:
    """A successor speaks for its predecessor under the predecessor's name."""
    refusal = refused(forecast(source="/desnz", subject="beis/grid"), ("desnz", "beis"))
    assert refusal.status == 403


def test_five_minutes_ahead_is_still_accepted() -> None:
    """Clocks differ a little."""
    event = accept(json.dumps(forecast(time="2026-11-25T12:05:00Z")).encode(), ("dft",), NOON)
    assert not isinstance(event, Refusal)


def test_acceptance_is_stamped_strictly_increasing_within_a_request() -> None:
    """So that the order inside one request is kept."""
    event = accept(json.dumps(forecast()).encode(), ("dft",), NOON)
    assert not isinstance(event, Refusal)
    first, second = stamped([event, event], NOON, "c-1")
    assert first.acceptedtime == NOON
    assert second.acceptedtime == NOON + dt.timedelta(microseconds=1)
    assert second.correlationid == "c-1"
