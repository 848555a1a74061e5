"""Who may see what."""

import datetime as dt
from typing import Any

import pytest

from schemas.states import Contributor, MilestoneState, PlanState
from schemas.visibility import is_held, may_see_milestone, may_see_plan, may_see_said


def plan(**more: Any) -> PlanState:
    """A public plan of dluhc with dft as a contributor."""
    said = {"plan": "dluhc/a", "version": 1, "published": True, "title": "A", "lead": "dluhc", "tolerance": 14}
    contributors = (Contributor(department="dft"),)
    return PlanState(
        **{**said, "day": dt.date(2026, 11, 25), "contributors": contributors, "visibility": "public", **more}
    )


def milestone(**more: Any) -> MilestoneState:
    """A listed milestone of dwp."""
    said = {"plan": "dluhc/a", "milestone": "dwp/x", "version": 1, "department": "dwp", "title": "X", "listed": True}
    heard = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    state = {"tolerance": 14, "lifecycle": "open", "status": "undated", "last_heard": heard}
    return MilestoneState(**{**said, **state, **more})


@pytest.mark.parametrize(
    ("visibility", "departments", "seen"),
    [
        ("public", [], True),
        ("partners", [], False),
        ("partners", ["anyone"], True),
        ("owner", ["anyone"], False),
        ("owner", ["dft"], True),
        ("owner", ["dluhc"], True),
    ],
)
def test_a_plan_is_seen_as_its_visibility_says(visibility: str, departments: list[str], seen: bool) -> None:
    """Everybody, any key, or the lead's and the contributors' keys."""
    assert may_see_plan(plan(visibility=visibility), departments) is seen


def test_a_plan_whose_state_has_not_been_seen_is_nobodys() -> None:
    """Not even a contributor's."""
    assert not may_see_plan(None, ["dft"])


def test_a_milestone_that_waits_to_be_listed_is_its_publishers_and_the_leads() -> None:
    """Until the lead lists its department."""
    waiting = milestone(listed=False)
    assert not may_see_milestone(plan(), waiting, ["dft"])
    assert may_see_milestone(plan(), waiting, ["dwp"])
    assert may_see_milestone(plan(), waiting, ["dluhc"])
    assert may_see_milestone(plan(), milestone(), [])


def test_what_is_named_under_a_department_is_judged_by_its_name_alone() -> None:
    """As its milestones are: what the lead has listed is everybody's, the rest its publisher's and the lead's."""
    for name in ("dluhc/x", "dft/x", "dft/project/x"):
        assert may_see_said(plan(), name, [])
    assert not may_see_said(plan(), "dwp/x", ["dft"])
    assert may_see_said(plan(), "dwp/x", ["dwp"])
    assert may_see_said(plan(), "dwp/x", ["dluhc"])
    assert not may_see_said(plan(visibility="owner"), "dft/x", [])
    assert not may_see_said(None, "dft/x", ["dft"])


@pytest.mark.parametrize(
    ("hold", "departments", "held"),
    [
        (None, [], False),
        ("2026-11-24", [], True),
        ("2026-11-25", [], False),
        ("2026-11-24", ["dwp"], True),
        ("2026-11-24", ["dluhc"], False),
        ("2026-11-24", ["dwp", "dft"], False),
    ],
)
def test_a_hold_keeps_the_present_from_all_but_lead_and_contributors(
    hold: str | None, departments: list[str], held: bool
) -> None:
    """Once its day is over: until then, what was known on that day is the present."""
    day = dt.date.fromisoformat(hold) if hold else None
    assert is_held(plan(hold=day), departments, dt.date(2026, 11, 25)) is held
