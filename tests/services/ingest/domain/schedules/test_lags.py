"""Lags in whole days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.payloads import Unit
from services.ingest.domain.schedules.lags import Lag, between, lag_of
from tests.services.ingest.domain.schedules.plans import days

WEDNESDAY = dt.date(2026, 11, 25)


def after(number: int, start: dt.date = WEDNESDAY) -> dt.date:
    """So many days after."""
    return start + dt.timedelta(number)


def weekdays_after(start: dt.date, lag: int) -> dt.date:
    """So many working days after, counted one by one, as plans do."""
    step, left = dt.timedelta(1 if lag > 0 else -1), abs(lag)
    while left and start.weekday() >= 5:
        start -= step
    while left:
        start += step
        left -= start.weekday() < 5
    return start


@pytest.mark.parametrize(
    ("working", "elapsed", "lag"),
    [
        (10, 0, Lag(10, "working")),
        (-3, 0, Lag(-3, "working")),
        (0, 14, Lag(14, "calendar")),
        (0, 0, Lag(0, "calendar")),
        (0.1, 0, Lag(1, "working", rounded=True)),
        (-0.5, 0, Lag(0, "calendar", rounded=True)),
        (5, 3, Lag(10, "calendar", mixed=True)),
        (3, 0.5, Lag(5, "calendar", rounded=True, mixed=True)),
        (0.1 + 0.2, 0.7, Lag(2, "calendar", rounded=True, mixed=True)),
        (2.7 + 0.3000000001, 0, Lag(3, "working")),
    ],
)
def test_a_length_is_said_in_whole_days_of_one_unit(working: float, elapsed: float, lag: Lag) -> None:
    """Working days where nothing else is in it; a part of a day counts as a whole one."""
    assert lag_of(days(working, elapsed), None, None) == lag


def test_times_of_day_take_a_day_off_where_the_schedule_says_so() -> None:
    """From the morning of a day to its evening is a working day, and no day later."""
    assert lag_of(days(1), WEDNESDAY, WEDNESDAY) == Lag(0, "calendar")
    assert lag_of(days(5), WEDNESDAY, after(6)) == Lag(4, "working")
    assert lag_of(days(5), WEDNESDAY, after(7)) == Lag(5, "working")
    assert lag_of(days(5), WEDNESDAY, after(90)) == Lag(5, "working")


def test_dates_that_do_not_fit_change_no_lag() -> None:
    """They are closer by two days or more: the lag stays, and how much closer is said."""
    assert lag_of(days(5), WEDNESDAY, after(5)) == Lag(5, "working", short=2)
    assert lag_of(days(elapsed=5), WEDNESDAY, after(3)) == Lag(5, "calendar", short=2)


def test_where_units_are_mixed_a_weekend_is_no_contradiction() -> None:
    """Five working days counted as seven may have met no weekend."""
    assert lag_of(days(5, 1), WEDNESDAY, after(5)) == Lag(5, "calendar", mixed=True)
    assert lag_of(days(5, 1), WEDNESDAY, after(4)).short == 4


@given(
    st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(-40, 40), st.sampled_from(["working", "calendar"])
)
def test_between_is_the_longest_lag_that_fits(start: dt.date, apart: int, unit: Unit) -> None:
    """The second day is not before the first and the lag, and is before the first and a lag that is a day longer."""
    later = weekdays_after if unit == "working" else lambda day, lag: after(lag, day)
    end = after(apart, start)
    lag = between(start, end, unit)
    assert later(start, lag) <= end < later(start, lag + 1)
