"""What follows from a folded plan: the state of a milestone, and of the plan with its counts."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from schemas.names import owner, project_of
from schemas.states import Agreement, Confidence, Contributor, MilestoneState, PlanState
from services.plan_tracking.domain.model import Plan, Subject, london_date, ordinal, title_of
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.registers import FIRST_ACCEPTED, FIRST_SAID, ORIGINAL, Registers, instant
from services.plan_tracking.domain.schedule import Edge, Given, Met, Scheduled, meet, path
from services.plan_tracking.domain.tally import Tallies, latest, slip, status
from services.plan_tracking.domain.writes import CONFIDENCE, CONTRIBUTOR, ONCE_LISTED

Said = dict[str, Any]
"""A state as JSON values: what is stored and announced. Building models of all that a batch moves would cost more
than the rest of its work."""


def milestone_state(plan: Plan, milestone: Subject, network: Network, correlationid: str | None) -> MilestoneState:
    """The state of one milestone."""
    return MilestoneState.model_validate(milestone_said(plan, milestone, network, correlationid))


def milestone_said(plan: Plan, milestone: Subject, network: Network, correlationid: str | None) -> Said:
    """The state of one milestone as JSON values; equal to that of `milestone_state`, dumped."""
    name = milestone.name
    given, scheduled = network.given[name], network.scheduled[name]
    needs = [(edge, meet(network, name, edge)) for edge in given.needs]
    demands = (met.demands for _, met in needs if met.demands is not None and not met.absorbed)
    inherited = max(demands, default=None)
    return {
        "plan": plan.name,
        "milestone": name,
        "version": plan.version,
        **_described(plan, milestone),
        "lifecycle": given.lifecycle,
        **_stated(milestone.registers),
        **_dates(milestone.registers, given, scheduled, inherited),
        "slip": slip(given, scheduled),
        "status": status(given, scheduled, plan.tolerance),
        "cause": _cause(network, scheduled),
        "path": [_node(network, step) for step in path(network, name)],
        "needs": [_need(network, edge, met, given, scheduled) for edge, met in needs],
        "last_heard": _instant(milestone.last_heard),
        "correlationid": correlationid,
    }


def _described(plan: Plan, milestone: Subject) -> Said:
    department = owner(milestone.name)
    said = {name: milestone.registers[name].value for name in _DESCRIBED if name in milestone.registers}
    unlisted = plan.unlisted(department)
    return {
        "department": department,
        "project": project_of(milestone.name),
        "title": title_of(milestone),
        "type": said.get("type"),
        "places": said.get("places") or [],
        "contact": said.get("contact"),
        "listed": plan.listed(department),
        "unlisted": unlisted.isoformat() if unlisted else None,
        "tolerance": plan.tolerance,
    }


_DESCRIBED = ("type", "places", "contact")


def _stated(registers: Registers) -> Said:
    """What people said of it, beside its dates."""
    lifecycle, confidence = registers.get("lifecycle"), registers.get("confidence")
    reopened = lifecycle is not None and lifecycle.value.get("reopened")
    return {
        "replaced_by": lifecycle.value.get("replaced_by") if lifecycle else None,
        "reopened_at": _instant(lifecycle.stamp[0]) if lifecycle and reopened else None,
        "started": registers["started"].value if "started" in registers else None,
        "progress": _dated(registers, "progress", "said"),
        "blocked": _dated(registers, "blocked", "since"),
        "confidence": confidence.value or None if confidence else None,
        "reason": _dated(registers, "reason", "said"),
        "approval": _dated(registers, "approval", "said"),
        "baseline_approved": _baseline_approved(registers),
    }


def _dates(registers: Registers, given: Given, scheduled: Scheduled, inherited: int | None) -> Said:
    said = {name: registers[name].value for name in (*_PRECISE, *_FIRST.values()) if name in registers}
    return {
        **{field: said.get(name) for field, name in _FIRST.items()},
        **{name: said.get(name) for name in _PRECISE},
        "actual": _date(given.actual),
        "declared": _date(given.declared),
        "inherited": _date(inherited),
        "projected": _date(scheduled.projected),
    }


_PRECISE = ("baseline", "forecast")
_FIRST = {"original_baseline": FIRST_SAID, "first_accepted_baseline": FIRST_ACCEPTED}


def _date(ordinal: int | None) -> str | None:
    return None if ordinal is None else dt.date.fromordinal(ordinal).isoformat()


def _instant(microseconds: int) -> str:
    """As pydantic writes it."""
    return instant(microseconds).isoformat().replace("+00:00", "Z")


def _dated(registers: Registers, name: str, instant_field: str) -> Said | None:
    """A register's value that also tells when it was so; None when it is not, or no longer, known."""
    register = registers.get(name)
    if register is None or register.value is None:
        return None
    return {**register.value, instant_field: _instant(register.stamp[0])}


