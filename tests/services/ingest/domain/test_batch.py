"""A batch: the same is said of its elements however they are found, and of each as if it were alone."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import ijson
from services.ingest.domain.acceptance import Admitted, Fault, Refusal, admit
from services.ingest.domain.batch import MOST_ELEMENTS, Judged, Refused, judge
from tests.events import NOON, body

OBSERVED: dict[str, Any] = {"period": "2026", "value": 1, "group": "all"}
PLAIN = json.dumps(body("outcome.observed", "dft/outcome", OBSERVED))

TRAPS = st.sampled_from(
    [
        ("", ""),
        ('"id": "1"', '"id": "a},{b"'),
        ('"id": "1"', '"id": "1", "id": "2"'),
        ('"id": "1"', '"id": "1", "\\u0069d": "1"'),
        ('"id": "1"', '"id" \n: "1"'),
        ('"id": "1"', '"id": "\\"a\\" : \\"id\\":"'),
        ('"id": "1"', '"id": "\\ud800"'),
        ('"id": "1"', '"id": "\x01"'),
        ('"id": "1"', '"id": "1", "ext": "x"'),
        ('"id": "1"', '"id": "1", "ext": {"a": [{}, {}]}'),
        ('"id": "1"', '"id": "1", "ext": NaN'),
        ('"id": "1"', '"id": "1", "ext": ' + "1" * 5_000),
        ('"id": "1"', '"id": "1", "data_base64": "e30="'),
        ('"id": "1"', '"id": "1", "correlationid": null'),
        ('"id": "1"', '"id": "1", "acceptedtime": "2026-01-01T00:00:00Z"'),
        ('"source": "/dft"', '"source": "/dwp"'),
        ('"value": 1', '"value": 1, "value": 2'),
        ('"value": 1', '"value": Infinity'),
        ('"value": 1', '"value": "NaN"'),
        ('"value": 1', '"value": 01'),
        ('"value": 1', '"value": 1.' + "0" * 5_000),
        ('"value": 1', '"value": 1, "unknown": [{"a": 1}, {"a": 1, "a": 2}]'),
        ('"value": 1', '"value": 1}, {"value": 2'),
        ('"value": 1', '"value": 1}}, {"a": {"value": 2'),
        ("}}", "}} 7"),
    ]
)
"""What is in a good event, and what takes its place."""

ELEMENTS = st.builds(lambda trap: PLAIN.replace(*trap), TRAPS) | st.sampled_from(["7", "{}", "[{}, {}]", "", "nul"])
AROUND = st.sampled_from(["[%s]", " [ %s\n] ", "[%s", "[%s,]", "\ufeff[%s]", "{%s}"])
BETWEEN = st.sampled_from([",", ", ", "\n,\r\n\t", "},{", " "])


def read(text: bytes) -> list[Judged] | None:
    """As `judge`, from the array as a reader of JSON finds its elements; None when that finds no array."""
    try:
        found = ijson.elements(text, MOST_ELEMENTS)
    except ijson.BadJson:
        return None
    judged = [(one, admit(one, ("dft",), NOON)) for one in found]
    return [said if isinstance(said, Admitted) else Refused(said, one.said) for one, said in judged]


def test_the_event_that_the_traps_are_set_in_is_accepted() -> None:
    """Or nothing would be shown by them."""
    assert "/dft" in PLAIN
    assert isinstance(admit(PLAIN.encode(), ("dft",), NOON), Admitted)


@given(st.lists(ELEMENTS, max_size=4), AROUND, BETWEEN)
def test_a_batch_is_judged_as_its_elements_are(elements: list[str], around: str, between: str) -> None:
    """Whatever stands between them, and whatever they hide: twice a name, a bracket in a text, half a letter."""
    text = (around % between.join(elements)).encode()
    judged, expected = judge(text, ("dft",), NOON), read(text)
    assert repr(judged) == repr(expected) if expected is not None else isinstance(judged, Refusal)


def alone(text: bytes) -> Admitted | Refusal:
    """As `admit`, from the event as a reader of JSON finds it."""
    try:
        return admit(ijson.value(text), ("dft",), NOON)
    except ijson.BadJson as bad:
        return Refusal(400, "Not JSON", (Fault("body", f"{bad}: send one CloudEvent as UTF-8 JSON"),))


@given(ELEMENTS, st.sampled_from(["", " ", "\n\t", "\ufeff", "x"]))
def test_an_event_alone_is_judged_as_in_a_batch(element: str, around: str) -> None:
    """Accepted with the same bytes, or refused in the same words."""
    text = (around + element + around).encode()
    assert repr(admit(text, ("dft",), NOON)) == repr(alone(text))


@pytest.mark.parametrize("text", [b"{}", b"", b"[", b"7", b"[1 2]", b"\xff", b"[{}", b"{}]", b"[{}]]", b"[{}] {}"])
def test_what_is_no_array_is_refused_as_a_whole(text: bytes) -> None:
    """With what to send instead."""
    refusal = judge(text, ("dft",), NOON)
    assert isinstance(refusal, Refusal)
    assert "send a JSON array" in refusal.faults[0].detail


@pytest.mark.parametrize("element", [b"0", b"{}"])
def test_a_batch_has_a_limit(element: bytes) -> None:
    """It is above what its bytes can hold of events."""
    many = b",".join([element] * (MOST_ELEMENTS + 1))
    refusal = judge(b"[%b]" % many, ("dft",), NOON)
    assert isinstance(refusal, Refusal)
    assert "over 10000 elements" in refusal.faults[0].detail
    assert len(PLAIN) * MOST_ELEMENTS > 1_000_000


def test_the_elements_keep_their_order() -> None:
    """The good and the bad, each in its place."""
    good = [body("outcome.observed", "dft/outcome", OBSERVED, id=str(number)) for number in range(3)]
    judged = judge(json.dumps([good[0], {"id": "bad"}, *good[1:]]).encode(), ("dft",), NOON + dt.timedelta(days=1))
    assert not isinstance(judged, Refusal)
    assert [one.event.id if isinstance(one, Admitted) else one.said["id"] for one in judged] == ["0", "bad", "1", "2"]
