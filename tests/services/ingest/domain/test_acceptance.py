"""Acceptance: what is refused, with which status, naming which field."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from services.ingest.domain.acceptance import MOST_FAULTS, Refusal, accept, stamped
from tests.events import NOON, PLAN, body

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
        (forecast(specversion="0.3"), 422, "specversion", "1.0"),
        (forecast(camelCase="x"), 422, "camelCase", "lower-case"),
        (forecast(**{"": "x"}), 422, "", "lower-case"),
        (forecast(ext={"a": 1}), 422, "ext", "32 bits"),
        (forecast(ext=[1]), 422, "ext", "32 bits"),
        (forecast(ext=1.5), 422, "ext", "32 bits"),
        (forecast(ext=2**31), 422, "ext", "32 bits"),
        (forecast(ext="a\nb"), 422, "ext", "control"),
        (forecast(id="a\x00"), 422, "id", "control"),
        (forecast(id="\ufdd0"), 422, "id", "Unicode"),
        (forecast(correlationid="a\r\nBcc: x"), 422, "correlationid", "control"),
        (forecast(correlationid="a" * 257), 422, "correlationid", "256"),
        (forecast(datacontenttype="application/xml"), 422, "datacontenttype", "application/json"),
        (forecast(data_base64="e30="), 400, "data_base64", "beside data"),
        (b'{"id": "1", "id": "2"}', 400, "body", "'id' is said twice"),
        (b'{"id": NaN}', 400, "body", "NaN"),
        (b'{"id": "\\ud800"}', 400, "body", "hex escape"),
        (b"[" * 100_000, 400, "body", "nested"),
        (b'{"type": ' + b"[" * 500 + b"]" * 500 + b"}", 400, "body", "recursion"),
        (b"7", 422, "body", "object"),
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


def test_a_name_said_twice_smuggles_nothing_past_the_checks() -> None:
    """Not in the envelope and not in the data, before or behind what is checked, however it is spelt."""
    good = json.dumps(forecast())
    before, behind = "{%s, " + good[1:], good[:-1] + ", %s}"
    for text in (
        before % '"source": "/dwp"',
        behind % '"plan": "dluhc/x"',
        before % '"\\u0073ubject": "dwp/x"',
        behind % '"data": {"forecast": "2030-01-01", "reason": "Another"}',
        before % '"acceptedtime": "2020-01-01T00:00:00Z", "acceptedtime": null',
        good.replace('"reason"', '"forecast": null, "reason"'),
    ):
        refusal = refused(text.encode())
        assert refusal.status == 400
        assert "said twice" in refusal.faults[0].detail


def test_an_attribute_may_be_null_or_of_any_type_of_cloudevents() -> None:
    """Null is as if it were not there; text may be of any letters."""
    said = forecast(ext1=None, ext2=True, ext3=-(2**31), ext4="", ext5="Zürich\u00a0😀", correlationid=None)
    said |= {"acceptedtime": None, "datacontenttype": "text/json; charset=utf-8"}
    assert not isinstance(accept(json.dumps(said).encode(), ("dft",), NOON), Refusal)


def test_data_in_base64_is_read() -> None:
    """The same event as without."""
    plain = forecast()
    wrapped = {name: said for name, said in plain.items() if name != "data"}
    wrapped["data_base64"] = base64.b64encode(json.dumps(plain["data"]).encode()).decode()
    assert accept(json.dumps(wrapped).encode(), ("dft",), NOON) == accept(json.dumps(plain).encode(), ("dft",), NOON)
    assert refused({**wrapped, "data_base64": base64.b64encode(b'{"a": 1, "a": 1}').decode()}).status == 400


def test_not_every_fault_is_named() -> None:
    """The first ones are: an answer is no longer than it helps."""
    fields = forecast(data={**FORECAST, **{f"field{number}": 0 for number in range(1000)}})
    attributes = forecast(**{f"EXT{number}": 0 for number in range(1000)})
    assert [len(refused(said).faults) for said in (fields, attributes)] == [MOST_FAULTS] * 2


@pytest.mark.parametrize(
    ("kind", "subject", "data", "field"),
    [
        ("milestone.planned", "dft/rail-2", {"title": "Rail", "places": [0] * 1000}, "data.places[0]"),
        ("plan.published", PLAN, {"title": "Plan", "places": [0] * 1000}, "data.places[0]"),
        (
            "plan.published",
            PLAN,
            {"title": "Plan", "calendar": {"name": "Bank", "holidays": [0] * 1000}},
            "data.calendar.holidays[0]",
        ),
        (
            "funding.allocated",
            "dft/fund",
            {
                "place": "E06000001",
                "fund": "Fund",
                "amount": 1,
                "financial_year": "2026/27",
                "use": "capital",
                "pays_for": [0] * 1000,
            },
            "data.pays_for[0]",
        ),
    ],
)
def test_of_a_list_the_first_fault_is_named(kind: str, subject: str, data: dict[str, Any], field: str) -> None:
    """A body of nothing but faults costs no more than a good one."""
    assert [fault.field for fault in refused(body(kind, subject, data), ("dft", "dluhc")).faults] == [field]


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
