"""Reporting periods: which one a day is in, what people call it, and when its return is due."""

import datetime as dt
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.payloads import Reporting
from schemas.reporting import Period, awaited, period

EVERY: tuple[Literal["month", "quarter"], ...] = ("month", "quarter")
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31))
CALENDARS = st.builds(Reporting, every=st.sampled_from(EVERY), due_days=st.integers(0, 92))


def quarterly(due_days: int = 20) -> Reporting:
    """Quarters of the financial year."""
    return Reporting(every="quarter", due_days=due_days)


@pytest.mark.parametrize(
    ("day", "name", "first", "last"),
    [
        ("2026-10-01", "Q3 2026/27", "2026-10-01", "2026-12-31"),
        ("2026-12-31", "Q3 2026/27", "2026-10-01", "2026-12-31"),
        ("2027-01-01", "Q4 2026/27", "2027-01-01", "2027-03-31"),
        ("2027-04-01", "Q1 2027/28", "2027-04-01", "2027-06-30"),
        ("2027-08-15", "Q2 2027/28", "2027-07-01", "2027-09-30"),
        ("2100-02-01", "Q4 2099/00", "2100-01-01", "2100-03-31"),
    ],
)
def test_a_quarter_is_one_of_the_financial_year(day: str, name: str, first: str, last: str) -> None:
    """April to June is the first; January to March belongs to the year that began before it."""
    found = period(quarterly(), dt.date.fromisoformat(day))
    assert (found.name, str(found.first), str(found.last)) == (name, first, last)


@pytest.mark.parametrize(
    ("day", "name", "last"),
    [("2026-11-25", "November 2026", "2026-11-30"), ("2028-02-29", "February 2028", "2028-02-29")],
)
def test_a_month_is_a_calendar_month(day: str, name: str, last: str) -> None:
    """Named in words, and as long as it is."""
    found = period(Reporting(every="month", due_days=0), dt.date.fromisoformat(day))
    assert (found.name, found.first.day, str(found.last)) == (name, 1, last)


def test_a_return_is_due_so_many_days_after_the_period() -> None:
    """Twenty days after 31 December; none after it is its last day."""
    day = dt.date(2026, 11, 25)
    assert period(quarterly(20), day).due == dt.date(2027, 1, 20)
    assert period(quarterly(0), day).due == dt.date(2026, 12, 31)


def test_the_period_awaited_is_the_last_one_until_its_return_is_due() -> None:
    """On the day itself it is still awaited, on the next the new one is."""
    assert awaited(quarterly(20), dt.date(2027, 1, 20)).name == "Q3 2026/27"
    assert awaited(quarterly(20), dt.date(2027, 1, 21)).name == "Q4 2026/27"


@given(CALENDARS, DAYS)
def test_every_day_is_in_one_period_and_periods_follow_each_other(calendar: Reporting, day: dt.date) -> None:
    """The day after one is the first of the next, under another name."""
    found = period(calendar, day)
    assert found.first <= day <= found.last
    assert period(calendar, found.first) == period(calendar, found.last) == found
    after = period(calendar, found.last + dt.timedelta(days=1))
    assert after.first == found.last + dt.timedelta(days=1)
    assert after.name != found.name


@given(CALENDARS, DAYS)
def test_the_period_awaited_is_the_first_that_is_not_overdue(calendar: Reporting, day: dt.date) -> None:
    """It is due today or later, and the one before it was due before today."""

    def before(one: Period) -> Period:
        return period(calendar, one.first - dt.timedelta(days=1))

    found = awaited(calendar, day)
    assert before(found).due < day <= found.due
