"""How much forecasts are worth: which of the owners' dates a fold has moved."""

import datetime as dt

import pytest

from services.plan_tracking.domain.credibility import restated
from services.plan_tracking.domain.layers import Layered
from services.plan_tracking.domain.schedule import Given

MARCH = dt.date(2027, 3, 1).toordinal()
BEFORE = Given(lifecycle="open", baseline=MARCH, declared=MARCH, actual=None)


def moved(now: Given, before: Given | None = BEFORE) -> list[tuple[str, int]]:
    """What is said of one milestone, as it is now, beside others that stay as they are."""
    there = {"dwp/other": BEFORE} | ({"dft/a": before} if before else {})
    return list(restated(Layered(there, {"dft/a": now})))


@pytest.mark.parametrize("days", [30, -5])
def test_an_owners_other_date_is_a_move(days: int) -> None:
    """Of its department, with the days, below zero when it is earlier."""
    assert moved(BEFORE._replace(declared=MARCH + days)) == [("dft", days)]


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (BEFORE, BEFORE),
        (BEFORE._replace(declared=MARCH + 9), None),
        (BEFORE._replace(declared=MARCH + 9), BEFORE._replace(declared=None, baseline=None)),
        (BEFORE._replace(declared=None), BEFORE),
        (BEFORE._replace(baseline=MARCH + 9, declared=MARCH + 9), BEFORE),
        (BEFORE._replace(lifecycle="done", declared=MARCH + 9, actual=MARCH + 9), BEFORE),
    ],
    ids=["the same again", "the first word", "the first date", "no longer known", "a new baseline", "done"],
)
def test_nothing_else_is(now: Given, before: Given | None) -> None:
    """Credibility is about the owner's own promises only."""
    assert moved(now, before) == []


def test_a_plan_folded_from_nothing_has_moved_nothing() -> None:
    """A rebuild says again what was counted when it was said."""
    assert list(restated({"dft/a": BEFORE})) == []
