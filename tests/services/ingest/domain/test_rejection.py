"""What can be read of a refused record."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.rejection import FIELDS, field_of, original_headers, rejection, was_null

OURS = [("milepost-reason", b"the key is wrong"), ("milepost-from", b"milepost.events/3/7")]


def test_a_structured_or_binary_record_tells_whose_it_claims_to_be() -> None:
    """With the reason and the place that were added when it was refused."""
    structured = rejection(OURS, json.dumps({"source": "/dft", "id": "7"}).encode())
    binary = rejection([("ce_specversion", b"1.0"), ("ce_source", b"/dft"), ("ce_id", b"7"), *OURS], b"\xff")
    assert structured == binary
    assert (structured.source, structured.id) == ("/dft", "7")
    assert (structured.reason, structured.place) == ("the key is wrong", "milepost.events/3/7")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ce_specversion", "ce_source", "ce_id", "content-type", "milepost-reason"]) | st.text(),
            st.none() | st.binary(),
        )
    ),
    st.none() | st.binary(),
)
def test_whatever_the_bytes_are_it_is_read_without_an_error(
    headers: list[tuple[str, bytes | None]], value: bytes | None
) -> None:
    """A refused record must never stop the line that keeps it."""
    assert rejection(headers, value).place == "unknown"


def test_deep_nesting_is_no_error() -> None:
    """A hostile value cannot exhaust the parser."""
    assert rejection([], b"[" * 100_000).source is None


def test_what_could_not_be_stored_is_not_read() -> None:
    """Half a surrogate pair is no text, and a source of a million letters is none."""
    assert rejection([], b'{"source": "/dft\\ud800", "id": "7"}').source is None
    assert rejection([], json.dumps({"source": "/" + "x" * 1_000_000}).encode()).department is None


@pytest.mark.parametrize(
    ("source", "place", "department"),
    [
        ("/dft", "milepost.events/3/7", "dft"),
        ("/dft/p6", "milepost.events/3/7", "dft"),
        ("/dwp", "milepost.inbox.dft/0/7", "dft"),
        (None, "milepost.inbox.dft/0/7", "dft"),
        (None, "milepost.events/3/7", None),
        ("/", "milepost.events/3/7", None),
        ("/dft", "other.inbox.dwp/0/7", "dft"),
    ],
)
def test_what_came_by_an_inbox_is_its_departments_whatever_it_claims(
    source: str | None, place: str, department: str | None
) -> None:
    """A department that writes in another's name has written it all the same."""
    headers = [("milepost-reason", b"wrong"), ("milepost-from", place.encode())]
    assert rejection(headers, json.dumps({"source": source}).encode()).department == department


def test_headers_that_were_there_before_are_told_from_those_that_were_added() -> None:
    """Even where they bear the same names."""
    own = [("h", None), ("milepost-was-null", b"value")]
    assert original_headers([*own, *OURS]) == own
    assert not was_null([*own, *OURS])
    assert original_headers([*own, *OURS, ("milepost-was-null", b"value")]) == own
    assert was_null([*own, *OURS, ("milepost-was-null", b"value")])


@pytest.mark.parametrize(
    ("reason", "field"),
    [
        ("time: 6 minutes ahead of receipt", "time"),
        ("body: Invalid JSON: send one CloudEvent as UTF-8 JSON", "body"),
        ("data.forecast.date: day value is out of range; source: wrong", "data"),
        ("org.milepost.plan.published.v1.data.title: Field required", "data"),
        ("org.milepost.milestone.planned.v1.time: Field required", "time"),
        ("ce_source: the header's value is not UTF-8", "source"),
        ("the key is b'x', not the plan dluhc/towns-fund", "key"),
        ("partition 3 is not the plan's, 4", "partition"),
        ("acceptedtime is missing: events enter through ingest", "acceptedtime"),
        ("subject dft/x is not the plan", "subject"),
        ("/data/p6 may not speak for dft/x", "source"),
        ("the value is empty: a record of this topic is a CloudEvent", "value"),
        ("it, or one before it, cannot be told", "other"),
    ],
)
def test_the_field_at_fault_is_the_first_that_the_reason_names(reason: str, field: str) -> None:
    """The sentences are those of the services."""
    assert field_of(reason) == field


@given(st.text())
def test_whatever_the_reason_is_there_are_few_fields(reason: str) -> None:
    """So that what is counted by them stays bounded."""
    assert field_of(reason) in {*FIELDS, "other"}
