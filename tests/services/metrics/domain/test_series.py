"""What is shown of plans: public ones by name and department, the rest summed as `other`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from schemas.dates import PreciseDate
from schemas.payloads import PlacedIn
from schemas.states import SLIP_BUCKETS, DepartmentCounts, PlanState
from services.metrics.domain.series import OTHER, Holding, Known, Shown, of_others, of_plan, split


def plan(name: str, alerts: Mapping[Holding, int] | None = None, **more: Any) -> Known:
    """A published plan with one late milestone of dft, 20 days."""
    slips = tuple(1 if index == 3 else 0 for index in range(len(SLIP_BUCKETS) + 1))
    counts = {"dft": DepartmentCounts(statuses={"late": 1}, slips=slips, slip_sum=20)}
    said = {"version": 1, "published": True, "title": name, "lead": "dluhc", "tolerance": 14, "visibility": "public"}
    return Known(PlanState(plan=name, day=dt.date(2026, 11, 25), counts=counts, **{**said, **more}), alerts or {})


def shown(plans: list[Known], most: int = 10) -> tuple[list[str], Shown]:
    """The names that are shown, and what is shown of all others."""
    named, others = split(plans, most)
    return [of_plan(one).plan for one in named], of_others(others)


def test_a_public_plan_has_a_row_for_each_department() -> None:
    """With its milestones by status and its slips."""
    found = of_plan(plan("dluhc/a"))
    [row] = found.rows
    assert (found.plan, row.department, row.statuses["late"], row.slip_sum) == ("dluhc/a", "dft", 1, 20)


def test_plans_that_are_not_public_are_only_summed() -> None:
    """Their names are in no label; an unpublished one is in no sum."""
    held: Mapping[Holding, int] = {("dft", "late"): 1, ("dwp", "silent"): 2}
    hidden = [plan("dluhc/secret", held, visibility="owner"), plan("dluhc/partners", held, visibility="partners")]
    names, others = shown([*hidden, plan("dluhc/draft", held, published=False)])
    [row] = others.rows
    assert names == []
    assert (others.plan, row.department, row.statuses["late"], row.slip_sum) == (OTHER, OTHER, 2, 40)
    assert row.slips[3] == 2
    assert others.alerts == {(OTHER, "late"): 2, (OTHER, "silent"): 4}


def test_plans_beyond_the_most_are_summed_too() -> None:
    """The first by name have series of their own, whatever order they come in."""
    names, others = shown([plan("dluhc/c"), plan("dluhc/a"), plan("dluhc/b")], most=1)
    assert names == ["dluhc/a"]
    assert others.rows[0].statuses["late"] == 2


def test_a_plan_has_its_places_and_the_days_past_its_target() -> None:
    """Before the target the days are less than nothing; without one there are none."""
    places = (PlacedIn(code="E06000001", name="Hartlepool"),)
    march, day = PreciseDate(date=dt.date(2027, 3, 1), precision="month"), dt.date(2027, 4, 10)
    far = of_plan(plan("dluhc/a", target=march, projected=day, places=places, waiting=2, cycles=(("x", "y"),)))
    assert (far.waiting, far.cycles, far.stuck, far.past_target) == (2, 1, 0, 10)
    assert far.places == (("E06000001", "Hartlepool"),)
    assert of_plan(plan("dluhc/b", target=march, projected=dt.date(2027, 3, 30))).past_target == -1
    assert of_plan(plan("dluhc/c", projected=day)).past_target is None


def test_a_stuck_plan_is_counted_whoever_may_see_it() -> None:
    """By name where it is public; else as one of `other`, published or not."""
    hidden = [plan("dluhc/secret", visibility="owner", stuck=True), plan("dluhc/draft", published=False, stuck=True)]
    assert of_plan(plan("dluhc/a", stuck=True)).stuck == 1
    assert shown(hidden)[1].stuck == 2
    assert shown([])[1] == Shown(OTHER, (), 0, 0, 0, {})


def test_a_plan_whose_publication_is_on_hold_is_only_summed() -> None:
    """How it stands now is not public."""
    names, others = shown([plan("dluhc/a", hold=dt.date(2026, 11, 20))])
    assert names == []
    assert others.rows[0].statuses["late"] == 1
