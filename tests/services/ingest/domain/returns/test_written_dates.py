"""What a text means as a date by itself."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate, Precision
from services.ingest.domain.returns.written_dates import NoSuchDate, Numbers, OpenYear, meant


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-12",
        "2026/3/12",
        "2026.03.12",
        "20260312",
        "12 March 2026",
        "12th of March, 2026",
        "12-Mar-26",
        "12/Mar/26 12:00 AM",
        "March 12, 2026",
        "Mar 12th 2026",
        "Thu 12 Mar 2026",
        "2026-03-12 14:30",
        "2026-03-12T00:00:00+04:30",
        "2026-03-12T23:59:59.5Z",
        "12 March 2026 5pm",
        " 12\xa0MARCH  2026 ",
    ],
)
def test_one_day_however_it_is_written(said: str) -> None:
    """A month in letters or a year in front leaves no choice; a time, and its offset, never move the day."""
    assert meant(said) == PreciseDate(date=dt.date(2026, 3, 12))


@pytest.mark.parametrize(
    ("said", "last", "precision"),
    [
        ("Mar-27", dt.date(2027, 3, 31), "month"),
        ("March 2027", dt.date(2027, 3, 31), "month"),
        ("end of March 2027", dt.date(2027, 3, 31), "month"),
        ("Sept '27", dt.date(2027, 9, 30), "month"),
        ("2027-03", dt.date(2027, 3, 31), "month"),
        ("03/2027", dt.date(2027, 3, 31), "month"),
        ("Q3 2026/27", dt.date(2026, 12, 31), "quarter"),
        ("2026/27 Q3", dt.date(2026, 12, 31), "quarter"),
        ("Q3 FY26-27", dt.date(2026, 12, 31), "quarter"),
        ("Quarter 4 2026/2027", dt.date(2027, 3, 31), "quarter"),
        ("2026/27", dt.date(2027, 3, 31), "financial-year"),
        ("FY2026-27", dt.date(2027, 3, 31), "financial-year"),
        ("2026-27", dt.date(2027, 3, 31), "financial-year"),
        ("FY26/27", dt.date(2027, 3, 31), "financial-year"),
        ("1999/2000", dt.date(2000, 3, 31), "financial-year"),
    ],
)
def test_a_precision_that_is_said_is_kept(said: str, last: dt.date, precision: Precision) -> None:
    """Months, quarters of a financial year (the third is October to December), and financial years; never a day."""
    assert meant(said) == PreciseDate(date=last, precision=precision)


def test_two_numbers_are_a_day_in_the_order_of_their_column() -> None:
    """By themselves they are left open; years of two digits are of this century."""
    assert meant("03/04/2026") == Numbers(3, 4, 2026)
    assert meant("3.4.26 09:00") == Numbers(3, 4, 2026)
    assert Numbers(3, 4, 2026).day("day-first") == dt.date(2026, 4, 3)
    assert Numbers(3, 4, 2026).day("month-first") == dt.date(2026, 3, 4)
    assert Numbers(4, 13, 2026).day("day-first") is None


def test_a_weekday_tells_the_order() -> None:
    """3 April 2026 is a Friday, and 4 March a Wednesday."""
    friday, wednesday = meant("Fri 03/04/26"), meant("Wednesday, 03/04/2026")
    assert isinstance(friday, Numbers)
    assert isinstance(wednesday, Numbers)
    assert (friday.day("day-first"), friday.day("month-first")) == (dt.date(2026, 4, 3), None)
    assert (wednesday.day("day-first"), wednesday.day("month-first")) == (None, dt.date(2026, 3, 4))


def test_a_quarter_or_year_alone_is_open() -> None:
    """Q3 2026 is July to September of the calendar year, or October to December of the financial year 2026/27."""
    for said in ("Q3 2026", "2026 Q3", "2026-Q3", "Q3-26"):
        assert meant(said) == OpenYear(3, 2026)
    assert OpenYear(3, 2026).meant("calendar") == PreciseDate(date=dt.date(2026, 9, 30), precision="quarter")
    assert OpenYear(3, 2026).meant("financial") == PreciseDate(date=dt.date(2026, 12, 31), precision="quarter")
    assert OpenYear(4, 2026).meant("financial") == PreciseDate(date=dt.date(2027, 3, 31), precision="quarter")
    assert meant("2027") == OpenYear(None, 2027)
    assert OpenYear(None, 2027).meant("financial") == PreciseDate(date=dt.date(2028, 3, 31), precision="financial-year")
    with pytest.raises(NoSuchDate, match="write the quarter or the month"):
        OpenYear(None, 2027).meant("calendar")


@pytest.mark.parametrize(
    "said",
    ["Spring 2026", "43570", "3/4", "27 March", "Mar 27", "2011/12", "FY2027", "mid 2026", "H1 2026", "x" * 99, ""],
)
def test_what_is_vague_or_could_be_two_things_is_no_date(said: str) -> None:
    """A season, a number of Excel's, a day without a year; 2011/12 is a December as well as a financial year."""
    assert meant(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "30 February 2026",
        "2026-02-30",
        "31/02/2026",
        "13/13/2026",
        "2026/28",
        "Q3 2026/28",
        "9999-12-31",
        "Mon 12 Mar 2026",
        "Sun 03/04/26",
    ],
)
def test_what_looks_like_a_date_and_is_none_is_said(said: str) -> None:
    """No such day, month, year or weekday: the message asks for a correction."""
    with pytest.raises(NoSuchDate, match="correct"):
        meant(said)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y %H:%M"])
)
def test_a_day_written_day_first_is_that_day(date: dt.date, form: str) -> None:
    """For every day, read back in the order in which it was written."""
    found = meant(date.strftime(form))
    assert isinstance(found, Numbers)
    assert found.day("day-first") == date


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%B %d, %Y", "%a %d %b %Y"]),
)
def test_a_day_with_its_month_in_letters_is_that_day(date: dt.date, form: str) -> None:
    """For every day."""
    assert meant(date.strftime(form)) == PreciseDate(date=date)


@given(st.text(max_size=70) | st.from_regex(r"[0-9qQfFyY/ .:TZ+-]{1,20}"))
def test_any_text_is_a_date_or_none_or_refused(said: str) -> None:
    """Nothing else comes of it."""
    try:
        found = meant(said)
    except NoSuchDate:
        return
    assert found is None or isinstance(found, PreciseDate | Numbers | OpenYear)
