"""What rows say that they wait for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.returns.model import Link
from services.ingest.domain.returns.needs import index

KNOWN = index(
    [("DIG-1", "DIG-1"), ("2", "row 3"), ("12", "DIG-12"), ("OBC, approved", "A"), ("Start", "B"), ("Start", "C")]
)


def links(said: str) -> list[Link | str]:
    """What a text of needs says."""
    return list(KNOWN.links(said))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("DIG-1", [Link("DIG-1")]),
        ("dig-1; #12\n2", [Link("DIG-1"), Link("DIG-12"), Link("row 3")]),
        ("OBC, approved", [Link("A")]),
        ("2FS", [Link("row 3")]),
        ("2FS+3d", [Link("row 3", 3, "working")]),
        ("2FS-1 wk,12FF + 2 days", [Link("row 3", -5, "working"), Link("DIG-12", 2, "working")]),
        ("2FS+4ed", [Link("row 3", 4, "calendar")]),
        ("2 1d", [Link("row 3", 1, "working")]),
        ("DIG-1 + 2 weeks", [Link("DIG-1", 14, "calendar")]),
        ("DIG-1 + 5 working days", [Link("DIG-1", 5, "working")]),
        ("n/a", []),
        ("-; ", []),
    ],
)
def test_needs_are_read_as_schedules_trackers_and_people_write_them(said: str, meant: list[Link]) -> None:
    """Ids, numbers of rows, titles; days of a schedule are working days, of a person calendar days."""
    assert links(said) == meant


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Board decision", "'board decision' names no row of the file: write its id"),
        ("DIG-99", "'dig-99' names no row"),
        ("Start", "'start' names several rows"),
        ("2SS+1d", "depends on the start of another, and a milestone has none: write FS"),
        ("2FS+50 percent", "no unit that is known: write days"),
        ("2FS+1 mo", "no unit that is known"),
    ],
)
def test_what_is_not_clear_is_said(said: str, why: str) -> None:
    """And what else is needed is read all the same."""
    [unclear, link] = links(f"{said}; 12")
    assert isinstance(unclear, str)
    assert why in unclear
    assert link == Link("DIG-12")


@given(st.text(max_size=40))
def test_any_text_is_links_or_reasons(said: str) -> None:
    """Nothing else comes of it."""
    assert all(isinstance(found, Link | str) for found in links(said))
