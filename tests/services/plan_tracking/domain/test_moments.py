"""Moments that a reader asks about."""

import datetime as dt

import pytest

from services.plan_tracking.domain.moments import moment
from tests.events import NOON


def test_a_date_is_its_end_in_london() -> None:
    """In summer an hour earlier, in UTC, than in winter."""
    microsecond = dt.timedelta(microseconds=1)
    assert moment("2026-07-01", NOON) == dt.datetime(2026, 7, 1, 23, tzinfo=dt.UTC) - microsecond
    assert moment("2026-11-24", NOON) == dt.datetime(2026, 11, 25, tzinfo=dt.UTC) - microsecond


def test_an_instant_is_itself_and_today_is_allowed() -> None:
    """Today is known as far as it has come."""
    assert moment("2026-11-25T13:00:00+01:00", NOON) == NOON
    assert moment("2026-11-25", NOON) > NOON


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("2026-11-26", "has not come yet"),
        ("2026-11-25T12:00:01Z", "has not come yet"),
        ("yesterday", "no date"),
        ("2026-11-25T12:00:00", "no instant"),
        ("2026-02-30", "no date"),
        ("0001-01-01", "before 1970"),
        ("0001-01-01T00:00:00+14:00", "no instant"),
        ("", "no date"),
    ],
)
def test_anything_else_is_refused_with_the_reason(said: str, why: str) -> None:
    """The future too: it would be made up."""
    with pytest.raises(ValueError, match=why):
        moment(said, NOON)
