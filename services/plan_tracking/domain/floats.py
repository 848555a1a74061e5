"""Room: how far a milestone may still move before the plan's target does, and what drives the target now."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.payloads import Unit
from schemas.states import MilestoneState, Need, Node, PlanState
from services.kit.order import components
from services.plan_tracking.domain.working_days import Holidays, later


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where the plan ends by its present dates: the last milestone, its date, days after the target, and its path."""

    last: Node
    projected: dt.date
    target: dt.date | None
    days: int | None
    path: tuple[Node, ...]


def outlook(plan: PlanState, states: Iterable[MilestoneState]) -> Outlook | None:
    """What drives the target: the path to the milestone that is expected last; None while nothing has a date."""
    dated = [(s.projected, s.milestone, s) for s in states if s.listed and s.lifecycle != "cancelled" and s.projected]
    if not dated:
        return None
    projected, name, last = max(dated, key=lambda one: one[:2])
    target = plan.target.date if plan.target else None
    days = (projected - target).days if target else None
    return Outlook(Node(plan=plan.plan, milestone=name), projected, target, days, last.path)


def total_floats(plan: PlanState, states: Iterable[MilestoneState], holidays: Holidays = ()) -> dict[str, int | None]:
    """For each open milestone the days by which it may move before something is later than the plan's target.

    Negative when it is already too late; None without a target or a date. Dependencies that add no date are passed
    over, and those that the receiver absorbs.
    """
    by_name = {state.milestone: state for state in states}
    if plan.target is None:
        return dict.fromkeys(by_name)
    latest = _latest(plan, by_name, plan.target.date.toordinal(), holidays)
    return {
        name: latest[name] - state.projected.toordinal() if state.projected and state.lifecycle == "open" else None
        for name, state in by_name.items()
    }


def _latest(plan: PlanState, states: Mapping[str, MilestoneState], target: int, holidays: Holidays) -> dict[str, int]:
    """The latest day of each milestone on which nothing that needs it passes the target."""
    counted = {name: [n for n in state.needs if _counts(plan, n, states)] for name, state in states.items()}
    latest = dict.fromkeys(states, target)
    parts = components({name: [need.milestone for need in needs] for name, needs in counted.items()})
    for name in reversed([name for part in parts for name in part]):
        if states[name].lifecycle != "open":
            continue  # what is done or cancelled passes nothing on
        for need in counted[name]:
            allowed = earlier(latest[name], need.lag, need.unit, holidays)
            latest[need.milestone] = min(latest[need.milestone], allowed)
    return latest


def _counts(plan: PlanState, need: Need, states: Mapping[str, MilestoneState]) -> bool:
    return need.plan == plan.plan and need.milestone in states and need.waiting is None and not need.absorbed


def earlier(day: int, lag: int, unit: Unit, holidays: Holidays = ()) -> int:
    """The last day from which `lag` days later is not after `day`: the inverse of `later`."""
    if unit == "calendar":
        return day - lag
    found = later(day, -lag, unit, holidays)
    while later(found + 1, lag, unit, holidays) <= day:
        found += 1
    while later(found, lag, unit, holidays) > day:
        found -= 1
    return found
