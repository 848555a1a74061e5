"""A plan in the Open Contracting for Infrastructure Data Standard."""

import datetime as dt
from typing import Any

import pytest

from schemas.states import MilestoneState
from services.plan_tracking.domain.exports.oc4ids import package
from tests.services.plan_tracking.domain.hostile import HOSTILE
from tests.services.plan_tracking.examples import PLAN, TODAY, Spec, plan_state, states

SPECS = [
    Spec("dft/a", "Bridge", "2027-01-01", "2027-01-31", None, (), reason="Possession moved"),
    Spec("dft/rail/b", "Track", "2026-06-01", None, "2026-06-03", ()),
    Spec("dfe/c", "School", "2026-01-01", None, None, ()),
]


def packed(made: list[MilestoneState]) -> dict[str, Any]:
    """The package of these milestones."""
    plan = plan_state(made, target="2027-03-31")
    return package(plan, made, TODAY, uri="https://milepost.example/x", licence="https://example.org/licence")


def test_projects_in_names_are_projects_and_the_plan_has_the_rest() -> None:
    """Each of one public authority."""
    whole = packed(states(SPECS))
    assert (whole["version"], whole["license"]) == ("0.9", "https://example.org/licence")
    plan, rail = whole["projects"]
    assert (plan["id"], plan["publicAuthority"]["id"]) == (PLAN, "dluhc")
    assert [m["id"] for m in plan["milestones"]] == ["dft/a", "dfe/c"]
    assert (rail["id"], rail["publicAuthority"]["id"]) == ("dft/rail", "dft")
    assert plan["period"] == {"endDate": "2027-03-31T23:59:59Z"}
    assert plan["parties"][0]["roles"] == ["publicAuthority"]


def test_a_milestone_is_due_when_it_was_agreed_and_says_what_is_expected() -> None:
    """Met, scheduled, or not met although its date has passed."""
    plan, rail = packed(states(SPECS))["projects"]
    late, overdue = plan["milestones"]
    assert (late["dueDate"], late["status"]) == ("2027-01-01T23:59:59Z", "scheduled")
    assert late["description"] == "Expected 31 January 2027, 30 days later than agreed. Possession moved"
    assert overdue["status"] == "notMet"
    [met] = rail["milestones"]
    assert (met["status"], met["dateMet"], met["type"]) == ("met", "2026-06-03T23:59:59Z", "delivery")


def test_a_cancelled_milestone_says_so_in_words() -> None:
    """The standard has no code for it."""
    [state] = states([Spec("dft/a", "Bridge", "2027-01-01", None, None, (), cancelled=True)])
    [milestone] = packed([state])["projects"][0]["milestones"]
    assert (milestone["status"], milestone["description"]) == ("notMet", "Cancelled.")


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_data(title: str) -> None:
    """JSON has it as it was said."""
    [state] = states([SPECS[0]])
    [milestone] = packed([state.model_copy(update={"title": title})])["projects"][0]["milestones"]
    assert milestone["title"] == title


def test_a_plan_without_milestones_is_a_package_too() -> None:
    """Dated by its day."""
    plan = plan_state([]).model_copy(update={"day": dt.date(2026, 11, 25)})
    made = package(plan, [], TODAY, uri="https://milepost.example/x", licence="https://example.org/licence")
    assert made["publishedDate"] == "2026-11-25T23:59:59Z"
    assert made["projects"][0]["id"] == PLAN
