"""Who may see what, judged from the states: by every service, for every plan and milestone that it shows."""

from collections.abc import Collection

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
    return not {plan.lead, *(c.department for c in plan.contributors)}.isdisjoint(departments)


def may_see_milestone(plan: PlanState | None, state: MilestoneState | None, departments: Collection[str]) -> bool:
    """Besides its plan: a milestone that waits to be listed is shown to its publisher and to the lead."""
    if plan is None or not may_see_plan(plan, departments):
        return False
    return state is None or state.listed or not {state.department, plan.lead}.isdisjoint(departments)
