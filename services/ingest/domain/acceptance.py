"""Whether what a department says can be accepted: its form, its names, its time."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from schemas.bindings import Attributes
from schemas.events import EVENT, ConfidenceAssessed, Event, PlanEvent
from schemas.names import may_speak, owner
from schemas.payloads import unknown_fields

MOST_AHEAD = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, and how to mend it."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is refused: an HTTP status, a title, and the faults by field."""

    status: int
    title: str
    faults: tuple[Fault, ...]


def accept(said: bytes | Attributes, departments: Sequence[str], now: dt.datetime) -> Event | Refusal:
    """The event in a structured CloudEvent (bytes) or in JSON values, or why it is refused for a key of these."""
    try:
        event = EVENT.validate_json(said) if isinstance(said, bytes) else EVENT.validate_python(said)
    except ValidationError as error:
        return _malformed(error)
    return judge(event, departments, now)


def elements(body: bytes) -> list[Any] | Refusal:
    """The elements of a batch's JSON array, or why there are none."""
    try:
        found = json.loads(body)
    except ValueError as error:  # JSON or UTF-8
        return Refusal(400, "Not JSON", (Fault("body", f"{error}: send a JSON array of CloudEvents in UTF-8"),))
    if not isinstance(found, list):
        return Refusal(400, "Not a batch", (Fault("body", "a batch is a JSON array of CloudEvents"),))
    return found


def judge(event: Event, departments: Sequence[str], now: dt.datetime) -> Event | Refusal:
    """The event itself when its names, its time and its fields are in order."""
    if forbidden := tuple(_names(event, departments)):
        return Refusal(403, "Not yours to say", forbidden)
    if faults := (*_time(event, now), *_fields(event), *_subject(event)):
        return Refusal(422, "The event is not valid", faults)
    return event


def stamped(events: Iterable[Event], now: dt.datetime, correlation: str) -> list[Event]:
    """Accepted events with their `acceptedtime`, strictly increasing, and the correlation id of the request."""
    return [
        event.model_copy(
            update={
                "acceptedtime": now + dt.timedelta(microseconds=number),
                "correlationid": event.correlationid or correlation,
            }
        )
        for number, event in enumerate(events)
    ]


def _malformed(error: ValidationError) -> Refusal:
    first = error.errors(include_url=False)[0]
    if first["type"] in ("json_invalid", "json_type"):
        return Refusal(400, "Not JSON", (Fault("body", f"{first['msg']}: send one CloudEvent as UTF-8 JSON"),))
    faults = tuple(_fault(e) for e in error.errors(include_url=False, include_input=False))
    return Refusal(422, "The event is not valid", faults)


def _fault(error: Any) -> Fault:
    if error["type"] == "union_tag_not_found":
        return Fault("type", "missing: say what kind of event it is, such as org.milepost.milestone.forecast.v1")
    if error["type"] == "union_tag_invalid":
        return Fault("type", f"unknown: {error['ctx']['tag']!r}; known are {error['ctx']['expected_tags']}")
    location = error["loc"][1:] if error["loc"] and str(error["loc"][0]).startswith("org.milepost.") else error["loc"]
    return Fault(path(location) or "body", error["msg"])


def path(location: Sequence[Any]) -> str:
    """A field's place as people write it: `data.places[0].code`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def _names(event: Event, departments: Sequence[str]) -> Iterable[Fault]:
    mine = ", ".join(departments)
    for field, name in (("source", event.source), ("subject", event.subject)):
        if not may_speak(departments, name):
            yield Fault(field, f"{name} belongs to {owner(name.removeprefix('/'))}; this key speaks for {mine} only")
    if not may_speak([owner(event.source.removeprefix("/"))], event.subject):
        yield Fault("source", f"{event.source} speaks about {event.subject}: both must be one department's")


def _time(event: Event, now: dt.datetime) -> Iterable[Fault]:
    if event.time - now > MOST_AHEAD:
        ahead = int((event.time - now).total_seconds() // 60)
        yield Fault("time", f"{ahead} minutes ahead of receipt: say when it was so, at most 5 minutes ahead")
    if event.acceptedtime is not None:
        yield Fault("acceptedtime", "set by Milepost at acceptance: leave it out (`recordedtime` is yours to use)")


def _fields(event: Event) -> Iterable[Fault]:
    for name in unknown_fields(event.data):
        yield Fault(name, f"not a field of {event.type}: check the spelling, or leave it out")


def _subject(event: Event) -> Iterable[Fault]:
    of_plan = isinstance(event, ConfidenceAssessed) and event.data.of == "plan"
    if (of_plan or isinstance(event, PlanEvent)) and event.subject != event.plan:
        yield Fault("subject", f"must be the plan, {event.plan}")
