"""What moved lately: counted from the date before, by whom it is said, and whom it reaches."""

import datetime as dt

from services.plan_tracking.domain.sentences import LastMove
from services.plan_tracking.domain.week import furthest, last_move, move, reached
from tests.services.plan_tracking.examples import NOW, Spec, entry, plan_state, states

SINCE = NOW - dt.timedelta(days=7)
PLANNED = entry("milestone.planned", {"title": "A", "baseline": "2027-01-01"}, "2026-02-02T09:00")


def _moved(*days: str) -> list[object]:
    return [entry("milestone.forecast", {"forecast": day}, f"2026-11-2{n}T09:00") for n, day in enumerate(days)]


def test_a_move_is_counted_from_the_date_before_the_week() -> None:
    """Two moves in one week are one, by the days of both."""
    concluded = states([Spec("dft/a", "A", "2027-01-01", "2027-02-01")])
    found = move(plan_state(concluded), concluded[0], [PLANNED, *_moved("2027-01-20", "2027-02-01")], SINCE)  # type: ignore[list-item]
    assert found is not None
    assert found.days == 31
    assert found.title == "A"


def test_a_date_that_came_back_is_no_move() -> None:
    """Nor is one that was only said again, nor the first word on a milestone."""
    concluded = states([Spec("dft/a", "A", "2027-01-01", "2027-01-01")])
    plan = plan_state(concluded)
    assert move(plan, concluded[0], [PLANNED, *_moved("2027-02-01", "2027-01-01")], SINCE) is None  # type: ignore[list-item]
    first = entry("milestone.planned", {"title": "A", "baseline": "2027-01-01"}, "2026-11-24T09:00")
    assert move(plan, concluded[0], [first], SINCE) is None


def test_a_move_reaches_whoever_is_later_because_of_it() -> None:
    """Those whose date it drives and that are later than agreed; their departments once each."""
    concluded = states(
        [
            Spec("dft/a", "A", "2027-01-01", "2027-02-01"),
            Spec("dfe/b", "B", "2027-01-10", needs=[("dft/a", 0)]),
            Spec("dfe/c", "C", "2027-01-11", needs=[("dfe/b", 0)]),
            Spec("dfe/d", "D", "2028-01-01", needs=[("dfe/b", 0)]),
        ]
    )
    plan = plan_state(concluded)
    found = move(plan, concluded[0], [PLANNED, *_moved("2027-02-01")], SINCE)  # type: ignore[list-item]
    assert found is not None
    reach = reached(found, concluded)
    assert (reach.milestones, reach.departments) == (2, ("Department for Education",))
    assert furthest([found]) == [found]


def test_the_last_move_is_the_one_that_was_so_last() -> None:
    """Whatever was received in between, and what changed nothing left out."""
    lost = entry("milestone.forecast", {"forecast": "2030-01-01"}, "2026-11-24T09:00", won=())
    assert last_move([PLANNED, *_moved("2027-01-20", "2027-02-01"), lost]) == LastMove(12, dt.date(2026, 11, 21))  # type: ignore[list-item]
    assert last_move([PLANNED]) is None
