"""A row as the contract has it."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate
from schemas.payloads import ReportedData, unknown_fields
from services.ingest.domain.returns.data import LONGEST_REASON, reported, shortened
from services.ingest.domain.returns.model import Row
from tests.services.ingest.domain.returns.known import row

MARCH = PreciseDate(date=dt.date(2027, 3, 1), precision="month")


@pytest.mark.parametrize(
    ("said", "reason", "expected"),
    [
        ("Superseded", None, "Superseded"),
        ("Superseded", "By the new case", "Superseded: By the new case"),
        ("Superseded", "Superseded: By the new case", "Superseded: By the new case"),
        ("Cancelled", "By the new case", "By the new case"),
        ("Cancelled", None, None),
    ],
)
def test_why_it_was_cancelled_is_in_its_reason(said: str, reason: str | None, expected: str | None) -> None:
    """Unless the status says no more than that it was, or the reason says so already."""
    assert reported(row("1", "OBC", state="cancelled", said=said, reason=reason)).get("reason") == expected


def test_a_forecast_keeps_its_precision_and_an_actual_date_is_a_day() -> None:
    """A month in which it was met is no date on which it was; that is said."""
    assert reported(row("1", "OBC", due=MARCH))["forecast"] == {"date": "2027-03-31", "precision": "month"}
    done = row("1", "OBC", state="done", said="Done", due=MARCH)
    assert reported(done) == {"title": "OBC", "state": "done"}
    assert [finding.field for finding in shortened(done)] == ["actual"]


def test_blank_in_a_complete_column_is_no_longer_known() -> None:
    """Null; what the row says all the same is said, and a title never ends."""
    blank = frozenset({"forecast", "baseline", "title", "state"})
    assert reported(row("1", "OBC", baseline=MARCH, blank=blank)) == {
        "title": "OBC",
        "state": "open",
        "baseline": {"date": "2027-03-31", "precision": "month"},
        "forecast": None,
    }


DATES = st.none() | st.builds(
    lambda date, precision: PreciseDate(date=date, precision=precision),
    st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)),
    st.sampled_from(["day", "month", "quarter", "financial-year"]),
)
ROWS: st.SearchStrategy[Row] = st.builds(
    row,
    st.just("1"),
    st.text(min_size=1, max_size=300).filter(str.strip),
    state=st.sampled_from(["open", "done", "cancelled"]),
    type=st.sampled_from([None, "approval"]),
    due=DATES,
    baseline=DATES,
    original_baseline=DATES,
    reason=st.none() | st.text(max_size=LONGEST_REASON + 9),
    blank=st.frozensets(st.sampled_from(["type", "baseline", "forecast", "actual", "reason", "title"])),
)


@given(ROWS, st.sampled_from([None, "baseline", "forecast", "actual"]))
def test_whatever_a_row_says_passes_the_contract(of: Any, without: str | None) -> None:
    """And has none but its fields."""
    data = ReportedData.model_validate(reported(of, without))
    assert not list(unknown_fields(data))
    assert without is None or getattr(data, without) is None
