"""Who may see what: judged for every plan and milestone that a door shows."""

from collections.abc import Collection

from schemas.states import MilestoneState, PlanState


def may_see_plan(plan: PlanState, departments: Collection[str]) -> bool:
    """Public plans are everybody's; `partners` is any key; `owner` is the lead's and the contributors'."""
    if plan.visibility == "public":
        return True
    if plan.visibility == "partners":
        return bool(departments)
    inside = {plan.lead, *(c.department for c in plan.contributors)}
    return not inside.isdisjoint(departments)


def may_see_milestone(plan: PlanState, milestone: MilestoneState, departments: Collection[str]) -> bool:
    """A milestone that waits to be listed is shown to its publisher and to the lead."""
    return milestone.listed or not {milestone.department, plan.lead}.isdisjoint(departments)
