"""Days as programs write them."""

import datetime as dt

import pytest

from services.ingest.domain.days import day_or_none, written_day

DAY = dt.date(2018, 10, 10)


@pytest.mark.parametrize(
    "said",
    [
        "2018-10-10",
        "2018-10-10T00:00:00+04:30",
        "2018-10-10T23:59:59.999Z",
        "2018-10-10T17:00:00",
        "2018-10-10 08:00",
        " 2018-10-10T00:00:00-11:00 ",
    ],
)
def test_the_day_is_the_one_that_is_written(said: str) -> None:
    """Whatever time and zone stand behind it."""
    assert written_day(said) == DAY == day_or_none(said)


def test_no_text_is_no_day() -> None:
    """And no fault."""
    assert written_day(" ") is None


@pytest.mark.parametrize(
    "said", ["NA", "2018-02-30", "10/11/2018", "2018-10", "Q3 2018", "2018", "0001-01-01", "x" * 99]
)
def test_what_is_no_day_is_refused(said: str) -> None:
    """Nothing is guessed: not the order of two numbers, nor a day of a month."""
    with pytest.raises(ValueError, match=r"day|year"):
        written_day(said)
    assert day_or_none(said) is None
