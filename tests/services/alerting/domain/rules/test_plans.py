"""Rules about a plan as a whole."""

import datetime as dt
from typing import Any

from schemas.dates import PreciseDate
from schemas.states import Agreement, Confidence, PlanState
from services.alerting.domain.rules.every import Holding, of_plan
from tests.services.alerting.examples import NOW, PLAN, day, plan_state


def holding(**changes: Any) -> Holding:
    """What holds for the example plan with these changes."""
    return of_plan(plan_state().model_copy(update=changes))


def target(days: int) -> PreciseDate:
    """A target so many days from today."""
    return PreciseDate(date=day(days))


def test_nothing_holds_for_a_plan_in_order() -> None:
    """Published, with the target and tolerance that were agreed."""
    assert holding(target=target(400), original_target=target(400), target_agreed=True) == {}


def test_a_stuck_plan_says_so_even_unpublished() -> None:
    """What is shown is old, and who can mend it is named."""
    assert set(holding(stuck=True)) == {"stuck"}
    assert set(holding(stuck=True, published=False, withdrawn=day(-1))) == {"stuck"}


def test_withdrawn_by_the_lead() -> None:
    """With the date, and whom to ask."""
    assert holding(withdrawn=day(-3))["withdrawn"].says.startswith("dluhc withdrew the plan on 22 November 2026.")


def test_a_target_that_moved_without_an_approval() -> None:
    """Against what was last approved, else against the first."""
    moved = {"target": target(430), "target_agreed": False, "original_target": target(400)}
    found = holding(**moved)["target-moved"]
    assert found.days == 30
    assert "30 days later than agreed, and nobody approved it" in found.says
    agreed = Agreement(office="Board", reason="Replanned", target=day(440), tolerance=14, said=NOW)
    earlier = holding(**moved, agreement=agreed)["target-moved"]
    assert (earlier.days, "10 days earlier than agreed" in earlier.says) == (0, True)


def test_a_target_where_none_was_agreed() -> None:
    """There is nothing to compare it with."""
    assert (
        "moved to 29 January 2028, and nobody" in holding(target=target(430), target_agreed=False)["target-moved"].says
    )


def test_a_tolerance_that_moved_without_an_approval() -> None:
    """It hides slips, so it is said."""
    found = holding(tolerance=30, tolerance_agreed=False)["tolerance-moved"]
    assert found.says.startswith("it now tolerates 30 days, and nobody approved it")


def test_a_plan_declared_green_whose_last_milestone_is_late() -> None:
    """By more than it tolerates, after its target."""
    said = Confidence(scale="RAG", value="Green", assessor="SRO's office", assessed=dt.date(2026, 11, 1))
    green = {"confidence": {PLAN: said}, "target": target(400), "target_agreed": True}
    assert holding(**green, projected=day(414)) == {}
    assert holding(**green, projected=day(415))["declared-green"].days == 15
    assert holding(**green) == {}
    amber = {**green, "confidence": {PLAN: said.model_copy(update={"value": "Amber"})}}
    assert holding(**amber, projected=day(500)) == {}


def test_a_plan_is_the_cause_of_what_holds_for_it() -> None:
    """An empty milestone stands for the plan."""
    made: PlanState = plan_state()
    assert of_plan(made.model_copy(update={"stuck": True}))["stuck"].cause.model_dump() == {
        "plan": PLAN,
        "milestone": "",
    }
