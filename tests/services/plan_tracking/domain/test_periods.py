"""Periods as people write them, in the order of time."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.periods import Period, period


@pytest.mark.parametrize(
    ("written", "kind", "first", "last"),
    [
        ("2026-03", "month", "2026-03-01", "2026-03-31"),
        ("2026 Q1", "quarter", "2026-01-01", "2026-03-31"),
        ("Q4 2026", "quarter", "2026-10-01", "2026-12-31"),
        ("2026-q2", "quarter", "2026-04-01", "2026-06-30"),
        ("2025/26 Q1", "quarter", "2025-04-01", "2025-06-30"),
        ("Q4 2025/26", "quarter", "2026-01-01", "2026-03-31"),
        ("2026", "year", "2026-01-01", "2026-12-31"),
        ("2025/26", "financial-year", "2025-04-01", "2026-03-31"),
        ("2011-12", "month", "2011-12-01", "2011-12-31"),
    ],
)
def test_a_period_is_known_by_how_it_is_written(written: str, kind: str, first: str, last: str) -> None:
    """Months, calendar and financial years, and the quarters of either."""
    found = period(written)
    assert found is not None
    assert (found.kind, found.first.isoformat(), found.last.isoformat()) == (kind, first, last)


@pytest.mark.parametrize(
    "written",
    ["", "spring 2026", "2025/27", "2026-13", "0000", "2026 Q5", "2026 Q1 Q2", "2026 2027", "2026-03 Q1"],
)
def test_what_is_no_period_is_none(written: str) -> None:
    """It is shown apart, and never guessed at."""
    assert period(written) is None


@given(st.text())
def test_any_text_is_a_period_or_is_none(written: str) -> None:
    """No text fails."""
    assert period(written) is None or isinstance(period(written), Period)


def test_the_same_period_written_in_two_ways_is_one() -> None:
    """The first quarter of a calendar year is the fourth of a financial one."""
    assert period("2026 Q1") == period("2025/26 Q4")


def test_what_ends_later_is_more_recent_and_of_two_that_end_together_the_longer() -> None:
    """A year tells more than its last quarter."""
    made = [Period(dt.date(2026, 1, 1), "quarter"), Period(dt.date(2025, 4, 1), "financial-year")]
    assert max(made, key=lambda at: at.recency).kind == "financial-year"
    assert max([*made, Period(dt.date(2026, 4, 1), "month")], key=lambda at: at.recency).kind == "month"
