"""What a department writes to its inbox: judged as over HTTP, by the moment of its arrival."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import EVENT, Event
from services.ingest.domain.acceptance import Refusal
from services.ingest.domain.inbox import Arrival, Taken, take
from tests.events import NOON, body

MOST = 1_000_000
FORECAST = {"forecast": "2027-03-01", "reason": "Possession moved"}


def forecast(**changed: Any) -> dict[str, Any]:
    """A good forecast event with some attributes changed."""
    return {**body("milestone.forecast", "dft/rail-2", FORECAST), **changed}


def arrival(said: Any, **changed: Any) -> Arrival:
    """A record of dft's inbox, which arrived at noon."""
    value = said if isinstance(said, bytes) else json.dumps(said).encode()
    return replace(Arrival("dft", "milepost.inbox.dft", 2, 1007, NOON, (), value), **changed)


def binary(event: dict[str, Any]) -> Arrival:
    """The event's record in binary mode."""
    headers = [(f"ce_{name}", str(value).encode()) for name, value in event.items() if name != "data"]
    return arrival(event["data"], headers=headers)


def accepted(one: Arrival) -> Event:
    """The accepted event."""
    taken = take(one, MOST)
    assert isinstance(taken, Taken), taken
    event = EVENT.validate_json(taken.value)
    assert taken.plan == event.plan
    return event


def fields(one: Arrival) -> list[str]:
    """The fields for which a record is refused."""
    refusal = take(one, MOST)
    assert isinstance(refusal, Refusal)
    return [fault.field for fault in refusal.faults]


def test_it_is_accepted_as_of_its_arrival_and_bears_its_place() -> None:
    """The offset's last three digits are the microseconds of the millisecond that it shares with others."""
    event = accepted(arrival(forecast()))
    assert event.acceptedtime == NOON + dt.timedelta(microseconds=7)
    assert event.correlationid == "milepost.inbox.dft/2/1007"


def test_a_record_that_is_read_again_is_the_same_event() -> None:
    """So reading it twice changes nothing: nothing in it comes from the reader."""
    assert isinstance(take(arrival(forecast()), MOST), Taken)
    assert take(arrival(forecast()), MOST) == take(arrival(forecast()), MOST)


def test_binary_mode_says_the_same_as_structured_mode() -> None:
    """Whichever a client prefers."""
    assert accepted(binary(forecast())) == accepted(arrival(forecast()))


def test_a_correlation_id_of_the_department_is_kept() -> None:
    """It may follow the event from further away."""
    assert accepted(arrival(forecast(correlationid="p6-export-7"))).correlationid == "p6-export-7"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (b"\xff", "body"),
        (b"", "body"),
        (b"[" * 100_000, "body"),
        (forecast(source="/dwp", subject="dwp/x"), "source"),
        (forecast(subject="dwp/x"), "subject"),
        (forecast(time="2026-11-25T12:06:00Z"), "time"),
        (forecast(time="0001-01-01T00:00:00+14:00"), "time"),
        (forecast(acceptedtime="2026-11-25T12:00:00Z"), "acceptedtime"),
        (b" " * (MOST + 1), "body"),
    ],
)
def test_what_http_would_refuse_is_refused(said: Any, field: str) -> None:
    """The topic's name is the identity: it lets a department speak for nobody else."""
    assert field in fields(arrival(said))


def test_the_bound_on_time_is_judged_by_the_arrival_and_not_by_the_reader() -> None:
    """An event of a queue that waited is judged as when it was written."""
    assert accepted(arrival(forecast(time="2026-11-25T12:05:00Z")))
    assert fields(arrival(forecast(time="2026-11-25T12:05:00Z"), at=NOON - dt.timedelta(seconds=1))) == ["time"]


def test_a_record_whose_arrival_the_broker_did_not_stamp_is_refused() -> None:
    """The time of a producer's own clock is nobody's proof."""
    assert fields(arrival(forecast(), at=None)) == ["time"]


def test_a_header_that_is_no_text_is_named_and_one_that_is_null_is_absent() -> None:
    """Kafka lets through any bytes, and none."""
    good = binary(forecast())
    assert fields(replace(good, headers=[*good.headers, ("ce_traceparent", b"\xff")])) == ["ce_traceparent"]
    assert accepted(replace(good, headers=[*good.headers, ("ce_traceparent", None)])) == accepted(good)


@given(
    st.lists(st.tuples(st.sampled_from(["ce_specversion", "ce_source", "ce_time", "content-type", "x"]), st.binary())),
    st.binary()
    | st.just(b"[" * 100_000)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode()),
)
def test_whatever_the_bytes_are_they_are_accepted_or_refused(headers: list[tuple[str, bytes]], value: bytes) -> None:
    """Nothing that a stranger writes is an error of ours."""
    assert isinstance(take(arrival(value, headers=headers), MOST), Refusal)
