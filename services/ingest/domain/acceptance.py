"""Whether what a department says can be accepted: its form, its names, its time."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError

from schemas import ijson
from schemas.bindings import Attributes, BadBinding, is_json, with_decoded_data
from schemas.dates import PreciseDate
from schemas.events import EVENT, ConfidenceAssessed, Event, PlanEvent
from schemas.names import owner
from schemas.payloads import unknown_fields
from services.kit.words import field_path

MOST_AHEAD = dt.timedelta(minutes=5)

MOST_FAULTS = 20
"""Faults of an event that are named at once."""

OURS = frozenset({"acceptedtime", "correlationid"})
"""Attributes that acceptance adds."""

LONGEST_CORRELATION = 256

_NAME = re.compile(r"[a-z0-9]+")
_DISALLOWED = re.compile(
    "[\x00-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
"""What a CloudEvents String does not hold: control characters, and code points that are none of Unicode's."""

_SIMPLE = frozenset({str, int, float, bool, dt.date, Decimal, PreciseDate, type(None)})
"""Types of values that have no fields of their own, or none that could be unknown."""

_SPACE = b" \t\n\r"
"""What may stand between the signs of a JSON text."""

_OF_PLANS = frozenset(get_args(PlanEvent))
_CHARACTERS = "has control characters, or what is no character of Unicode"
_INTEGERS = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field, and how to mend it."""

    field: str
    detail: str


Faults = tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event is refused: an HTTP status, a title, and the faults by field."""

    status: int
    title: str
    faults: tuple[Fault, ...]


class Admitted(NamedTuple):
    """An event that is in order, and the JSON object that said it."""

    event: Event
    raw: bytes


def accept(said: bytes | Attributes, departments: Sequence[str], now: dt.datetime) -> Event | Refusal:
    """The event in a structured CloudEvent (bytes) or in JSON values, or why it is refused for a key of these."""
    found = admit(said, departments, now)
    return found if isinstance(found, Refusal) else found.event


def admit(said: bytes | Attributes | ijson.Element, departments: Sequence[str], now: dt.datetime) -> Admitted | Refusal:
    """As `accept`, of an element of a batch too; with the JSON that said it."""
    if isinstance(said, bytes) and (found := _plainly(said.strip(_SPACE), departments, now)):
        return found
    try:
        raw = _raw(said)
        event = EVENT.validate_json(raw)
    except ijson.BadJson as bad:
        return Refusal(400, "Not JSON", (Fault("body", f"{bad}: send one CloudEvent as UTF-8 JSON"),))
    except BadBinding as bad:
        return Refusal(400, "Not a CloudEvent", (Fault(bad.field, bad.detail),))
    except ValidationError as error:
        return _malformed(error)
    return _judged(event, departments, now) or Admitted(event, raw)


def _plainly(raw: bytes, departments: Sequence[str], now: dt.datetime) -> Admitted | None:
    """An event that is in order, without a second look at how it is written; None says nothing.

    As many names are written as the event has, so none is written twice; and whatever else makes JSON ambiguous is no
    value of an event that is in order.
    """
    try:
        event = EVENT.validate_json(raw)
    except ValidationError:
        return None
    known = len(event.model_fields_set) + len(event.data.model_fields_set)
    if raw.translate(None, _SPACE).count(b'":') != known or _judged(event, departments, now):
        return None
    return Admitted(event, raw)


def stamped(events: Iterable[Event], now: dt.datetime, correlation: str) -> list[Event]:
    """Accepted events with their `acceptedtime`, strictly increasing, and the correlation id of the request."""
    return [_stamped(event, at, correlation) for event, at in zip(events, _moments(now), strict=False)]


def written(admitted: Iterable[Admitted], now: dt.datetime, correlation: str) -> list[bytes]:
    """The same of admitted events, as JSON for the log.

    Ours is written behind what was said, which a reader parses into the same event at a quarter of the cost of writing
    all of it anew: no name is in an object twice, so nothing that was said can hide what was judged.
    """
    ours = f'","correlationid":{json.dumps(correlation)}}}'.encode()
    return [_written(one, at, correlation, ours) for one, at in zip(admitted, _moments(now), strict=False)]


def _written(one: Admitted, accepted: dt.datetime, correlation: str, ours: bytes) -> bytes:
    if OURS.isdisjoint(one.event.model_fields_set):
        return one.raw[:-1] + b',"acceptedtime":"' + accepted.isoformat().encode() + ours
    return _stamped(one.event, accepted, correlation).model_dump_json(exclude_unset=True).encode()


def _moments(now: dt.datetime) -> Iterator[dt.datetime]:
    """One moment after another, the least time apart."""
    while True:
        yield now
        now += dt.timedelta.resolution


def _stamped(event: Event, accepted: dt.datetime, correlation: str) -> Event:
    return event.model_copy(update={"acceptedtime": accepted, "correlationid": event.correlationid or correlation})


