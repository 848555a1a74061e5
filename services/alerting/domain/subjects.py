"""Subjects: what alerts are about, as it stands when it is judged."""

import datetime as dt
from dataclasses import dataclass

from schemas.departments import DepartmentState
from schemas.states import MilestoneState, Node, PlanState
from services.kit.words import counted


@dataclass(frozen=True, slots=True)
class Subject:
    """A milestone, a department in a plan (`part`, without a milestone), or a plan (without both).

    Of a department whatever the plans `plan` is its name. `department` owns it, `concerns` are all whose own it is,
    `places` where it is; `page` is where to look, where that is no plan's, and `newest` when the last of it came.
    """

    plan: str
    milestone: str
    part: str | None
    department: str
    title: str
    tolerance: int
    version: int
    concerns: tuple[str, ...]
    places: tuple[str, ...]
    baseline: dt.date | None = None
    declared: dt.date | None = None
    projected: dt.date | None = None
    slip: int | None = None
    correlationid: str | None = None
    page: str = ""
    newest: dt.datetime | None = None

    @property
    def about(self) -> str:
        """The milestone or department that it is; empty for the plan as a whole."""
        return self.milestone or self.part or ""

    @property
    def node(self) -> Node:
        """The milestone alone; with an empty name, the plan."""
        return Node(plan=self.plan, milestone=self.milestone)


def milestone_subject(state: MilestoneState) -> Subject:
    """A milestone."""
    return Subject(
        plan=state.plan,
        milestone=state.milestone,
        part=None,
        department=state.department,
        title=state.title,
        tolerance=state.tolerance,
        version=state.version,
        concerns=(state.department,),
        places=state.places,
        baseline=state.baseline.date if state.baseline else None,
        declared=state.declared,
        projected=state.projected,
        slip=state.slip,
        correlationid=state.correlationid,
    )


def plan_subject(plan: PlanState) -> Subject:
    """A plan as a whole: it concerns its lead and whoever is listed."""
    listed = (one.department for one in plan.contributors if one.unlisted is None)
    return _of_plan(plan, None, plan.lead, plan.title, tuple(dict.fromkeys((plan.lead, *listed))))


def department_subject(plan: PlanState, department: str) -> Subject:
    """A department in a plan."""
    titles = {one.department: one.title for one in plan.contributors}
    return _of_plan(plan, department, department, titles.get(department) or department, (department,))


def publisher_subject(state: DepartmentState) -> Subject:
    """A department, whatever the plans: the records of its that were refused."""
    of = counted(state.refused, "record") if state.refused else "records"
    return Subject(
        plan=state.department,
        milestone="",
        part=None,
        department=state.department,
        title=f"{of} of {state.department}",
        tolerance=0,
        version=state.version,
        concerns=(state.department,),
        places=(),
        page=state.link,
        newest=state.newest,
    )


def _of_plan(plan: PlanState, part: str | None, department: str, title: str, concerns: tuple[str, ...]) -> Subject:
    return Subject(
        plan=plan.plan,
        milestone="",
        part=part,
        department=department,
        title=title,
        tolerance=plan.tolerance,
        version=plan.version,
        concerns=concerns,
        places=tuple(place.code for place in plan.places),
    )