def _baseline_approved(registers: Registers) -> bool | None:
    """Whether the baseline is the one last approved, else the original; None without a baseline."""
    baseline = registers.get("baseline")
    if baseline is None or baseline.value is None:
        return None
    approval = registers.get("approval")
    controlled = approval.value["baseline"] if approval and approval.value else registers[FIRST_SAID].value
    return ordinal(baseline.value) == ordinal(controlled)


def _node(network: Network, step: str) -> Said:
    plan, _, name = step.rpartition("|")
    return {"plan": plan or network.plan, "milestone": name}


def _cause(network: Network, scheduled: Scheduled) -> Said | None:
    if scheduled.projected is None:
        return None
    node = _node(network, scheduled.driver)
    return {**node, "department": owner(node["milestone"]), "by_day": scheduled.by_day}


def _need(network: Network, edge: Edge, met: Met, given: Given, scheduled: Scheduled) -> Said:
    return {
        **_node(network, edge.giver),
        "lag": edge.lag,
        "unit": edge.unit,
        "projected": _date(met.projected if met.demands is not None else None),
        "float_days": None if met.demands is None or given.declared is None else given.declared - met.demands,
        "binding": edge.giver == scheduled.via,
        "waiting": met.waiting,
        "answer": met.answer,
        "absorbed_until": _date(edge.absorbed),
        "absorbed": met.absorbed,
    }


def plan_state(plan: Plan, network: Network, tallies: Tallies) -> PlanState:
    """The state of the plan; only milestones of the lead and of listed departments are counted."""
    listed = {department for department in tallies if plan.listed(department)}
    last = latest(tallies, listed)
    return PlanState(
        plan=plan.name,
        version=plan.version,
        published=plan.said("published", False),
        withdrawn=_withdrawn(plan),
        title=plan.said("title") or plan.name.partition("/")[2],
        mission=plan.said("mission"),
        lead=plan.lead,
        target=plan.said("target"),
        original_target=plan.said(f"{ORIGINAL}target"),
        target_agreed=None if plan.said("target") is None else _agreed(plan, "target"),
        tolerance=plan.tolerance,
        tolerance_agreed=_agreed(plan, "tolerance"),
        agreement=_agreement(plan),
        visibility=plan.said("visibility", "public") if plan.said("published") else "owner",
        hold=plan.said("hold"),
        places=tuple(plan.said("places") or ()),
        contact=plan.said("contact"),
        reporting=plan.said("reporting"),
        contributors=tuple(_contributor(plan, name) for name in plan.contributors()),
        day=dt.date.fromordinal(max(plan.day, 1)),
        projected=dt.date.fromordinal(last) if last else None,
        counts={department: tallies[department].counts() for department in sorted(listed)},
        cycles=network.cycles(),
        waiting=sum(tally.number for department, tally in tallies.items() if department not in listed),
        confidence=_confidences(plan),
    )


def _agreed(plan: Plan, name: str) -> bool:
    """Whether a target or tolerance is the one last approved, else the original."""
    agreement, now = plan.said("agreement"), plan.said(name)
    agreed = agreement[name] if agreement else plan.said(ORIGINAL + name)
    return bool(_plain(now) == _plain(agreed))


def _plain(said: Any) -> Any:
    return said["date"] if isinstance(said, dict) else said


def _agreement(plan: Plan) -> Agreement | None:
    said = _dated(plan.registers, "agreement", "said")
    return Agreement.model_validate(said) if said else None


def _contributor(plan: Plan, department: str) -> Contributor:
    said: Mapping[str, Any] = plan.said(CONTRIBUTOR + department) or plan.said(ONCE_LISTED + department)
    return Contributor(department=department, title=said["title"], unlisted=plan.unlisted(department))


def _withdrawn(plan: Plan) -> dt.date | None:
    register = plan.registers.get("withdrawn")
    return london_date(register.stamp[0]) if register and register.value else None


def _confidences(plan: Plan) -> dict[str, Confidence]:
    """By what they are declared of: the plan, or a project."""
    found = {n: r.value for n, r in sorted(plan.registers.items()) if n.partition(":")[0] == CONFIDENCE}
    return {n.partition(":")[2] or plan.name: Confidence.model_validate(value) for n, value in found.items()}
