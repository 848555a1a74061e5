"""Dates, slips and names in plain English."""

import datetime as dt

import pytest

from services.kit import words


@pytest.mark.parametrize(
    ("day", "precision", "said"),
    [
        ("2026-03-03", "day", "3 March 2026"),
        ("2026-03-31", "month", "March 2026"),
        ("2027-03-31", "quarter", "quarter to 31 March 2027"),
        ("2027-03-31", "financial-year", "financial year 2026/27"),
        ("2000-03-31", "financial-year", "financial year 1999/00"),
    ],
)
def test_a_date_is_said_as_precisely_as_it_was_meant(day: str, precision: str, said: str) -> None:
    """A date of a month, quarter or financial year never pretends to be a day."""
    assert words.day_in_words(dt.date.fromisoformat(day), precision) == said


def test_an_unknown_precision_is_refused_by_name() -> None:
    """A precision that does not exist is a clear error."""
    with pytest.raises(ValueError, match="week"):
        words.day_in_words(dt.date(2026, 3, 3), "week")


@pytest.mark.parametrize(
    ("precision", "said"),
    [("day", "31 Mar 2027"), ("month", "Mar 2027"), ("quarter", "to Mar 2027"), ("financial-year", "FY 2026/27")],
)
def test_a_date_fits_a_column(precision: str, said: str) -> None:
    """The short form keeps the precision."""
    assert words.short_day(dt.date(2027, 3, 31), precision) == said


@pytest.mark.parametrize(
    ("days", "said", "figures"),
    [
        (30, "30 days later than agreed", "+30"),
        (1, "1 day later than agreed", "+1"),
        (0, "as agreed", "0"),
        (-5, "5 days earlier than agreed", "−5"),
        (21915, "21,915 days later than agreed", "+21,915"),
        (None, "no baseline agreed", "–"),
    ],
)
def test_a_slip_is_said_against_what_was_agreed(days: int | None, said: str, figures: str) -> None:
    """A slip says its direction in words, and with a sign in figures."""
    assert (words.slip_in_words(days), words.slip_in_figures(days)) == (said, figures)


def test_instants_are_read_as_in_london() -> None:
    """In summer London is an hour ahead of UTC, and may be on the next day."""
    late = dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC)
    assert words.moment_in_words(late) == "1 July 2026 at 00:30"
    assert words.london_day(late) == dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_items_are_joined_as_in_a_sentence(items: list[str], said: str) -> None:
    """The last item is joined by "and"."""
    assert words.listed(items) == said


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("A plain title ", "A plain title "),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("\u202eevil\u202c \u200fmarks\ufeff", "evil marks"),
        ("nul\x00 and escape\x1b", "nul and escape"),
        ("مرحبا", "مرحبا"),
        ("\u202e", ""),
        ("Z" + "\u0300" * 40 + " station", "Z\u0300\u0300\u0300 station"),
        ("Tiếng Việt e\u0302\u0301", "Tiếng Việt e\u0302\u0301"),
    ],
)
def test_text_is_made_legible(text: str, seen: str) -> None:
    """Control characters and marks of direction go; letters of every script stay."""
    assert words.readable(text) == seen
