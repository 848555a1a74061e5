"""What follows from a folded plan: the state of a milestone, and of the plan with its counts."""

import bisect
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from schemas.envelope import Record
from schemas.names import owner, project_of
from schemas.states import (
    SLIP_BUCKETS,
    STATUSES,
    Approval,
    Blocked,
    Cause,
    Confidence,
    Contributor,
    DepartmentCounts,
    Explained,
    MilestoneState,
    Need,
    Node,
    PlanState,
    Progress,
    Status,
)
from services.plan_tracking.domain.model import Network, Plan, Subject, london_date, ordinal, title_of
from services.plan_tracking.domain.registers import FIRST_ACCEPTED, FIRST_SAID, Registers, instant
from services.plan_tracking.domain.schedule import Edge, Given, Met, Scheduled, cycles
from services.plan_tracking.domain.writes import CONFIDENCE, CONTRIBUTOR, ONCE_LISTED

R = TypeVar("R", bound=Record)


def slip(given: Given, scheduled: Scheduled) -> int | None:
    """Calendar days of projected after baseline; None without either."""
    if given.baseline is None or scheduled.projected is None:
        return None
    return scheduled.projected - given.baseline


def status(given: Given, scheduled: Scheduled, tolerance: int) -> Status:
    """The schedule status."""
    if given.lifecycle != "open":
        return given.lifecycle
    if scheduled.projected is None:
        return "undated"
    days = slip(given, scheduled) or 0
    if days > tolerance:
        return "late"
    return "slipping" if days > 0 else "on-track"


def milestone_state(plan: Plan, milestone: Subject, network: Network, correlationid: str | None) -> MilestoneState:
    """The state of one milestone."""
    given, scheduled = network.given[milestone.name], network.scheduled[milestone.name]
    department = owner(milestone.name)
    said = {name: register.value for name, register in milestone.registers.items()}
    return MilestoneState(
        plan=plan.name,
        milestone=milestone.name,
        version=plan.version,
        department=department,
        project=project_of(milestone.name),
        title=title_of(milestone),
        type=said.get("type"),
        places=tuple(said.get("places") or ()),
        contact=said.get("contact"),
        listed=plan.listed(department),
        unlisted=plan.unlisted(department),
        tolerance=plan.tolerance,
        lifecycle=given.lifecycle,
        replaced_by=(said.get("lifecycle") or {}).get("replaced_by"),
        reopened_at=_reopened(milestone.registers),
        started=said.get("started"),
        progress=_dated(milestone.registers, "progress", Progress, "said"),
        blocked=_dated(milestone.registers, "blocked", Blocked, "since"),
        confidence=_confidence(said.get("confidence")),
        original_baseline=said.get(FIRST_SAID),
        first_accepted_baseline=said.get(FIRST_ACCEPTED),
        baseline=said.get("baseline"),
        forecast=said.get("forecast"),
        actual=_date(given.actual),
        declared=_date(given.declared),
        inherited=_date(scheduled.inherited),
        projected=_date(scheduled.projected),
        slip=slip(given, scheduled),
        status=status(given, scheduled, plan.tolerance),
        reason=_dated(milestone.registers, "reason", Explained, "said"),
        approval=_dated(milestone.registers, "approval", Approval, "said"),
        baseline_approved=_baseline_approved(milestone.registers),
        cause=_cause(plan, scheduled),
        path=tuple(Node(plan=plan.name, milestone=name) for name in scheduled.path),
        needs=tuple(_need(edge, met, given, scheduled) for edge, met in zip(given.needs, scheduled.needs, strict=True)),
        last_heard=instant(milestone.last_heard),
        correlationid=correlationid,
    )


def _date(ordinal: int | None) -> dt.date | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal)


def _dated(registers: Registers, name: str, shape: type[R], instant_field: str) -> R | None:
    """A register's value as a record that also tells when it was so; None when it is not, or no longer, known."""
    register = registers.get(name)
    if register is None or register.value is None:
        return None
    return shape.model_validate({**register.value, instant_field: instant(register.stamp[0])})


def _reopened(registers: Registers) -> dt.datetime | None:
    register = registers.get("lifecycle")
    return instant(register.stamp[0]) if register and register.value.get("reopened") else None


