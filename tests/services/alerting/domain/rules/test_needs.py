"""Rules about what a milestone needs from others."""

from typing import Any

import pytest

from schemas.states import Answer, MilestoneState, Need, Waiting
from services.alerting.domain.rules.every import of_milestone
from services.alerting.domain.rules.holds import Holds, Limits, reason
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, states

CONSULT = "northgate/consultation"


def needing(*needs: Need, **changes: Any) -> MilestoneState:
    """A milestone with these needs."""
    return states([Step(SKILLS, 100)])[0].model_copy(update={"needs": needs, **changes})


def need(name: str, waiting: Waiting | None = None, answer: Answer | None = None, plan: str = PLAN) -> Need:
    """A need of another milestone."""
    return Need(plan=plan, milestone=name, lag=0, unit="calendar", waiting=waiting, answer=answer)


def found(one: MilestoneState, *others: MilestoneState) -> dict[str, Holds]:
    """What holds, when these others are known."""
    known = {f"{other.plan}|{other.milestone}": other for other in others}
    return {str(symptom): holds for symptom, holds in of_milestone(one, known, NOW, Limits()).items()}


@pytest.mark.parametrize(
    ("waiting", "why"),
    [
        ("unknown", "which nobody has planned"),
        ("cancelled", "which was cancelled"),
        ("withdrawn", "whose plan was withdrawn"),
    ],
)
def test_waiting_on_something_unplanned(waiting: Waiting, why: str) -> None:
    """Nothing will ever come of what it waits for: say what it needs instead."""
    held = found(needing(need(RAIL), need(STATION, waiting)))["unplanned"]
    assert held.cause.milestone == STATION
    assert [node.milestone for node in held.path] == [STATION, SKILLS]
    assert reason(held.says, "Station square").startswith(f"it needs Station square, {why}. Say what")


@pytest.mark.parametrize("waiting", [None, "undated", "other-plan"])
def test_what_may_yet_get_a_date_is_planned(waiting: Waiting | None) -> None:
    """It has no date yet, or its plan has not answered."""
    assert found(needing(need(RAIL, waiting))) == {}


def test_a_cycle_is_told_to_each_that_is_in_it() -> None:
    """Its own plan's or another's; a milestone that needs itself is one too."""
    held = found(needing(need(RAIL, "in-a-cycle", plan="dft/rail")))["cycle"]
    assert (held.cause.plan, held.cause.milestone) == ("dft/rail", RAIL)
    itself = found(needing(need(SKILLS, "in-a-cycle")))["cycle"]
    assert itself.path == ()


def test_a_disputed_dependency() -> None:
    """Whoever is to deliver it does not accept that; accepted or unanswered is no finding."""
    held = found(needing(need(RAIL, answer="accepted"), need(STATION, answer="disputed")))["disputed"]
    assert "it needs Station square, whose owner disputes the dependency" in reason(held.says, "Station square")
    assert found(needing(need(RAIL, answer="accepted"))) == {}


def test_nothing_is_awaited_by_what_is_over() -> None:
    """A met milestone waits for nobody."""
    over = needing(need(RAIL, "cancelled", "disputed"), need(STATION, "in-a-cycle"), lifecycle="done")
    assert found(over) == {}


def engagement(**changes: Any) -> MilestoneState:
    """An engagement that is open."""
    return states([Step(CONSULT, 50)])[0].model_copy(update={"type": "engagement", **changes})


def delivered(**changes: Any) -> MilestoneState:
    """A delivery that was met and needs the engagement."""
    (made,) = states([Step(SKILLS, 100, actual=90)])
    return made.model_copy(update={"type": "delivery", "needs": (need(RAIL), need(CONSULT)), **changes})


def test_engagement_unmet() -> None:
    """What was to be built is built, and the people it is for were not asked."""
    held = found(delivered(), engagement())["engagement-unmet"]
    assert held.cause.milestone == CONSULT
    assert "it was met on 23 February 2027, and Consultation" in reason(held.says, "Consultation")
    assert "engagement-unmet" in found(delivered(), engagement(lifecycle="cancelled"))


@pytest.mark.parametrize(
    ("built", "asked"),
    [
        (delivered(), engagement(lifecycle="done")),
        (delivered(), engagement(type="approval")),
        (delivered(lifecycle="open"), engagement()),
        (delivered(type=None), engagement()),
        (delivered(needs=()), engagement()),
    ],
)
def test_engagement_is_met_or_not_asked_for(built: MilestoneState, asked: MilestoneState) -> None:
    """The engagement was met; or it is none, or nothing was delivered that depends on one."""
    assert "engagement-unmet" not in found(built, asked)


def test_an_engagement_that_nobody_has_heard_of_is_no_finding() -> None:
    """What type it is is not known yet."""
    assert found(delivered()) == {}
