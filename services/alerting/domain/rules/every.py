"""Every rule at once: what holds for a milestone, for a plan, for a department in it, and for one in all."""

import datetime as dt
from collections.abc import Iterable

from schemas.alerts import SYMPTOMS, Symptom
from schemas.departments import DepartmentState
from schemas.states import MilestoneState, PlanState
from services.alerting.domain.rules import departments, milestones, needs, plans, worth
from services.alerting.domain.rules.holds import Holds, Limits
from services.alerting.domain.rules.needs import States
from services.kit.words import london_day

Holding = dict[Symptom, Holds]

OF_DATES: tuple[Symptom, ...] = ("late", "overdue")
"""What follows from dates alone."""
TOLERATED: frozenset[Symptom] = frozenset({"late", "declared-green"})
"""What follows from the plan's tolerance."""
OF_MILESTONES: tuple[Symptom, ...] = (
    *OF_DATES,
    "blocked",
    "declared-green",
    "cycle",
    "unplanned",
    "disputed",
    "uncontrolled-baseline",
    "reopened",
    "engagement-unmet",
    "money-at-risk",
)
OF_DEPARTMENTS: tuple[Symptom, ...] = ("silent", "unlisted", "unreachable")
OF_PLANS: tuple[Symptom, ...] = (
    "stuck",
    "withdrawn",
    "target-moved",
    "tolerance-moved",
    "declared-green",
    "outcome-off-path",
)
OF_PUBLISHERS: tuple[Symptom, ...] = ("refused",)
"""What may hold for each."""


def of_milestone(state: MilestoneState, states: States, now: dt.datetime, limits: Limits) -> Holding:
    """What holds for a milestone; one that waits to be listed raises nothing. `states` has those that it needs."""
    if not state.listed:
        return {}
    today = london_day(now)
    return _found(
        (
            milestones.late(state),
            milestones.overdue(state, today),
            milestones.blocked(state, today, limits.blocked_days),
            milestones.declared_green(state),
            needs.cycle(state),
            needs.unplanned(state),
            needs.disputed(state),
            milestones.uncontrolled_baseline(state),
            milestones.reopened(state),
            needs.engagement_unmet(state, states),
            worth.money_at_risk(state),
        )
    )


def of_dates(state: MilestoneState, now: dt.datetime) -> Holding:
    """What holds for a milestone by its dates alone."""
    if not state.listed:
        return {}
    return _found((milestones.late(state), milestones.overdue(state, london_day(now))))


def of_plan(plan: PlanState) -> Holding:
    """What holds for a plan as a whole; of one that was never published only that it is stuck."""
    if not plan.published:
        return _found((plans.stuck(plan),))
    rules = (
        plans.stuck,
        plans.withdrawn,
        plans.target_moved,
        plans.tolerance_moved,
        plans.declared_green,
        worth.outcome_off_path,
    )
    return _found(rule(plan) for rule in rules)


def of_department(
    plan: PlanState, department: str, heard: dt.date | None, now: dt.datetime, *, unreachable: bool = False
) -> Holding:
    """What holds for a department in a plan; `heard` is the latest date as at which it was heard of.

    `unreachable` says that others wait for it, and that nobody there has confirmed an address.
    """
    listed = next((one for one in plan.contributors if one.department == department), None)
    return _found(
        (
            departments.silent(plan, department, heard, london_day(now)),
            departments.unlisted(plan, listed) if listed else None,
            departments.unreachable(plan, department) if unreachable else None,
        )
    )


def of_publisher(state: DepartmentState) -> Holding:
    """What holds for a department, whatever the plans."""
    return _found((departments.refused(state),))


def _found(holds: Iterable[Holds | None]) -> Holding:
    return {SYMPTOMS[one.rule]: one for one in holds if one}
