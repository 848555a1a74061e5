"""Rules about what a plan is for: the money that pays for it, and what it is to make better."""

from decimal import Decimal

from schemas.states import FundAtRisk, MilestoneState, PlanState
from services.alerting.domain.rules.departments import whole
from services.alerting.domain.rules.holds import Holds
from services.alerting.domain.rules.milestones import node, quoted
from services.kit.words import counted, day_in_words


def money_at_risk(state: MilestoneState) -> Holds | None:
    """*money at risk*: it is projected after the date by which a fund that pays for it must be spent."""
    risk = state.money_at_risk
    if state.lifecycle != "open" or risk is None:
        return None
    others = len(risk.funds) + risk.more - 1
    more = f"; so is money of {counted(others, 'other fund')}" if others else ""
    says = (
        f"{_money(risk.funds[0])} is at risk: it must be spent by {day_in_words(risk.spend_by)}, and this is projected "
        f"{counted(risk.days, 'day')} later{more}. Ask whether the fund can wait, or bring the date forward."
    )
    return Holds("money-at-risk", risk.days, bool(state.cause and state.cause.by_day), says, node(state))


def _money(fund: FundAtRisk) -> str:
    return f"money of {quoted(fund.fund)}" if fund.amount is None else f"£{fund.amount:,.0f} of {quoted(fund.fund)}"


def outcome_off_path(plan: PlanState) -> Holds | None:
    """*outcome off its path*: the latest value is worse than the straight path to the target has it."""
    if not plan.off_path or plan.withdrawn:
        return None
    first, others = plan.off_path[0], len(plan.off_path) - 1 + plan.more.get("off_path", 0)
    at = f" at {first.place}" if first.place else ""
    more = f" So are {counted(others, 'other series', 'other series')} of its outcomes." if others else ""
    says = (
        f"{quoted(first.title)}{at} stood at {_figure(first.value)} ({quoted(first.unit)}) in {quoted(first.period)}; "
        f"its path to {_figure(first.target)} by {day_in_words(first.target_date)} has it at {_figure(first.wanted)}."
        f"{more} Ask what would bring it back."
    )
    return Holds("outcome-off-path", 0, False, says, whole(plan))


def _figure(value: Decimal) -> str:
    return f"{round(value, 2).normalize():,f}"
