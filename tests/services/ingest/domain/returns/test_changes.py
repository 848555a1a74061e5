"""What a row changes against today's plan."""

import datetime as dt
from typing import Any

import pytest

from services.ingest.domain.returns.changes import Change, as_at_instant, changes, unexplained
from services.ingest.domain.returns.model import on
from tests.services.ingest.domain.returns.known import row, state

MAY, JUNE = dt.date(2027, 5, 1), dt.date(2027, 6, 1)
SAID = {"text": "Held up", "explains": MAY, "said": "2027-01-01T00:00:00Z"}
TODAY = state(
    "dft/p/obc", "OBC", type="approval", baseline=on(MAY), forecast=on(MAY), declared=MAY, reason=SAID, actual=None
)


def test_only_what_is_said_otherwise_is_a_change() -> None:
    """With how much later a date is; what is not said changes nothing."""
    said = {"title": "OBC", "type": "approval", "state": "open", "baseline": "2027-05-01", "forecast": "2027-06-01"}
    assert changes(said, TODAY) == (Change("forecast", "2027-05-01", "2027-06-01", 31),)
    assert changes({"reason": "Held  up\n"}, TODAY) == ()


def test_a_date_may_become_less_precise_or_unknown() -> None:
    """Days count from the last day of what was said; of what is no longer known there are none."""
    month = {"date": "2027-05-31", "precision": "month"}
    assert changes({"forecast": month}, TODAY) == (Change("forecast", "2027-05-01", month, 30),)
    assert changes({"forecast": None}, TODAY) == (Change("forecast", "2027-05-01", None),)


def test_of_a_new_milestone_all_that_is_said_is_new() -> None:
    """But for what is null."""
    assert changes({"title": "OBC", "forecast": None}, None) == (Change("title", None, "OBC"),)


@pytest.mark.parametrize(
    ("due", "reason", "said"),
    [
        (JUNE, None, "31 days later than the plan has it, and gives no reason"),
        (JUNE, "Held up", "the one given for 2027-05-01"),
        (JUNE, "Tunnelling", None),
        (MAY, None, None),
        (None, None, None),
    ],
)
def test_a_later_date_needs_a_reason_of_its_own(due: dt.date | None, reason: str | None, said: str | None) -> None:
    """None, or the one that explained the date before, is pointed out."""
    found = [f.message for f in unexplained(row("1", "OBC", due=on(due), reason=reason), TODAY)]
    assert [said in message for message in found if said] == [True] * len(found)
    assert bool(found) is (said is not None)


@pytest.mark.parametrize("more", [{"state": "cancelled"}, {"due": None}])
def test_without_a_date_to_come_there_is_nothing_to_explain(more: dict[str, Any]) -> None:
    """Nor of a milestone that the plan does not have."""
    assert not [*unexplained(row("1", "OBC", **{"due": on(JUNE), **more}), TODAY)]
    assert not [*unexplained(row("1", "OBC", due=on(JUNE)), None)]


def test_what_the_plan_has_as_met_is_no_move() -> None:
    """However late it was: only a later actual is."""
    met = state("dft/p/obc", "OBC", baseline=on(MAY), forecast=on(MAY), declared=MAY, actual=JUNE)
    assert not [*unexplained(row("1", "OBC", due=on(JUNE), state="done"), met)]
    assert [*unexplained(row("1", "OBC", due=on(JUNE.replace(day=2)), state="done"), met)]


def test_a_return_is_so_at_the_end_of_its_day_in_london() -> None:
    """In summer that is an hour earlier; and never after its receipt."""
    now = dt.datetime(2027, 7, 2, tzinfo=dt.UTC)
    assert as_at_instant(dt.date(2027, 6, 30), now) == dt.datetime(2027, 6, 30, 22, 59, 59, 999999, dt.UTC)
    assert as_at_instant(dt.date(2027, 7, 2), now) == now
