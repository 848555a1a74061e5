"""Keys: by what plans, milestones and facts are found across plans. They follow from a document's own state alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schemas.names import owner, slugify
from schemas.states import MilestoneState
from services.plan_tracking.domain.facts import OUTCOME, fact_place, subject_name

HELD = "held"
"""Of a plan whose public view is on hold."""
MOST_GIVERS = 200
"""Departments and plans by which a milestone that needs theirs is found."""

Needed = tuple[str, str]
"""A milestone that is needed: its plan and its name."""


def at(place: str) -> str:
    """What is at a place: by its code; or, of a milestone that names none, by its plan, whose places are its own."""
    return f"at|{place}"


def by(department: str) -> str:
    """The milestones of a department."""
    return f"by|{department}"


def needing(whose: str) -> str:
    """The milestones of others that need one of this department's; or those of other plans, one of this plan's."""
    return f"needing|{whose}"


def towards(mission: str) -> str:
    """The plans of a mission, by its slug."""
    return f"towards|{mission}"


def measuring(plan: str, outcome: str = "") -> str:
    """Every outcome of a plan with its series; or one of them."""
    return f"measuring|{plan}|{outcome}"


def plan_keys(state: Mapping[str, Any]) -> list[str]:
    """The keys of a plan, from its state as JSON values."""
    mission = mission_slug(state["mission"])
    return [
        *(at(place["code"]) for place in state["places"]),
        *([towards(mission)] if mission else []),
        *([HELD] if state["hold"] else []),
    ]


def mission_slug(mission: str | None) -> str | None:
    """The slug of a mission's text; None without a mission, or where nothing of it can stand in a slug."""
    try:
        return slugify(mission) if mission else None
    except ValueError:
        return None


def milestone_keys(plan: str, department: str, places: Sequence[str], needs: Iterable[Needed]) -> list[str]:
    """The keys of a milestone: its plan and department, the places that it names, whose milestones it needs.

    Of those in very many departments or plans the first by name.
    """
    givers = {giver for in_plan, name in needs for giver in (owner(name), in_plan)} - {department, plan}
    return [*map(at, places or [plan]), by(department), *map(needing, sorted(givers)[:MOST_GIVERS])]


def keys_of(state: MilestoneState) -> list[str]:
    """The keys of a milestone, from its state."""
    needs = ((need.plan, need.milestone) for need in state.needs)
    return milestone_keys(state.plan, state.department, state.places, needs)


def fact_keys(plan: str, fact: str) -> list[str]:
    """The keys of a fact, from its name."""
    place = fact_place(fact)
    of_outcome = [measuring(plan), measuring(plan, subject_name(fact))] if fact.startswith(OUTCOME) else []
    return [*([at(place)] if place else []), *of_outcome]
