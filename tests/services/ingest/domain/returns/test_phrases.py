"""Lists and dates as sentences have them."""

import datetime as dt

import pytest

from schemas.dates import PreciseDate, Precision
from services.ingest.domain.returns.phrases import listed, period, rows, shortened


def test_rows_and_words_are_listed_and_long_lists_cut() -> None:
    """With how many more there are."""
    assert rows([5]) == "row 5"
    assert rows([7, 5]) == "rows 5 and 7"
    assert rows(range(1, 10)) == "rows 1, 2, 3, 4, 5 and 4 more"
    assert listed([]) == ""


def test_long_texts_are_cut() -> None:
    """And stand on one line."""
    assert shortened("a\n b") == "a b"
    assert len(shortened("x" * 100)) == 60


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        ("day", "31 March 2027"),
        ("month", "March 2027"),
        ("quarter", "January-March 2027"),
        ("financial-year", "the financial year 2026/27"),
    ],
)
def test_a_period_is_said_as_people_do(precision: Precision, said: str) -> None:
    """By its precision."""
    assert period(PreciseDate(date=dt.date(2027, 3, 31), precision=precision)) == said
