"""What each event type writes: the registers of its plan, milestone or fact, as JSON values."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from schemas import events as said
from schemas.network import LinksJudged, LinksReported, PortMoved, PortWanted, RebuildRequested
from schemas.payloads import PlanData
from schemas.topics import milestone_key
from services.plan_tracking.domain.registers import FIRST_ACCEPTED, FIRST_SAID, ORIGINAL

Writes = dict[str, Any]
Json = Mapping[str, Any]

NEEDS = "needs:"
"""Prefix of a dependency's register: one for each milestone that is needed."""
ABSORBED = "absorbed:"
"""Prefix of what the receiver absorbs of a need."""
ANSWER = "answer:"
"""Prefix of the giver's answer to a milestone that needs it."""
CONTRIBUTOR = "contributor:"
"""Prefix of a contributor's register: one for each department; null once it is unlisted."""
ONCE_LISTED = "once-listed:"
"""Prefix of the mark that a department was listed at some time."""
AGREED = ("target", "tolerance")
"""What the lead may change of a plan only with an approval."""
CUTS = "cuts"
"""The plan's register of dependencies across plans that the network plan leaves out."""
PORT, LINKS = "port", "links"
"""The one register of what another plan said of a milestone, and of a plan's links."""
DEFINED, OBSERVED, ALLOCATED, REPORTED = "defined", "observed:", "allocated:", "reported:"
"""The registers of facts: what an outcome is; the prefixes of its values, of a fund's amounts, of counts, by period."""
CONFIDENCE = "confidence"
"""The register of a confidence; of a project, in its plan, followed by `:` and the project's name."""

_PORT_FIELDS = {"known", "lifecycle", "projected", "by_day", "withdrawn", "path", "chain", "answers"}
_PLAN_FIELDS = (
    "title",
    "mission",
    "target",
    "tolerance",
    "visibility",
    "hold",
    "places",
    "contact",
    "calendar",
    "reporting",
)
_MILESTONE_FIELDS = ("title", "type", "baseline", "forecast", "places", "contact")


def _given(data: Json, names: tuple[str, ...]) -> Writes:
    return {name: data[name] for name in names if name in data}


def _milestone(data: Json) -> Writes:
    writes = _given(data, _MILESTONE_FIELDS)
    return writes | _baselined(writes["baseline"]) if writes.get("baseline") is not None else writes


def _baselined(baseline: Any) -> Writes:
    return {"baseline": baseline, FIRST_SAID: baseline, FIRST_ACCEPTED: baseline}


def _lifecycle(state: str, actual: Any = None, replaced_by: str | None = None, *, reopened: bool = False) -> Writes:
    return {"lifecycle": {"state": state, "actual": actual, "replaced_by": replaced_by, "reopened": reopened}}


def _reason(text: str, explains: Any) -> Writes:
    return {"reason": {"text": text, "explains": explains}}


def _date(value: dict[str, str] | str | None) -> str | None:
    return value["date"] if isinstance(value, dict) else value


def _planned(event: said.MilestonePlanned, data: Json) -> Writes:
    return _milestone(data)


def _reported(event: said.MilestoneReported, data: Json) -> Writes:
    writes, actual = _milestone(data), data.get("actual")
    if "state" in data or "actual" in data:
        writes |= _lifecycle(event.data.state or ("done" if actual else "open"), actual)
    if event.data.reason:
        writes |= _reason(event.data.reason, actual or _date(writes.get("forecast")))
    return writes


def _rebaselined(event: said.MilestoneRebaselined, data: Json) -> Writes:
    approval = {"office": data["approved_by"], "reason": data["reason"], "baseline": _date(data["baseline"])}
    return {**_baselined(data["baseline"]), "approval": approval}


def _forecast(event: said.MilestoneForecast, data: Json) -> Writes:
    forecast = data.get("forecast")
    return {"forecast": forecast, **_reason(event.data.reason, _date(forecast))}


def _started(event: said.MilestoneStarted, _: Json) -> Writes:
    return {"started": event.data.started.isoformat()}


def _progressed(event: said.MilestoneProgressed, _: Json) -> Writes:
    return {"progress": {"percent": event.data.percent, "note": event.data.note}}


def _blocked(event: said.MilestoneBlocked, _: Json) -> Writes:
    return {"blocked": {"reason": event.data.reason, "by": event.data.by}}


def _unblocked(_: said.MilestoneUnblocked, __: Json) -> Writes:
    return {"blocked": None}


def _completed(event: said.MilestoneCompleted, _: Json) -> Writes:
    return _lifecycle("done", event.data.actual.isoformat())


def _reopened(event: said.MilestoneReopened, _: Json) -> Writes:
    return {**_lifecycle("open", reopened=True), **_reason(event.data.reason, None)}


def _cancelled(event: said.MilestoneCancelled, _: Json) -> Writes:
    return {**_lifecycle("cancelled", replaced_by=event.data.replaced_by), **_reason(event.data.reason, None)}


def _assessed(event: said.ConfidenceAssessed, data: Json) -> Writes:
    name = f"{CONFIDENCE}:{event.subject}" if event.data.of == "project" else CONFIDENCE
    return {name: _given(data, ("scale", "value", "assessor", "assessed"))}


