"""Dates: plain, precise, and instants with an offset."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.dates import Instant, PreciseDate, last_day

INSTANT = TypeAdapter(Instant)


@pytest.mark.parametrize(
    ("said", "precision", "last"),
    [
        ("2026-11-03", "day", "2026-11-03"),
        ("2026-02-03", "month", "2026-02-28"),
        ("2026-10-01", "quarter", "2026-12-31"),
        ("2026-03-31", "financial-year", "2026-03-31"),
        ("2026-04-01", "financial-year", "2027-03-31"),
    ],
)
def test_a_date_stands_for_the_last_day_of_what_was_said(said: str, precision: str, last: str) -> None:
    """So that arithmetic needs no precision; financial years run from April to March."""
    date = PreciseDate.model_validate({"date": said, "precision": precision})
    assert date.date == dt.date.fromisoformat(last)


@given(st.dates(), st.sampled_from(["day", "month", "quarter", "financial-year"]))
def test_the_last_day_is_in_its_own_period(day: dt.date, precision: Any) -> None:
    """Taking it twice changes nothing, and it is never before the day."""
    if day < dt.date(9998, 1, 1):
        last = last_day(day, precision)
        assert last >= day
        assert last_day(last, precision) == last


def test_a_day_is_a_plain_string_on_the_wire_and_comes_back_the_same() -> None:
    """Other precisions are an object."""
    assert PreciseDate.model_validate("2027-03-01").model_dump_json() == '"2027-03-01"'
    month = PreciseDate.model_validate({"date": "2027-03-01", "precision": "month"})
    assert month.model_dump(mode="json") == {"date": "2027-03-31", "precision": "month"}
    assert PreciseDate.model_validate(month.model_dump(mode="json")) == month


@pytest.mark.parametrize(
    "said", ["2027-02-31", "2027-3-1", "2027-03-01T00:00:00", 20270301, "", {"precision": "day"}, True]
)
def test_what_is_no_plain_date_is_refused(said: Any) -> None:
    """A day that does not exist, a time, a number."""
    with pytest.raises(ValidationError):
        PreciseDate.model_validate(said)


def test_an_instant_needs_an_offset_and_is_kept_in_utc() -> None:
    """Numbers and zoneless strings say nothing certain."""
    assert INSTANT.validate_python("2026-11-25T10:00:00+01:00") == dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
    for said in (1795600000, "1795600000", "2026-11-25T10:00:00", "2026-11-25", None):
        with pytest.raises(ValidationError):
            INSTANT.validate_python(said)
