"""Who may see what, judged from the states: by every service, for every plan and milestone that it shows."""

import datetime as dt
from collections.abc import Collection

from schemas.names import owner
from schemas.states import MilestoneState, PlanState


def may_see_plan(plan: PlanState | None, departments: Collection[str]) -> bool:
    """Public plans are everybody's, `partners` any department's, `owner` the lead's and the contributors'.

    A plan whose state has not been seen yet is nobody's.
    """
    if plan is None:
        return False
    if plan.visibility == "public":
        return True
    if plan.visibility == "partners":
        return bool(departments)
    return _is_of_the_plan(plan, departments)


def may_see_milestone(plan: PlanState | None, state: MilestoneState | None, departments: Collection[str]) -> bool:
    """Besides its plan: a milestone that waits to be listed is shown to its publisher and to the lead."""
    if plan is None or not may_see_plan(plan, departments):
        return False
    return state is None or state.listed or not {state.department, plan.lead}.isdisjoint(departments)


def may_see_said(plan: PlanState | None, name: str, departments: Collection[str]) -> bool:
    """The same of anything that is named under a department (a milestone, an outcome, money), from its name alone."""
    if plan is None or not may_see_plan(plan, departments):
        return False
    speaker, listed = owner(name), {plan.lead, *(each.department for each in plan.contributors)}
    return speaker in listed or not {speaker, plan.lead}.isdisjoint(departments)


def is_held(plan: PlanState, departments: Collection[str], today: dt.date) -> bool:
    """Whether a publication hold keeps the plan's present from this reader; `today` is London's date.

    The lead and the contributors see the present. All others see the plan as it was known at the end of `plan.hold`;
    until that day is over, this is the present.
    """
    return plan.hold is not None and plan.hold < today and not _is_of_the_plan(plan, departments)


def _is_of_the_plan(plan: PlanState, departments: Collection[str]) -> bool:
    return not {plan.lead, *(each.department for each in plan.contributors)}.isdisjoint(departments)
