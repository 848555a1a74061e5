"""What is doubted and noted of a row."""

import datetime as dt

import pytest

from services.ingest.domain.returns.judge import doubt, middle_of, notes
from services.ingest.domain.returns.model import Row, State, on
from tests.services.ingest.domain.returns.sheets import AS_AT, JULY, MAY

TEN_YEARS = 3653


def row(
    baseline: dt.date | None = JULY, due: dt.date | None = JULY, state: State = "open", reason: str | None = None
) -> Row:
    """A row with these dates."""
    return Row("6a", 7, "6.01.1", "OBC", state, state, baseline=on(baseline), due=on(due), reason=reason)


@pytest.mark.parametrize(
    ("baseline", "due", "state", "field"),
    [
        (dt.date(2020, 2, 1), dt.date(2000, 2, 1), "open", "forecast"),
        (dt.date(1923, 1, 1), dt.date(2020, 3, 31), "open", "baseline"),
        (dt.date(2019, 4, 3), dt.date(2051, 4, 3), "open", "forecast"),
        (dt.date(2018, 1, 1), dt.date(2001, 1, 1), "done", "actual"),
    ],
)
def test_of_two_dates_far_apart_the_one_far_from_the_others_is_doubtful(
    baseline: dt.date, due: dt.date, state: State, field: str
) -> None:
    """The finding names it, says why, and names the fix."""
    finding = doubt(row(baseline, due, state), AS_AT, TEN_YEARS)
    assert finding is not None
    assert (finding.kind, finding.field, finding.slot, finding.row) == ("doubtful", field, "6.01.1", 7)
    assert "30 June 2019" in finding.message
    assert f"correct it in row 7 of sheet 6a, or confirm 6.01.1/{field}" in finding.message


def test_dates_ten_years_apart_or_both_far_away_are_not_doubtful() -> None:
    """Only over ten years between the two is doubted: an end date in 2086 that was agreed as 2086 is genuine."""
    assert doubt(row(dt.date(2019, 1, 1), dt.date(2029, 1, 1)), AS_AT, TEN_YEARS) is None
    assert doubt(row(dt.date(2086, 6, 30), dt.date(2086, 6, 30)), AS_AT, TEN_YEARS) is None
    assert doubt(row(None, dt.date(1900, 6, 30)), AS_AT, TEN_YEARS) is None


def test_where_nothing_tells_them_apart_the_forecast_is_doubtful() -> None:
    """The baseline was approved by somebody."""
    finding = doubt(row(AS_AT - dt.timedelta(4000), AS_AT + dt.timedelta(4000)), AS_AT, TEN_YEARS)
    assert finding is not None
    assert finding.field == "forecast"


def test_wrong_dates_hardly_move_the_middle() -> None:
    """The median of a return stands where most of its dates are."""
    rows = [row(dt.date(1923, 1, 1), MAY), row(JULY, dt.date(2051, 4, 3)), row(MAY, JULY)]
    assert MAY <= middle_of(rows, AS_AT) <= JULY


def test_live_before_the_as_at_date_is_noted() -> None:
    """What is still to come cannot lie before the date of the return; on that date it can."""
    [finding] = notes(row(due=MAY), AS_AT, 100)
    assert (finding.kind, finding.field) == ("noted", "forecast")
    assert "say that it is done" in finding.message
    assert list(notes(row(due=AS_AT), AS_AT, 100)) == []


@pytest.mark.parametrize("state", ["done", "cancelled"])
def test_over_but_after_the_as_at_date_is_noted(state: State) -> None:
    """What is over cannot lie after the date of the return."""
    [finding] = notes(row(state=state), AS_AT, 100)
    assert "say that it is open, or correct the date" in finding.message


def test_a_long_delay_without_a_reason_is_noted() -> None:
    """Over 100 days after the baseline a reason is due; early, or with a reason, none is."""
    late = JULY + dt.timedelta(101)
    [finding] = notes(row(due=late), AS_AT, 100)
    assert finding.field == "reason"
    assert "101 days" in finding.message
    assert list(notes(row(due=late, reason="Possession moved"), AS_AT, 100)) == []
    assert list(notes(row(due=late - dt.timedelta(1)), AS_AT, 100)) == []
    assert list(notes(row(JULY + dt.timedelta(400), JULY), AS_AT, 100)) == []


def test_complete_without_a_date_is_noted() -> None:
    """Done, but nobody knows when."""
    [finding] = notes(row(due=None, state="done"), AS_AT, 100)
    assert "write the actual date" in finding.message
