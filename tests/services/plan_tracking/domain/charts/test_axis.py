"""The time axis: what it spans, where days stand, and labels that never run into each other."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.charts.axis import Axis, axis, bulk

TODAY = dt.date(2026, 11, 25)
DAYS = st.dates(min_value=dt.date(1, 1, 1), max_value=dt.date.max)


def _axis(*days: str, today: dt.date = TODAY) -> Axis:
    return axis([dt.date.fromisoformat(day) for day in days], today, 440, 1160)


def test_one_date_in_2086_squashes_nothing() -> None:
    """A date far from all others lies beyond the axis."""
    plan = [f"2027-{month:02}-01" for month in range(1, 13)]
    found = _axis(*plan, "2086-03-31", "2086-03-31")
    assert found.last < dt.date(2028, 1, 1)
    assert found.beyond(dt.date(2086, 3, 31)) == 1
    assert found.x(dt.date(2086, 3, 31)) == found.right


def test_sixty_years_of_evenly_spread_milestones_are_all_on_the_axis() -> None:
    """A long span alone is no reason to leave a date out."""
    found = _axis(*(f"{year}-06-01" for year in range(2026, 2087, 2)))
    assert (found.first.year, found.last.year) == (2025, 2087)


def test_few_dates_are_all_on_the_axis() -> None:
    """With a handful of dates there is no bulk to be far from."""
    assert bulk([dt.date(2026, 1, 1), dt.date(2086, 1, 1)]) == (dt.date(2026, 1, 1), dt.date(2086, 1, 1))


def test_a_bulk_needs_a_day() -> None:
    """Without days there is a clear error."""
    with pytest.raises(ValueError, match="at least one day"):
        bulk([])


def test_an_empty_plan_has_an_axis_around_today() -> None:
    """Nothing dated yet: a month around today."""
    found = _axis()
    assert (found.last - found.first).days >= 28
    assert not found.beyond(TODAY)


def test_today_far_from_a_plan_long_gone_lies_beyond() -> None:
    """A plan of 2010 is not squashed by today."""
    assert _axis("2010-01-01", "2010-12-31").beyond(TODAY) == 1


@pytest.mark.parametrize(
    ("days", "labels", "majors"),
    [
        (["2026-11-05", "2026-11-30"], ["9", "16", "23", "30"], ["November 2026"]),
        (["2026-10-05", "2027-04-30"], ["Oct", "Nov", "Dec", "Jan", "Feb", "Mar", "Apr", "May"], ["2026", "2027"]),
        (["2025-12-28", "2029-06-30"], None, ["2026", "2027", "2028", "2029"]),
        (["2026-01-01", "2086-01-01"], [str(year) for year in range(2025, 2090, 5)], []),
    ],
)
def test_the_labels_suit_the_span(days: list[str], labels: list[str] | None, majors: list[str]) -> None:
    """Weeks for a month, months for a year, quarters for a few years, five years for sixty."""
    ticks = _axis(*days).ticks
    if labels is not None:
        assert [tick.label for tick in ticks] == labels
    assert [tick.major for tick in ticks if tick.major] == majors


@given(days=st.lists(DAYS, max_size=40), today=st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)))
def test_days_keep_their_order_and_labels_their_distance(days: list[dt.date], today: dt.date) -> None:
    """For any dates: no day outside the axis, later is never further left, labels 30 pixels apart at least."""
    found = axis(days, today, 440, 1160)
    places = [found.x(day) for day in sorted([*days, today])]
    assert places == sorted(places)
    assert all(440 <= x <= 1160 for x in places)
    assert all(right.x - left.x >= 30 for left, right in pairwise(found.ticks))
    assert all(440 <= tick.x <= 1160 for tick in found.ticks)
    majors = [(tick.x, tick.major) for tick in found.ticks if tick.major]
    assert all(right[0] - left[0] >= 7 * len(left[1]) for left, right in pairwise(majors))
