"""Conditional requests."""

import pytest
from starlette.requests import Request

from services.kit.conditional import fresh


def request(**headers: str) -> Request:
    """A request with these headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": raw})


def test_who_has_the_representation_is_not_sent_it_again() -> None:
    """With the tag among others, or marked weak by a proxy; 304 carries the tag and the rules of keeping."""
    tag = fresh(request(), "plan", 7, private=False).etag
    for said in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        asked = request(if_none_match=said)
        answer = fresh(asked, "plan", 7, private=False).unchanged(asked)
        assert answer is not None
        assert (answer.status_code, answer.headers["etag"]) == (304, tag)
        assert answer.headers["cache-control"] == "public, no-cache"
        assert "Authorization" in answer.headers["vary"]


@pytest.mark.parametrize("parts", [("plan", 8), ("plan", "7"), ("pla", "n", 7)])
def test_anything_else_is_sent(parts: tuple[object, ...]) -> None:
    """Another version, another view; parts are never run together."""
    asked = request(if_none_match=fresh(request(), "plan", 7, private=False).etag)
    assert fresh(asked, *parts, private=False).unchanged(asked) is None


def test_a_compressed_representation_has_a_tag_of_its_own() -> None:
    """A strong tag stands for bytes."""
    plain, packed = request(), request(accept_encoding="gzip, br")
    assert fresh(plain, 1, private=False).etag != fresh(packed, 1, private=False).etag


def test_what_is_for_one_caller_is_kept_by_nobody_else() -> None:
    """Shared caches are told."""
    assert fresh(request(), 1, private=True).headers["cache-control"] == "private, no-cache"
