"""Rows for series: public plans by department, the rest summed as `other`."""

import datetime as dt
from typing import Any

from schemas.dates import PreciseDate
from schemas.payloads import PlacedIn
from schemas.states import SLIP_BUCKETS, DepartmentCounts, PlanState
from services.metrics.domain.series import OTHER, PlanRow, plan_rows, rows


def plan(name: str, **more: Any) -> PlanState:
    """A published plan with one late milestone of dft, 20 days."""
    slips = tuple(1 if index == 3 else 0 for index in range(len(SLIP_BUCKETS) + 1))
    counts = {"dft": DepartmentCounts(statuses={"late": 1}, slips=slips, slip_sum=20)}
    said = {"version": 1, "published": True, "title": name, "lead": "dluhc", "tolerance": 14, "visibility": "public"}
    return PlanState(plan=name, day=dt.date(2026, 11, 25), counts=counts, **{**said, **more})


def test_a_public_plan_has_a_row_for_each_department() -> None:
    """With its milestones by status and its slips."""
    [row] = rows([plan("dluhc/a")])
    assert (row.plan, row.department, row.statuses["late"], row.slip_sum) == ("dluhc/a", "dft", 1, 20)


def test_plans_that_are_not_public_are_only_summed() -> None:
    """Their names are in no label; an unpublished one is in no sum."""
    hidden = [plan("dluhc/secret", visibility="owner"), plan("dluhc/partners", visibility="partners")]
    [row] = rows([*hidden, plan("dluhc/draft", published=False)])
    assert (row.plan, row.department, row.statuses["late"], row.slip_sum) == (OTHER, OTHER, 2, 40)
    assert row.slips[3] == 2


def test_plans_beyond_the_most_are_summed_too() -> None:
    """The first by name have rows of their own, whatever order they come in."""
    found = rows([plan("dluhc/c"), plan("dluhc/a"), plan("dluhc/b")], most=1)
    assert [(row.plan, row.statuses["late"]) for row in found] == [("dluhc/a", 1), (OTHER, 2)]


def test_a_plan_has_its_places_and_the_days_past_its_target() -> None:
    """Before the target the days are less than nothing; without one there are none."""
    places = (PlacedIn(code="E06000001", name="Hartlepool"),)
    march, day = PreciseDate(date=dt.date(2027, 3, 1), precision="month"), dt.date(2027, 4, 10)
    far = plan("dluhc/a", target=march, projected=day, places=places, waiting=2, cycles=(("x", "y"),))
    early = plan("dluhc/b", target=march, projected=dt.date(2027, 3, 30))
    undated = plan("dluhc/c", projected=day)
    found = plan_rows([far, early, undated])
    assert found[0] == PlanRow("dluhc/a", 2, 1, 0, (("E06000001", "Hartlepool"),), 10)
    assert [row.past_target for row in found] == [10, -1, None, None]


def test_a_stuck_plan_is_counted_whoever_may_see_it() -> None:
    """By name where it is public; else as one of `other`, published or not."""
    hidden = [plan("dluhc/secret", visibility="owner", stuck=True), plan("dluhc/draft", published=False, stuck=True)]
    found = plan_rows([plan("dluhc/a", stuck=True), *hidden])
    assert [(row.plan, row.stuck) for row in found] == [("dluhc/a", 1), (OTHER, 2)]
    assert plan_rows([]) == [PlanRow(OTHER, 0, 0, 0)]


def test_a_plan_whose_publication_is_on_hold_is_only_summed() -> None:
    """How it stands now is not public."""
    [row] = rows([plan("dluhc/a", hold=dt.date(2026, 11, 20))])
    assert (row.plan, row.statuses["late"]) == (OTHER, 1)
