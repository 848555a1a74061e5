"""The meaning of single cells."""

import datetime as dt

import pytest

from services.ingest.domain.returns.cells import Unreadable, begins_section, plain_date, section_of, state_of, text
from services.ingest.domain.returns.grid import CellError, Value


@pytest.mark.parametrize("said", ["TBC", " n/a ", "-", None, "   "])
def test_no_date_in_words_is_no_date(said: str | None) -> None:
    """What says that there is no date yet is no date, and no mistake."""
    assert plain_date(said) is None


@pytest.mark.parametrize("said", ["04/05/2019", "Spring", "Q3 2026", "2019-02-30", 43570, True, CellError("#REF!")])
def test_a_day_is_never_guessed(said: Value) -> None:
    """Text that could be several days, a bare number and an error are refused, and the reason says what is there."""
    with pytest.raises(Unreadable, match=r"correct|write|mend"):
        plain_date(said)


def test_an_iso_date_as_text_is_that_date() -> None:
    """The one way of writing a date as text that can mean a single day is read."""
    assert plain_date("2019-05-04") == dt.date(2019, 5, 4)


@pytest.mark.parametrize(
    ("said", "means"),
    [("Live", "open"), ("complete ", "done"), ("Superseded", "cancelled"), ("REDUNDANT", "cancelled")],
)
def test_a_status_is_known_in_any_case_and_in_both_spellings(said: str, means: str) -> None:
    """The form misspells Superseded; people write it either way."""
    assert state_of(said) == means


@pytest.mark.parametrize("said", ["Incomplete", "On hold", None, 1])
def test_any_other_status_is_refused(said: Value | None) -> None:
    """A status that is only like a known one is never taken for it."""
    with pytest.raises(Unreadable, match="choose Live, Complete, Superceded or Redundant"):
        state_of(said)


def test_text_is_one_line_and_whole_numbers_have_no_point() -> None:
    """Line breaks and hard spaces become spaces; a version typed as 1.0 is 1."""
    assert text("OBC \n approval\xa0point") == "OBC approval point"
    assert text(1.0) == "1"
    assert text(1.5) == "1.5"


def test_a_date_is_no_text() -> None:
    """Excel turns "Mar-19" into a date; it is not silently printed as one."""
    with pytest.raises(Unreadable, match="write it as text"):
        text(dt.date(2019, 3, 1))


def test_slots_know_their_section() -> None:
    """A slot is a numbered place in a section; the numbers of sections themselves are none."""
    assert section_of("6.01.4") == "6.01"
    assert section_of("6.01b.1") == "6.01b"
    assert section_of("6.01b") is None
    assert section_of(6.04) is None
    assert section_of("OBC 6.01.4") is None
    assert begins_section("6.01b")
    assert begins_section(6.04)
    assert not begins_section("Notes")
