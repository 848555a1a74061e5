"""What each event type writes: the registers of its milestone or plan, as JSON values."""

from collections.abc import Callable
from typing import Any

from schemas import events as said
from schemas.envelope import Record
from schemas.topics import milestone_key
from services.plan_tracking.domain.registers import FIRST_ACCEPTED, FIRST_SAID

Writes = dict[str, Any]

NEEDS = "needs:"
"""Prefix of a dependency's register: one for each milestone that is needed."""
CONTRIBUTOR = "contributor:"
"""Prefix of a contributor's register: one for each department."""

_MILESTONE_FIELDS = ("title", "type", "baseline", "forecast", "places", "contact")


def _given(data: Record, names: tuple[str, ...]) -> Writes:
    dumped = data.model_dump(mode="json", exclude_unset=True)
    return {name: dumped[name] for name in names if name in dumped}


def _milestone(data: said.MilestoneData) -> Writes:
    writes = _given(data, _MILESTONE_FIELDS)
    if writes.get("baseline") is not None:
        writes |= {FIRST_SAID: writes["baseline"], FIRST_ACCEPTED: writes["baseline"]}
    return writes


def _lifecycle(state: str, actual: Any = None, replaced_by: str | None = None) -> Writes:
    return {"lifecycle": {"state": state, "actual": actual, "replaced_by": replaced_by}}


def _reason(text: str, explains: Any) -> Writes:
    return {"reason": {"text": text, "explains": explains}}


def _date(value: dict[str, str] | str | None) -> str | None:
    return value["date"] if isinstance(value, dict) else value


def _planned(event: said.MilestonePlanned) -> Writes:
    return _milestone(event.data)


def _reported(event: said.MilestoneReported) -> Writes:
    data = event.data
    writes = _milestone(data)
    actual = data.actual.isoformat() if data.actual else None
    if {"state", "actual"} & data.model_fields_set:
        writes |= _lifecycle(data.state or ("done" if actual else "open"), actual)
    if data.reason:
        writes |= _reason(data.reason, actual or _date(writes.get("forecast")))
    return writes


def _forecast(event: said.MilestoneForecast) -> Writes:
    forecast = event.data.forecast.model_dump(mode="json") if event.data.forecast else None
    return {"forecast": forecast, **_reason(event.data.reason, _date(forecast))}


def _completed(event: said.MilestoneCompleted) -> Writes:
    return _lifecycle("done", event.data.actual.isoformat())


def _cancelled(event: said.MilestoneCancelled) -> Writes:
    return {**_lifecycle("cancelled", replaced_by=event.data.replaced_by), **_reason(event.data.reason, None)}


def _needed(event: said.DependencyDeclared | said.DependencyRemoved) -> str:
    return NEEDS + milestone_key(event.data.needs_plan or event.plan, event.data.needs)


def _declared(event: said.DependencyDeclared) -> Writes:
    return {_needed(event): {"lag": event.data.lag, "unit": event.data.unit}}


def _removed(event: said.DependencyRemoved) -> Writes:
    return {_needed(event): None}


def _published(event: said.PlanPublished) -> Writes:
    fields = ("title", "mission", "target", "tolerance", "visibility", "places", "contact")
    return {"published": True, **_given(event.data, fields)}


def _listed(event: said.ContributorListed) -> Writes:
    return {CONTRIBUTOR + event.data.department: {"title": event.data.title}}


def _dated(_: said.PlanDated) -> Writes:
    return {}


_BY_TYPE: dict[type, Callable[[Any], Writes]] = {
    said.MilestonePlanned: _planned,
    said.MilestoneReported: _reported,
    said.MilestoneForecast: _forecast,
    said.MilestoneCompleted: _completed,
    said.MilestoneCancelled: _cancelled,
    said.DependencyDeclared: _declared,
    said.DependencyRemoved: _removed,
    said.PlanPublished: _published,
    said.ContributorListed: _listed,
    said.PlanDated: _dated,
}


def writes(event: said.LogRecord) -> Writes:
    """The registers that the event writes, by name; a plan's or a milestone's, as its subject is."""
    return _BY_TYPE[type(event)](event)
