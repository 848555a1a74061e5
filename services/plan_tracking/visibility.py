"""Who may see what: judged for every plan and milestone that a door shows."""

from schemas.states import MilestoneState, PlanState
from services.kit.identity import Identity


def may_see_plan(plan: PlanState, who: Identity) -> bool:
    """Public plans are everybody's; `partners` is any key; `owner` is the lead's and the contributors'."""
    if plan.visibility == "public":
        return True
    if plan.visibility == "partners":
        return bool(who.departments)
    inside = {plan.lead, *(c.department for c in plan.contributors)}
    return bool(inside & set(who.departments))


def may_see_milestone(plan: PlanState, milestone: MilestoneState, who: Identity) -> bool:
    """A milestone that waits to be listed is shown to its publisher and to the lead."""
    return milestone.listed or bool({milestone.department, plan.lead} & set(who.departments))
