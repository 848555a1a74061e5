"""Scopes and matching: which subscriptions an alert concerns, and that both sides find each other by the same keys."""

from dataclasses import replace
from typing import Any

import pytest

from schemas.alerts import Alert
from schemas.payloads import PlacedIn
from schemas.states import Node, PlanState
from services.alerting.domain.matching import by_key, matching, quickest
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.scopes import Scope, found_under, looked_up, mission_slug
from services.alerting.domain.subjects import department_subject, plan_subject
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, chain, plan_state
from tests.services.alerting.stored import subscription
from tests.services.alerting.world import World

HARTLEPOOL, LEEDS = "E06000001", "E08000035"


def plan(mission: str | None = None, *places: str) -> PlanState:
    """The example plan with a mission and places."""
    placed = tuple(PlacedIn(code=code, name=code) for code in places)
    return plan_state().model_copy(update={"mission": mission, "places": placed})


def late(name: str = SKILLS, **changes: Any) -> KeptAlert:
    """The alert of a milestone in the chain, all of whose dates moved."""
    world = World()
    world.hear(chain(rail=Step(RAIL, 100, 150)))
    return replace(world.alerts[f"{PLAN}|{name}|late"], **changes)


def of_plan(department: str | None = None) -> KeptAlert:
    """An alert of the plan as a whole, or of a department in it."""
    whole = plan_state()
    subject = department_subject(whole, department) if department else plan_subject(whole)
    alert = Alert(
        plan=PLAN, milestone="", department=department, rule="unlisted" if department else "stuck", level="firing",
        since=NOW, days=0, by_day=False, reason="", cause=Node(plan=PLAN, milestone=""), version=1,
    )  # fmt: skip
    return late(alert=alert, path=(), concerns=subject.concerns, department=subject.department)


def hears(scope: Scope, kept: KeptAlert, of: PlanState | None = None) -> bool:
    """Whether a subscription to the scope is found for the alert; composing must then find the alert for it too."""
    of, one = of or plan_state(), subscription("s1", scope=scope)
    alerts = by_key([kept], of)
    found = bool(set(scope.keys) & alerts.keys() and matching(alerts, [one]))
    serves = scope.name in (mission_slug(of.mission), *(place.code for place in of.places))
    looked = set(looked_up(scope, [PLAN] if serves else [])) & set(found_under(kept))
    assert found == bool(looked and one.hears(kept))
    return found


@pytest.mark.parametrize(
    ("scope", "heard"),
    [
        (Scope("plan", PLAN), True),
        (Scope("plan", "dluhc/other"), False),
        (Scope("department", "dfe"), True),
        (Scope("department", "dft"), False),
        (Scope("milestone", SKILLS), True),
        (Scope("milestone", SKILLS, PLAN), True),
        (Scope("milestone", SKILLS, "dluhc/other"), False),
        (Scope("milestone", RAIL), False),
        (Scope("milestone", RAIL, None, downstream=True), True),
        (Scope("milestone", RAIL, PLAN, downstream=True), True),
        (Scope("milestone", STATION, PLAN, downstream=True), True),
        (Scope("milestone", RAIL, "dluhc/other", downstream=True), False),
        (Scope("place", HARTLEPOOL), False),
        (Scope("mission", "growth"), False),
    ],
)
def test_who_hears_of_an_inherited_slip(scope: Scope, heard: bool) -> None:
    """Its plan, its owner, itself; of what it waits for, whoever listens downstream of that."""
    assert hears(scope, late()) is heard


def test_a_milestone_is_not_downstream_of_what_follows_it() -> None:
    """Who listens downstream of the last hears nothing of the first."""
    assert not hears(Scope("milestone", SKILLS, PLAN, downstream=True), late(RAIL))


def test_a_place_is_the_milestone_s_own_or_its_plan_s() -> None:
    """A milestone that names no place is where its plan is; one that names one is there only."""
    here, there = Scope("place", HARTLEPOOL), Scope("place", LEEDS)
    assert hears(here, late(), plan(None, HARTLEPOOL))
    assert not hears(there, late(), plan(None, HARTLEPOOL))
    assert hears(there, late(places=(LEEDS,)), plan(None, HARTLEPOOL))
    assert not hears(here, late(places=(LEEDS,)), plan(None, HARTLEPOOL))


def test_a_mission_is_found_by_its_slug() -> None:
    """However the plan writes it; a mission of which no slug can be made is nobody's."""
    assert hears(Scope("mission", "kickstart-growth"), late(), plan("Kickstart growth!"))
    assert not hears(Scope("mission", "kickstart-growth"), late(), plan("Break down barriers"))
    assert not hears(Scope("mission", "kickstart-growth"), late(), plan("经济增长"))


def test_who_hears_of_a_department_in_a_plan() -> None:
    """The plan, the department itself, and who listens to a milestone of it there; no other department."""
    kept = of_plan("dft")
    for scope in (Scope("plan", PLAN), Scope("department", "dft"), Scope("milestone", RAIL, PLAN)):
        assert hears(scope, kept)
    for scope in (Scope("department", "dfe"), Scope("milestone", SKILLS, PLAN), Scope("milestone", RAIL)):
        assert not hears(scope, kept)


def test_who_hears_of_a_plan_as_a_whole() -> None:
    """Its lead, whoever it lists, and who listens to a milestone there."""
    for scope in (
        Scope("plan", PLAN), Scope("department", "dluhc"), Scope("department", "dfe"), Scope("milestone", SKILLS, PLAN),
    ):  # fmt: skip
        assert hears(scope, of_plan())
    assert not hears(Scope("department", "hmt"), of_plan())
    assert not hears(Scope("milestone", SKILLS, "dluhc/other"), of_plan())


def test_the_default_rhythm_is_due_as_soon_as_the_quickest_of_what_it_hears() -> None:
    """Its own milestone among others: at once; others of its plan: the next morning; nothing of its own: weekly."""
    everything = by_key([late(), late(RAIL)], plan_state())
    for departments, rhythm in ((("dfe",), "at_once"), (("northgate",), "daily"), (("hmt",), "weekly")):
        one = subscription("s1", rhythm="default", departments=departments)
        assert quickest(one, everything, plan_state()) == rhythm
    assert quickest(subscription("s1", rhythm="weekly"), everything, plan_state()) == "weekly"