def _raw(said: bytes | Attributes | ijson.Element) -> bytes:
    """The JSON object of an event; raises BadJson or BadBinding when it is none that can be read in one way only."""
    if isinstance(said, dict):
        return json.dumps(said).encode()
    element = ijson.value(said) if isinstance(said, bytes) else said
    if element.fault:
        raise ijson.BadJson(element.fault)
    if isinstance(element.said, dict) and "data_base64" in element.said:
        return json.dumps(with_decoded_data(element.said)).encode()
    return element.raw


def _judged(event: Event, departments: Sequence[str], now: dt.datetime) -> Refusal | None:
    """Why an event is refused though its form is good: its names, its time, its fields."""
    if forbidden := _names(event, departments):
        return Refusal(403, "Not yours to say", forbidden)
    if faults := _attributes(event) + _time(event, now) + _fields(event) + _subject(event):
        return Refusal(422, "The event is not valid", faults[:MOST_FAULTS])
    return None


def _malformed(error: ValidationError) -> Refusal:
    errors = error.errors(include_url=False, include_input=False)
    if errors[0]["type"] in ("json_invalid", "json_type"):
        return Refusal(400, "Not JSON", (Fault("body", f"{errors[0]['msg']}: send one CloudEvent as UTF-8 JSON"),))
    return Refusal(422, "The event is not valid", tuple(_fault(one) for one in errors[:MOST_FAULTS]))


def _fault(error: Any) -> Fault:
    if error["type"] == "union_tag_not_found":
        return Fault("type", "missing: say what kind of event it is, such as org.milepost.milestone.forecast.v1")
    if error["type"] == "union_tag_invalid":
        return Fault("type", f"unknown: {error['ctx']['tag']!r}; known are {error['ctx']['expected_tags']}")
    location = error["loc"][1:] if error["loc"] and str(error["loc"][0]).startswith("org.milepost.") else error["loc"]
    return Fault(field_path(location) or "body", error["msg"])


def _names(event: Event, departments: Sequence[str]) -> Faults:
    speaker, owned = owner(event.source[1:]), owner(event.subject)
    if speaker == owned and owned in departments:
        return ()
    mine, said = ", ".join(departments), (("source", event.source, speaker), ("subject", event.subject, owned))
    foreign = tuple(
        Fault(field, f"{name} belongs to {department}; this key speaks for {mine} only")
        for field, name, department in said
        if department not in departments
    )
    both = Fault("source", f"{event.source} speaks about {event.subject}: both must be one department's")
    return foreign + ((both,) if speaker != owned else ())


def _attributes(event: Event) -> Faults:
    """What CloudEvents does not allow of attributes, and Milepost of those that it has no pattern for."""
    more, correlation, kind = event.model_extra, event.correlationid, event.datacontenttype
    if not more and correlation is None and kind is None and event.id.isprintable():
        return ()
    said = {"id": event.id, "correlationid": correlation, **(more or {})}
    return tuple(islice(_odd(said, kind), MOST_FAULTS))


def _odd(said: Attributes, kind: str | None) -> Iterable[Fault]:
    for name, value in said.items():
        if not _NAME.fullmatch(name):
            yield Fault(name, "the name of an attribute is of lower-case letters and digits only")
        if isinstance(value, str):
            if _DISALLOWED.search(value):
                yield Fault(name, _CHARACTERS)
        elif not (value is None or (isinstance(value, int) and value in _INTEGERS)):
            yield Fault(name, "the value of an attribute is text, true, false or an integer of 32 bits")
    if len(said["correlationid"] or "") > LONGEST_CORRELATION:
        yield Fault("correlationid", f"over {LONGEST_CORRELATION} letters")
    if kind is not None and not is_json(kind):
        yield Fault("datacontenttype", "data is JSON: send application/json, or leave it out")


def _time(event: Event, now: dt.datetime) -> Faults:
    ahead = event.time - now
    if ahead > MOST_AHEAD:
        minutes = int(ahead.total_seconds() // 60)
        return (Fault("time", f"{minutes} minutes ahead of receipt: say when it was so, at most 5 minutes ahead"),)
    if event.acceptedtime is not None:
        return (Fault("acceptedtime", "set by Milepost at acceptance: leave it out (`recordedtime` is yours to use)"),)
    return ()


def _fields(event: Event) -> Faults:
    if not event.data.model_extra and _SIMPLE.issuperset(map(type, vars(event.data).values())):
        return ()
    unknown = islice(unknown_fields(event.data), MOST_FAULTS)
    return tuple([Fault(name, f"not a field of {event.type}: check the spelling, or leave it out") for name in unknown])


def _subject(event: Event) -> Faults:
    if event.subject == event.plan:
        return ()
    of_plan = type(event) in _OF_PLANS or (type(event) is ConfidenceAssessed and event.data.of == "plan")
    return (Fault("subject", f"must be the plan, {event.plan}"),) if of_plan else ()
