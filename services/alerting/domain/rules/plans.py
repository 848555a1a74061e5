"""Rules about a plan as a whole."""

import datetime as dt

from schemas.states import PlanState
from services.alerting.domain.rules.departments import whole
from services.alerting.domain.rules.holds import Holds
from services.alerting.domain.rules.milestones import is_green, quoted
from services.kit.words import counted, day_in_words


def stuck(plan: PlanState) -> Holds | None:
    """*stuck*: newer records cannot be folded, so that the plan shows old content."""
    if not plan.stuck:
        return None
    says = (
        "newer events of this plan cannot be worked on: what is shown is the last that could. "
        "Nothing is lost; whoever runs Milepost must look at it and rebuild the plan."
    )
    return Holds("stuck", 0, False, says, whole(plan))


def withdrawn(plan: PlanState) -> Holds | None:
    """*withdrawn*: the lead withdrew the plan."""
    if plan.withdrawn is None:
        return None
    says = (
        f"{plan.lead} withdrew the plan on {day_in_words(plan.withdrawn)}. What it held stays, marked. "
        "Ask the lead what becomes of what you were to deliver, or waited for."
    )
    return Holds("withdrawn", 0, False, says, whole(plan))


def target_moved(plan: PlanState) -> Holds | None:
    """*target moved*: the target is neither the first nor the one last approved."""
    if plan.target_agreed is not False or plan.target is None:
        return None
    agreed = _agreed_target(plan)
    days = (plan.target.date - agreed).days if agreed else 0
    by = f", {counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'} than agreed" if days else ""
    now = day_in_words(plan.target.date, plan.target.precision)
    says = f"its target was moved to {now}{by}, and nobody approved it. Have it approved, or put the old one back."
    return Holds("target-moved", max(days, 0), False, says, whole(plan))


def _agreed_target(plan: PlanState) -> dt.date | None:
    if plan.agreement:
        return plan.agreement.target
    return plan.original_target.date if plan.original_target else None


def tolerance_moved(plan: PlanState) -> Holds | None:
    """*tolerance moved*: what is called late was changed without an approval."""
    if plan.tolerance_agreed:
        return None
    agreed = f" ({plan.agreement.tolerance} were agreed)" if plan.agreement else ""
    says = (
        f"it now tolerates {counted(plan.tolerance, 'day')}{agreed}, and nobody approved it: a slip of fewer is not "
        "called late. Have it approved, or put the old one back."
    )
    return Holds("tolerance-moved", 0, False, says, whole(plan))


def declared_green(plan: PlanState) -> Holds | None:
    """*declared green*, and projected past its target by more than it tolerates all the same."""
    confidence = plan.confidence.get(plan.plan)
    if confidence is None or plan.target is None or plan.projected is None or not is_green(confidence):
        return None
    days = (plan.projected - plan.target.date).days
    if days <= plan.tolerance:
        return None
    says = (
        f"{quoted(confidence.assessor)} declared the plan green on {day_in_words(confidence.assessed)}, and its last "
        f"milestone is projected {counted(days, 'day')} after its target. Ask for a fresh assessment."
    )
    return Holds("declared-green", days, False, says, whole(plan))
