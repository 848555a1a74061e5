"""What follows from a folded plan: the state of a milestone, and of the plan with its counts."""

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

from schemas.names import owner, project_of
from schemas.states import MilestoneState, PlanState
from services.plan_tracking.domain.model import Plan, Subject, london_date, ordinal
from services.plan_tracking.domain.money import money_said
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.registers import FIRST_ACCEPTED, FIRST_SAID, ORIGINAL, Registers, instant
from services.plan_tracking.domain.schedule import Edge, Given, Met, Scheduled, meet, path
from services.plan_tracking.domain.tally import Tallies, latest, slip, status
from services.plan_tracking.domain.trajectories import MOST_OFF_PATH
from services.plan_tracking.domain.writes import CONFIDENCE, CONTRIBUTOR, ONCE_LISTED

MOST_NEEDS, MOST_LISTED, MOST_IN_RINGS, MOST_CONFIDENCES = 100, 500, 500, 200
"""What a state names: needs of a milestone; contributors, milestones in cycles, and confidences of a plan. The rest is
counted, so that a state is never larger than a record on Kafka may be."""

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
    said = {register: milestone.registers[register].value for register in _PLAIN if register in milestone.registers}
    needs = [(edge, meet(network, name, edge)) for edge in given.needs]
    demands = [met.demands for _, met in needs if met.demands is not None and not met.absorbed]
    return {
        "plan": plan.name,
        "milestone": name,
        "version": plan.version,
        **_described(plan, name, said),
        "lifecycle": given.lifecycle,
        **_stated(milestone.registers, said),
        **_dates(given, scheduled, said, max(demands, default=None)),
        "slip": slip(given, scheduled),
        "status": status(given, scheduled, plan.tolerance),
        "cause": _cause(network, scheduled),
        "path": [_node(network, step) for step in path(network, name)],
        "needs": [_need(network, edge, met, given, scheduled) for edge, met in _first(needs, scheduled)],
        "more_needs": max(0, len(needs) - MOST_NEEDS),
        "money_at_risk": money_said(network.money, name, scheduled.projected, plan.listed),
        "last_heard": _instant(milestone.last_heard),
        "correlationid": correlationid,
    }


_PLAIN = (
    "title",
    "type",
    "places",
    "contact",
    "started",
    "confidence",
    "baseline",
    "forecast",
    FIRST_SAID,
    FIRST_ACCEPTED,
)
"""The registers that a state repeats as they are."""


def _described(plan: Plan, name: str, said: Said) -> Said:
    department = owner(name)
    unlisted = plan.unlisted(department)
    return {
        "department": department,
        "project": project_of(name),
        "title": said.get("title") or name.rpartition("/")[2],
        "type": said.get("type"),
        "places": said.get("places") or [],
        "contact": said.get("contact"),
        "listed": plan.listed(department),
        "unlisted": unlisted.isoformat() if unlisted else None,
        "tolerance": plan.tolerance,
    }


def _stated(registers: Registers, said: Said) -> Said:
    """What people said of it, beside its dates."""
    lifecycle = registers.get("lifecycle")
    reopened = lifecycle is not None and lifecycle.value.get("reopened")
    return {
        "replaced_by": lifecycle.value.get("replaced_by") if lifecycle else None,
        "reopened_at": _instant(lifecycle.stamp[0]) if lifecycle and reopened else None,
        "started": said.get("started"),
        "progress": _dated(registers, "progress", "said"),
        "blocked": _dated(registers, "blocked", "since"),
        "confidence": said.get("confidence") or None,
        "reason": _dated(registers, "reason", "said"),
        "approval": _dated(registers, "approval", "said"),
        "baseline_approved": _baseline_approved(registers),
    }


def _dates(given: Given, scheduled: Scheduled, said: Said, inherited: int | None) -> Said:
    return {
        "original_baseline": said.get(FIRST_SAID),
        "first_accepted_baseline": said.get(FIRST_ACCEPTED),
        "baseline": said.get("baseline"),
        "forecast": said.get("forecast"),
        "actual": _date(given.actual),
        "declared": _date(given.declared),
        "inherited": _date(inherited),
        "projected": _date(scheduled.projected),
    }


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


