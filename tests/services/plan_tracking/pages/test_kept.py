"""Pages that are kept: while nothing changes, for as long as they may be, and as many as there is room for."""

from services.plan_tracking.pages.kept import Kept


def test_a_page_is_kept_under_its_validator() -> None:
    """And under no other."""
    kept = Kept()
    kept.keep("a", b"page")
    assert kept.get("a") == b"page"
    assert kept.get("b") is None


def test_a_page_of_a_while_goes_when_it_is_over() -> None:
    """That which speaks of other plans."""
    now = 0.0
    kept = Kept(clock=lambda: now)
    kept.keep("a", b"page", 10)
    now = 9.0
    assert kept.get("a") == b"page"
    now = 10.0
    assert kept.get("a") is None


def test_the_least_used_goes_first_when_there_is_no_room() -> None:
    """Room is counted in bytes, and a page that is written anew counts once."""
    kept = Kept(most=10)
    kept.keep("a", b"aaaa")
    kept.keep("b", b"bbbb")
    kept.keep("b", b"bbbb")
    assert kept.get("a") == b"aaaa"
    kept.keep("c", b"cccc")
    assert [kept.get(name) for name in "abc"] == [b"aaaa", None, b"cccc"]
    kept.keep("large", b"l" * 11)
    assert kept.get("large") is None
