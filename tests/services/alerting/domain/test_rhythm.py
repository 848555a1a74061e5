"""Rhythms: when digests come and quiet hours end, by the clocks of London."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import Rhythm
from services.alerting.domain.rhythm import Hours, covers, telling
from services.kit.words import LONDON

SPRING, AUTUMN = dt.date(2027, 3, 28), dt.date(2026, 10, 25)
"""The days of 23 and of 25 hours."""

HOUR = st.integers(0, 23)
DAY = st.one_of(
    st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)),
    st.sampled_from([SPRING, AUTUMN]).flatmap(lambda day: st.integers(-2, 2).map(lambda n: day + dt.timedelta(days=n))),
)
INSTANT = st.builds(lambda day, time: dt.datetime.combine(day, time, dt.UTC), DAY, st.times())


def at(text: str) -> dt.datetime:
    """An instant of UTC."""
    return dt.datetime.fromisoformat(f"{text}:00+00:00")


@pytest.mark.parametrize(
    ("hours", "rhythm", "after", "moment"),
    [
        (Hours(), "daily", "2026-11-25T07:59", "2026-11-25T08:00"),
        (Hours(), "daily", "2026-11-25T08:00", "2026-11-26T08:00"),
        (Hours(), "daily", "2026-07-01T06:59", "2026-07-01T07:00"),
        (Hours(), "weekly", "2026-11-25T08:00", "2026-11-30T08:00"),
        (Hours(), "weekly", "2026-11-30T08:00", "2026-12-07T08:00"),
        (Hours(weekday=2, hour=17), "weekly", "2026-11-25T08:00", "2026-11-25T17:00"),
        (Hours(), "at_once", "2026-11-25T03:00", "2026-11-25T03:00"),
        (Hours(hour=1), "daily", "2027-03-27T12:00", "2027-03-28T01:00"),  # one o'clock does not come: two does
        (Hours(hour=1), "daily", "2026-10-24T12:00", "2026-10-25T00:00"),  # it comes twice: the first
        (Hours(hour=1), "daily", "2026-10-25T00:00", "2026-10-26T01:00"),  # and not the second
    ],
)
def test_the_next_moment(hours: Hours, rhythm: Rhythm, after: str, moment: str) -> None:
    """By London's clock, in winter and summer, and when it is put forward and back."""
    assert hours.next(rhythm, at(after)) == at(moment)


@given(HOUR, DAY)
def test_a_daily_digest_comes_once_each_day_whatever_the_clocks_do(hour: int, day: dt.date) -> None:
    """From one moment to the next is one London day, of 23 to 25 hours; an hour that does not come is the next."""
    hours, moment = Hours(hour), at(f"{day}T00:00")
    for _ in range(4):
        before, moment = moment, hours.next("daily", moment)
        local = moment.astimezone(LONDON)
        assert local.hour == hour or (local.date().month == 3 and (hour, local.hour) == (1, 2))
        assert moment > before
        following = hours.next("daily", moment)
        assert following.astimezone(LONDON).date() == local.date() + dt.timedelta(days=1)
        assert 23 <= (following - moment) / dt.timedelta(hours=1) <= 25


@given(HOUR, st.integers(0, 6), INSTANT)
def test_a_weekly_digest_comes_on_its_weekday_within_a_week(hour: int, weekday: int, after: dt.datetime) -> None:
    """The first such day after, never later than a week and an hour."""
    moment = Hours(hour, weekday).next("weekly", after)
    assert moment.astimezone(LONDON).weekday() == weekday
    assert dt.timedelta() < moment - after <= dt.timedelta(days=7, hours=1)


@given(HOUR, HOUR, INSTANT)
def test_quiet_hours_hold_until_they_end(begins: int, until: int, now: dt.datetime) -> None:
    """Inside them there is an end, at most a day and an hour away, at which it is not quiet; outside there is none."""
    hours = Hours(quiet_from=begins, quiet_until=until)
    ends = hours.quiet_ends(now)
    assert (ends is not None) == hours.is_quiet(now.astimezone(LONDON).hour)
    if ends:
        assert now < ends <= now + dt.timedelta(hours=25)
        assert hours.quiet_ends(ends) is None


def test_quiet_hours_may_span_midnight() -> None:
    """From seven in the evening until seven in the morning."""
    hours = Hours(quiet_from=19, quiet_until=7)
    assert hours.quiet_ends(at("2026-11-25T18:59")) is None
    assert hours.quiet_ends(at("2026-11-25T19:00")) == at("2026-11-26T07:00")
    assert hours.quiet_ends(at("2026-11-26T06:59")) == at("2026-11-26T07:00")
    assert hours.quiet_ends(at("2026-11-26T07:00")) is None


def test_a_slower_rhythm_says_what_the_quicker_ones_have_due() -> None:
    """A weekly digest has everything; at once is only what is due at once."""
    rhythms: list[Rhythm] = ["at_once", "daily", "weekly"]
    assert [covers("weekly", one) for one in rhythms] == [True, True, True]
    assert [covers("at_once", one) for one in rhythms] == [True, False, False]
    now = at("2026-11-30T08:00")
    assert telling({"at_once": now, "daily": now}, now) == "daily"
    assert telling({"weekly": now + dt.timedelta(seconds=1)}, now) is None
