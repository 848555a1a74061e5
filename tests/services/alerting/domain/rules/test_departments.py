"""Rules about a department, in a plan and whatever the plans."""

import datetime as dt

import pytest

from schemas.payloads import Reporting
from schemas.states import Contributor, DepartmentCounts, PlanState, Status
from services.alerting.domain.rules import departments
from services.alerting.domain.rules.every import of_department, of_publisher
from tests.services.alerting.examples import department_state, plan_state

QUARTERLY = Reporting(every="quarter", due_days=30)
"""The second quarter's return (July to September) is due on 30 October."""


def counts(**statuses: int) -> DepartmentCounts:
    """So many milestones of each status."""
    every: tuple[Status, ...] = ("done", "cancelled", "undated", "late", "slipping", "on-track")
    found = {status: statuses.get(status.replace("-", "_"), 0) for status in every}
    return DepartmentCounts(statuses=found, slips=(0,) * 9, slip_sum=0)


def plan(**changes: object) -> PlanState:
    """The example plan with quarterly returns; dft has something open."""
    return plan_state().model_copy(update={"reporting": QUARTERLY, "counts": {"dft": counts(on_track=1)}, **changes})


@pytest.mark.parametrize(
    ("heard", "today", "days"),
    [
        ("2026-06-30", "2026-10-30", None),  # due today
        ("2026-06-30", "2026-10-31", 1),
        ("2026-06-30", "2026-12-24", 55),
        ("2026-07-01", "2026-10-31", None),  # as at a day in the period
        ("2026-09-30", "2026-10-31", None),
        ("2026-11-20", "2026-12-24", None),  # later still
        ("2026-09-30", "2027-01-31", 1),  # the third quarter's
    ],
)
def test_silent_the_day_after_a_return_was_due(heard: str, today: str, days: int | None) -> None:
    """As on the board of returns: a word as at a day in the period or later counts for it."""
    found = departments.silent(plan(), "dft", dt.date.fromisoformat(heard), dt.date.fromisoformat(today))
    assert (found.days if found else None) == days


def test_silence_names_the_period_and_what_to_do() -> None:
    """Which return, due when, last heard when."""
    found = departments.silent(plan(), "dft", dt.date(2026, 6, 30), dt.date(2026, 10, 31))
    assert found is not None
    assert found.says == (
        "nothing from dft for Q2 2026/27, whose return was due by 30 October 2026; it was last heard of as at "
        "30 June 2026. Send the return, or say of each milestone how it stands."
    )


@pytest.mark.parametrize(
    "other",
    [
        {"reporting": None},
        {"counts": {}},
        {"counts": {"dft": counts(done=3, cancelled=1)}},
        {"contributors": (Contributor(department="dft", unlisted=dt.date(2026, 10, 1)),)},
        {"withdrawn": dt.date(2026, 10, 1)},
        {"published": False},
    ],
)
def test_nobody_is_missed_of_whom_nothing_is_awaited(other: dict[str, object]) -> None:
    """No reporting, nothing open, taken off the list, or no plan."""
    assert departments.silent(plan(**other), "dft", dt.date(2026, 6, 30), dt.date(2026, 12, 1)) is None


def test_of_whom_nothing_has_arrived_nobody_can_say_that_it_is_silent() -> None:
    """Its milestones are counted in the plan, and their states are still on their way."""
    assert departments.silent(plan(), "dft", None, dt.date(2026, 12, 1)) is None


def test_unlisted_by_the_lead() -> None:
    """The department is told, with the date, and whom to ask."""
    listed = (Contributor(department="dft", unlisted=dt.date(2026, 11, 2)), Contributor(department="dwp"))
    now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    found = of_department(plan(contributors=listed), "dft", None, now)["unlisted"]
    assert found.says.startswith("dluhc took dft off the plan on 2 November 2026.")
    assert of_department(plan(contributors=listed), "dwp", None, now) == {}


def test_what_was_refused_of_a_department_is_one_level_with_its_fields() -> None:
    """How many, since when, what is at fault by number, what to do; of no plan, and without days of lateness."""
    found = of_publisher(department_state(1, data=1, time=3, id=1))["refused"]
    assert (found.rule, found.days, found.by_day) == ("refused", 0, False)
    assert (found.cause.plan, found.cause.milestone) == ("dft", "")
    assert found.says.startswith("5 records of dft could not be accepted, the first of them on 22 November 2026, and")
    assert "At fault: time (3), data (1), id (1). Mend each and send it again" in found.says


def test_a_department_of_which_nothing_waits_raises_nothing() -> None:
    """Whatever was refused of it before."""
    assert of_publisher(department_state(2)) == {}