def _first(needs: list[tuple[Edge, Met]], scheduled: Scheduled) -> list[tuple[Edge, Met]]:
    """The needs that are named, by name: of very many those that bind or wait, then the first."""
    if len(needs) <= MOST_NEEDS:
        return needs

    def rank(at: int) -> tuple[bool, bool, int]:
        edge, met = needs[at]
        return edge.giver != scheduled.via, met.waiting is None, at

    return [needs[at] for at in sorted(sorted(range(len(needs)), key=rank)[:MOST_NEEDS])]


def plan_state(plan: Plan, network: Network, tallies: Tallies) -> PlanState:
    """The state of the plan; only milestones of the lead and of listed departments are counted."""
    return PlanState.model_validate(plan_said(plan, network, tallies))


def plan_said(plan: Plan, network: Network, tallies: Tallies) -> Said:
    """The state of the plan as JSON values; equal to that of `plan_state`, dumped."""
    contributors, cycles, confidences = plan.contributors(), network.cycles(), _confidences(plan)
    off_path = network.outcomes.off_path(plan.listed)
    named, rings = contributors[:MOST_LISTED], _named_rings(cycles)
    shown = dict(itertools.islice(confidences.items(), MOST_CONFIDENCES))
    listed = {department for department in tallies if plan.listed(department)}
    listed = listed & {plan.lead, *named} if len(contributors) > MOST_LISTED else listed
    more = {
        "contributors": len(contributors) - len(named),
        "cycles": len(cycles) - len(rings),
        "confidence": len(confidences) - len(shown),
        "off_path": max(0, len(off_path) - MOST_OFF_PATH),
    }
    return {
        "plan": plan.name,
        "version": plan.version,
        **_published(plan),
        "contributors": [_contributor(plan, name) for name in named],
        "day": _date(max(plan.day, 1)),
        "projected": _date(latest(tallies, listed)),
        "counts": {department: tallies[department].counts() for department in sorted(listed)},
        "cycles": [list(ring) for ring in rings],
        "waiting": sum(tally.number for department, tally in tallies.items() if department not in listed),
        "confidence": shown,
        "off_path": [one.model_dump(mode="json") for one in off_path[:MOST_OFF_PATH]],
        "more": {name: number for name, number in more.items() if number},
    }


def _published(plan: Plan) -> Said:
    """What the lead says of it."""
    target = plan.said("target")
    return {
        "published": plan.said("published", False),
        "withdrawn": _withdrawn(plan),
        "stuck": False,
        "title": plan.said("title") or plan.name.partition("/")[2],
        "mission": plan.said("mission"),
        "lead": plan.lead,
        "target": target,
        "original_target": plan.said(f"{ORIGINAL}target"),
        "target_agreed": None if target is None else _agreed(plan, "target"),
        "tolerance": plan.tolerance,
        "tolerance_agreed": _agreed(plan, "tolerance"),
        "agreement": _dated(plan.registers, "agreement", "said"),
        "visibility": plan.said("visibility", "public") if plan.said("published") else "owner",
        "hold": plan.said("hold"),
        "places": plan.said("places") or [],
        "contact": plan.said("contact"),
        "reporting": plan.said("reporting"),
    }


def _named_rings(rings: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The first rings, as long as their milestones are not too many."""
    ends = itertools.accumulate(map(len, rings))
    return tuple(ring for ring, end in zip(rings, ends, strict=True) if end <= MOST_IN_RINGS)


def _agreed(plan: Plan, name: str) -> bool:
    """Whether a target or tolerance is the one last approved, else the original."""
    agreement, now = plan.said("agreement"), plan.said(name)
    agreed = agreement[name] if agreement else plan.said(ORIGINAL + name)
    return bool(_plain(now) == _plain(agreed))


def _plain(said: Any) -> Any:
    return said["date"] if isinstance(said, dict) else said


def _contributor(plan: Plan, department: str) -> Said:
    said: Mapping[str, Any] = plan.said(CONTRIBUTOR + department) or plan.said(ONCE_LISTED + department)
    unlisted = plan.unlisted(department)
    return {
        "department": department,
        "title": said["title"],
        "unlisted": unlisted.isoformat() if unlisted else None,
    }


def _withdrawn(plan: Plan) -> str | None:
    register = plan.registers.get("withdrawn")
    return london_date(register.stamp[0]).isoformat() if register and register.value else None


def _confidences(plan: Plan) -> Said:
    """By what they are declared of: the plan, or a project."""
    found = {n: r.value for n, r in sorted(plan.registers.items()) if n.partition(":")[0] == CONFIDENCE}
    return {n.partition(":")[2] or plan.name: value for n, value in found.items()}
