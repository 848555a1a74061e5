"""What can be read of a refused record."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.rejection import rejection

OURS = [("milepost-reason", b"the key is wrong"), ("milepost-from", b"milepost.events/3/7")]


def test_a_structured_or_binary_record_tells_whose_it_claims_to_be() -> None:
    """With the reason and the place that were added when it was refused."""
    structured = rejection(OURS, json.dumps({"source": "/dft", "id": "7"}).encode())
    binary = rejection([("ce_specversion", b"1.0"), ("ce_source", b"/dft"), ("ce_id", b"7"), *OURS], b"\xff")
    assert structured == binary
    assert (structured.source, structured.id) == ("/dft", "7")
    assert (structured.reason, structured.place) == ("the key is wrong", "milepost.events/3/7")


@given(st.lists(st.tuples(st.text(), st.binary())), st.none() | st.binary())
def test_whatever_the_bytes_are_it_is_read_without_an_error(
    headers: list[tuple[str, bytes]], value: bytes | None
) -> None:
    """A refused record must never stop the line that keeps it."""
    assert rejection(headers, value).place == "unknown"


def test_deep_nesting_is_no_error() -> None:
    """A hostile value cannot exhaust the parser."""
    assert rejection([], b"[" * 100_000).source is None
