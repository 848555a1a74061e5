"""Who has returned, and by when it is due."""

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.states import PlanState
from services.ingest.domain.board import board

NOVEMBER = dt.date(2026, 11, 25)
"""In a quarter whose return is due on 20 January; that of the quarter before was due on 20 October."""

QUARTERLY = {"every": "quarter", "due_days": 20}


def plan(**more: Any) -> PlanState:
    """A plan of dluhc's with dft, dwp, and dfe, which is no longer listed."""
    contributors = [
        {"department": "dwp", "title": "Work and Pensions"},
        {"department": "dft"},
        {"department": "dfe", "unlisted": "2026-01-01"},
    ]
    given = {"plan": "dluhc/p", "version": 1, "published": True, "title": "P", "lead": "dluhc", "tolerance": 14}
    return PlanState.model_validate({**given, "day": NOVEMBER, "contributors": contributors, **more})


def standings(reporting: Any, **last: str) -> dict[str, str | None]:
    """How each department stands, given the as-at date of its one return."""
    dates = {name: (dt.date.fromisoformat(day), dt.date.fromisoformat(day)) for name, day in last.items()}
    return {line.department: line.standing for line in board(plan(reporting=reporting), dates, NOVEMBER).lines}


def test_the_lead_and_the_listed_contributors_are_on_the_board() -> None:
    """With what each returned last, and when the next is due."""
    found = board(plan(reporting=QUARTERLY), {"dwp": (dt.date(2026, 9, 30), NOVEMBER)}, NOVEMBER)
    assert found.period is not None
    assert (found.period.name, found.period.due) == ("Q3 2026/27", dt.date(2027, 1, 20))
    assert [(line.department, line.title, line.last) for line in found.lines] == [
        ("dft", None, None),
        ("dluhc", None, None),
        ("dwp", "Work and Pensions", NOVEMBER),
    ]


def test_a_return_counts_for_the_period_of_its_date() -> None:
    """The one before is overdue where it is missing."""
    assert standings(QUARTERLY, dft="2026-10-01", dwp="2026-09-30", dluhc="2026-06-30") == {
        "dft": "returned",
        "dwp": "awaited",
        "dluhc": "overdue",
    }


def test_who_never_returned_is_overdue_once_somebody_has() -> None:
    """A plan that has only begun to collect returns misses none."""
    assert standings(QUARTERLY, dft="2026-10-01") == {"dft": "returned", "dwp": "awaited", "dluhc": "awaited"}
    assert standings(QUARTERLY, dft="2026-09-30") == {"dft": "awaited", "dwp": "overdue", "dluhc": "overdue"}


def test_without_a_reporting_calendar_only_the_last_returns_are_listed() -> None:
    """Nothing is due."""
    assert set(standings(None, dft="2026-09-30").values()) == {None}
    assert board(plan(), {}, NOVEMBER).period is None


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 92), st.sampled_from(["month", "quarter"]))
def test_a_return_as_at_the_day_of_asking_is_never_overdue(today: dt.date, days: int, every: str) -> None:
    """Whatever the calendar; and what is awaited is not due in the past."""
    reporting = {"every": every, "due_days": days}
    found = board(plan(reporting=reporting), {"dft": (today, today)}, today)
    assert found.period is not None
    assert found.period.due >= today
    assert found.lines[0].standing == "returned"
