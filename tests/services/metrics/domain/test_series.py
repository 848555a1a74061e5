"""Rows for series: public plans by department, the rest summed as `other`."""

import datetime as dt
from typing import Any

from schemas.states import SLIP_BUCKETS, DepartmentCounts, PlanState
from services.metrics.domain.series import OTHER, rows


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
