"""What a publisher is answered: the address of each receipt leads to its own event."""

import json
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.answers import receipt, receipts
from services.ingest.domain.acceptance import Admitted, admit
from tests.events import NOON, body

IDS = st.sampled_from(["6c0e-1", "a b", "a&id=b", "a%2Fb", "/", "?#", "Zürich 😀", "\u2028", "\x85x"]) | st.text(
    max_size=9
)
SOURCES = st.sampled_from(["/dft", "/dft/p6", "/dft/a&b=c", "/dft/%25", "/dft/?q#f"])


@given(st.lists(st.tuples(IDS, SOURCES), max_size=5))
def test_a_receipt_leads_to_its_own_event(said: list[tuple[str, str]]) -> None:
    """Whatever its source and id are of, beside whatever others; together as one by one."""
    data = {"forecast": "2027-03-01", "reason": "Possession moved"}
    made = [body("milestone.forecast", "dft/rail-2", data, id=one, source=source) for one, source in said]
    admitted = [admit(json.dumps(event).encode(), ("dft",), NOON) for event in made]
    events = [one.event for one in admitted if isinstance(one, Admitted)]
    found = receipts(events, "https://ingest.example")
    assert found == [receipt(event, "https://ingest.example") for event in events]
    for event, one in zip(events, found, strict=True):
        query = parse_qs(urlsplit(one["receipt"]).query, keep_blank_values=True)
        assert query == {"source": [event.source], "id": [event.id]}
        assert (one["source"], one["id"]) == (event.source, event.id)