def _confidence(said: dict[str, str] | None) -> Confidence | None:
    return Confidence.model_validate(said) if said else None


def _baseline_approved(registers: Registers) -> bool | None:
    """Whether the baseline is the one last approved, else the original; None without a baseline."""
    said = {name: register.value for name, register in registers.items()}
    if said.get("baseline") is None:
        return None
    approval = said.get("approval")
    controlled = approval["baseline"] if approval else said.get(FIRST_SAID)
    return ordinal(said["baseline"]) == ordinal(controlled)


def _cause(plan: Plan, scheduled: Scheduled) -> Cause | None:
    if scheduled.projected is None:
        return None
    driver = scheduled.driver
    return Cause(plan=plan.name, milestone=driver, department=owner(driver), by_day=scheduled.by_day)


def _need(edge: Edge, met: Met, given: Given, scheduled: Scheduled) -> Need:
    return Need(
        plan=edge.plan,
        milestone=edge.milestone,
        lag=edge.lag,
        unit=edge.unit,
        projected=_date(met.projected),
        float_days=None if met.demands is None or given.declared is None else given.declared - met.demands,
        binding=edge.milestone == scheduled.via and met.demands is not None,
        waiting=met.waiting,
        answer=met.answer,
        absorbed_until=_date(edge.absorbed),
    )


def plan_state(plan: Plan, network: Network) -> PlanState:
    """The state of the plan; only milestones of the lead and of listed departments are counted."""
    listed = {name for name in network.given if plan.listed(owner(name))}
    dates = [network.scheduled[n].projected for n in listed]
    return PlanState(
        plan=plan.name,
        version=plan.version,
        published=plan.said("published", False),
        withdrawn=_withdrawn(plan),
        title=plan.said("title") or plan.name.partition("/")[2],
        mission=plan.said("mission"),
        lead=plan.lead,
        target=plan.said("target"),
        tolerance=plan.tolerance,
        visibility=plan.said("visibility", "public") if plan.said("published") else "owner",
        places=tuple(plan.said("places") or ()),
        contact=plan.said("contact"),
        contributors=tuple(_contributor(plan, name) for name in plan.contributors()),
        day=dt.date.fromordinal(max(plan.day, 1)),
        projected=_date(max((date for date in dates if date is not None), default=None)),
        counts=_counts(plan, network, listed),
        cycles=cycles(plan.name, network.given),
        waiting=len(network.given) - len(listed),
        confidence=_confidences(plan),
    )


def _contributor(plan: Plan, department: str) -> Contributor:
    said = plan.said(CONTRIBUTOR + department) or plan.said(ONCE_LISTED + department)
    return Contributor(department=department, title=said["title"], unlisted=plan.unlisted(department))


def _withdrawn(plan: Plan) -> dt.date | None:
    register = plan.registers.get("withdrawn")
    return london_date(register.stamp[0]) if register and register.value else None


def _confidences(plan: Plan) -> dict[str, Confidence]:
    """By what they are declared of: the plan, or a project."""
    found = {n: r.value for n, r in sorted(plan.registers.items()) if n.partition(":")[0] == CONFIDENCE}
    return {n.partition(":")[2] or plan.name: Confidence.model_validate(value) for n, value in found.items()}


def _counts(plan: Plan, network: Network, listed: set[str]) -> dict[str, DepartmentCounts]:
    by_department: dict[str, list[str]] = defaultdict(list)
    for name in sorted(listed):
        by_department[owner(name)].append(name)
    return {department: _count(plan, network, names) for department, names in by_department.items()}


def _count(plan: Plan, network: Network, names: list[str]) -> DepartmentCounts:
    statuses: Mapping[Status, int] = dict.fromkeys(STATUSES, 0)
    counted = dict(statuses)
    buckets = [0] * (len(SLIP_BUCKETS) + 1)
    total = 0
    for name in names:
        given, scheduled = network.given[name], network.scheduled[name]
        counted[status(given, scheduled, plan.tolerance)] += 1
        days = slip(given, scheduled)
        if days is not None and given.lifecycle != "cancelled":
            buckets[bisect.bisect_left(SLIP_BUCKETS, days)] += 1
            total += days
    return DepartmentCounts(statuses=counted, slips=tuple(buckets), slip_sum=total)
