"""Whether one title may be another, renamed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.returns.likeness import alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Full business case approved", "Full business case approval"),
        ("Station opens", "Station opens to the public"),
        ("Award of contract", "Contract award"),
        ("Planning permission granted", "Planing permission granted"),
    ],
)
def test_titles_that_share_their_words_are_alike(one: str, other: str) -> None:
    """Misspelt, in another order, or with some more."""
    assert alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OBC approval", "FBC approval"),
        ("Phase 1 complete", "Phase 2 complete"),
        ("Opening", "New bus station opening"),
        ("Full business case", "Outline business case"),
        ("—", "—"),
    ],
)
def test_titles_with_another_number_or_word_are_not(one: str, other: str) -> None:
    """A list of phases is no list of renamings."""
    assert not alike(one, other)


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_has_no_direction(one: str, other: str) -> None:
    """Whatever the texts; and a title with a letter is like itself."""
    assert alike(one, other) == alike(other, one)
    assert alike(f"x{one}", f"x{one}")
