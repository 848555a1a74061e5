"""A plan in the Open Contracting for Infrastructure Data Standard (OC4IDS 0.9), as far as it fits.

OC4IDS speaks of projects, each of one public authority. So each project in the names of the milestones is one, and the
plan itself is one, with the milestones that are in no project. Milepost has no prefix of its own there: a project's id
is its name in the plan.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from schemas.payloads import Kind
from schemas.states import MilestoneState, PlanState
from services.kit.words import day_in_words, slip_in_words
from services.plan_tracking.domain.directory import expected, is_overdue

MEDIA_TYPE = "application/json"
VERSION = "0.9"

_TYPES: Mapping[Kind, str] = {
    "approval": "approval",
    "assurance": "assessment",
    "delivery": "delivery",
    "engagement": "engagement",
}
"""Milestone types of Milepost in the codelist milestoneType."""


def package(
    plan: PlanState, states: Iterable[MilestoneState], today: dt.date, *, uri: str, licence: str
) -> dict[str, Any]:
    """The project package; `uri` is its own address, `licence` that of its licence."""
    by_project: dict[str, list[MilestoneState]] = {plan.plan: []}
    for state in states:
        project = f"{state.department}/{state.project}" if state.project else plan.plan
        by_project.setdefault(project, []).append(state)
    heard = [state.last_heard for of in by_project.values() for state in of]
    return {
        "uri": uri,
        "publishedDate": _instant(max(heard)) if heard else _end_of(plan.day),
        "version": VERSION,
        "publisher": {"name": _name(plan, plan.lead)},
        "license": licence,
        "projects": [_project(plan, name, of, today) for name, of in by_project.items()],
    }


def _project(plan: PlanState, name: str, states: list[MilestoneState], today: dt.date) -> dict[str, Any]:
    whole = name == plan.plan
    authority = name.partition("/")[0]
    others = {state.department for state in states} | ({c.department for c in plan.contributors} if whole else set())
    parties = [_party(plan, authority, ["publicAuthority"])]
    parties += [_party(plan, other, []) for other in sorted(others - {authority})]
    said = {
        "id": name,
        "updated": _instant(max(state.last_heard for state in states)) if states else None,
        "title": plan.title if whole else name.rpartition("/")[2],
        "description": plan.mission if whole else f"Part of the plan {plan.title}",
        "publicAuthority": {"id": authority, "name": _name(plan, authority)},
        "parties": parties,
        "locations": [{"id": each.code, "description": each.name} for each in plan.places] if whole else None,
        "period": {"endDate": _end_of(plan.target.date)} if whole and plan.target else None,
        "milestones": [_milestone(state, today) for state in states],
    }
    return {field: value for field, value in said.items() if value}


def _name(plan: PlanState, department: str) -> str:
    titles = {each.department: each.title for each in plan.contributors}
    return titles.get(department) or department


def _party(plan: PlanState, department: str, roles: list[str]) -> dict[str, Any]:
    return {"id": department, "name": _name(plan, department)} | ({"roles": roles} if roles else {})


def _milestone(state: MilestoneState, today: dt.date) -> dict[str, Any]:
    due = state.baseline.date if state.baseline else state.declared
    said = {
        "id": state.milestone,
        "title": state.title,
        "type": _TYPES[state.type] if state.type else None,
        "description": _description(state),
        "dueDate": _end_of(due) if due else None,
        "dateMet": _end_of(state.actual) if state.actual else None,
        "dateModified": _instant(state.last_heard),
        "status": _status(state, today),
    }
    return {field: value for field, value in said.items() if value is not None}


def _status(state: MilestoneState, today: dt.date) -> str:
    if state.lifecycle == "done":
        return "met"
    return "notMet" if state.lifecycle == "cancelled" or is_overdue(state, today) else "scheduled"


def _description(state: MilestoneState) -> str | None:
    """What its codes cannot say: the date that is expected, the reason, that it was cancelled."""
    at = expected(state) if state.lifecycle == "open" else None
    said = [f"Expected {day_in_words(*at)}, {slip_in_words(state.slip)}."] if at else []
    if state.lifecycle == "cancelled":
        said.append("Cancelled.")
    if state.reason:
        said.append(state.reason.text)
    return " ".join(said) or None


def _end_of(day: dt.date) -> str:
    """A plain date where the standard wants an instant: the end of the day, as its guidance has it."""
    return f"{day.isoformat()}T23:59:59Z"


def _instant(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