def _needed(event: said.DependencyDeclared | said.DependencyRemoved | said.DependencyAbsorbed) -> str:
    return milestone_key(event.data.needs_plan or event.plan, event.data.needs)


def _declared(event: said.DependencyDeclared, _: Json) -> Writes:
    return {NEEDS + _needed(event): {"lag": event.data.lag, "unit": event.data.unit}}


def _removed(event: said.DependencyRemoved, _: Json) -> Writes:
    return {NEEDS + _needed(event): None}


def _absorbed(event: said.DependencyAbsorbed, _: Json) -> Writes:
    return {ABSORBED + _needed(event): {"until": event.data.until.isoformat(), "reason": event.data.reason}}


def _answered(event: said.DependencyAccepted | said.DependencyDisputed, _: Json) -> Writes:
    by = milestone_key(event.data.needed_by_plan or event.plan, event.data.needed_by)
    answer = "accepted" if isinstance(event, said.DependencyAccepted) else "disputed"
    return {ANSWER + by: {"answer": answer, "reason": event.data.reason}}


def _published(event: said.PlanPublished, data: Json) -> Writes:
    said = _given(data, _PLAN_FIELDS)
    first = {ORIGINAL + name: said[name] for name in AGREED if said.get(name) is not None}
    return {"published": True, "withdrawn": None, **said, **first, **_agreed(event.data)}


def _agreed(data: PlanData) -> Writes:
    if data.approved_by is None:
        return {}
    target = data.target.date.isoformat() if data.target else None
    return {
        "agreement": {"office": data.approved_by, "reason": data.reason, "target": target, "tolerance": data.tolerance}
    }


def _withdrawn(event: said.PlanWithdrawn, _: Json) -> Writes:
    return {"withdrawn": {"reason": event.data.reason}}


def _listed(event: said.ContributorListed, _: Json) -> Writes:
    name = event.data.department
    return {CONTRIBUTOR + name: {"title": event.data.title}, ONCE_LISTED + name: {"title": event.data.title}}


def _unlisted(event: said.ContributorUnlisted, _: Json) -> Writes:
    return {CONTRIBUTOR + event.data.department: None}


def _wanted(event: PortWanted, _: Json) -> Writes:
    return {event.data.by: event.data.wanted}


def _port(event: PortMoved, _: Json) -> Writes:
    return {PORT: event.data.model_dump(mode="json", include=_PORT_FIELDS)}


def _links(event: LinksReported, _: Json) -> Writes:
    return {LINKS: event.data.model_dump(mode="json")["links"]}


def _cuts(event: LinksJudged, _: Json) -> Writes:
    return {CUTS: event.data.model_dump(mode="json")["cuts"]}


def _nothing(_: said.PlanDated | RebuildRequested, __: Json) -> Writes:
    return {}


def _outcome(event: said.OutcomeDefined, data: Json) -> Writes:
    return {DEFINED: dict(data)}


def _observed(event: said.OutcomeObserved, data: Json) -> Writes:
    return {f"{OBSERVED}{quote(event.data.period)}": dict(data)}


def _allocated(event: said.FundingAllocated, data: Json) -> Writes:
    return {f"{ALLOCATED}{event.data.financial_year}|{event.data.use}": dict(data)}


def _experienced(event: said.ExperienceReported, data: Json) -> Writes:
    return {f"{REPORTED}{quote(event.data.period)}": dict(data)}


_BY_TYPE: dict[type, Callable[[Any, Json], Writes]] = {
    said.PlanPublished: _published,
    said.PlanWithdrawn: _withdrawn,
    said.PlanDated: _nothing,
    RebuildRequested: _nothing,
    PortWanted: _wanted,
    PortMoved: _port,
    LinksReported: _links,
    LinksJudged: _cuts,
    said.ContributorListed: _listed,
    said.ContributorUnlisted: _unlisted,
    said.MilestonePlanned: _planned,
    said.MilestoneReported: _reported,
    said.MilestoneRebaselined: _rebaselined,
    said.MilestoneForecast: _forecast,
    said.MilestoneStarted: _started,
    said.MilestoneProgressed: _progressed,
    said.MilestoneBlocked: _blocked,
    said.MilestoneUnblocked: _unblocked,
    said.MilestoneCompleted: _completed,
    said.MilestoneReopened: _reopened,
    said.MilestoneCancelled: _cancelled,
    said.ConfidenceAssessed: _assessed,
    said.DependencyDeclared: _declared,
    said.DependencyRemoved: _removed,
    said.DependencyAccepted: _answered,
    said.DependencyDisputed: _answered,
    said.DependencyAbsorbed: _absorbed,
    said.OutcomeDefined: _outcome,
    said.OutcomeObserved: _observed,
    said.FundingAllocated: _allocated,
    said.ExperienceReported: _experienced,
}


def writes(event: said.LogRecord, data: Json | None = None) -> Writes:
    """The registers that the event writes, by name; those of the plan, milestone or fact that it is about.

    `data` is what the event says, as JSON values, where the caller has it already.
    """
    return _BY_TYPE[type(event)](
        event, event.data.model_dump(mode="json", exclude_unset=True) if data is None else data
    )
