"""What may be folded: a record of the log is an event, or is rejected with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import ValidationError

from schemas.bindings import BadBinding, from_kafka, is_binary_kafka
from schemas.events import LOG_RECORD, LogRecord, OwnRecord
from schemas.names import RESERVED, owner
from services.plan_tracking.domain.about import names_its_plan

Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record is refused, in words."""

    reason: str


def accept(
    key: bytes | None, value: bytes | None, headers: Headers, partition: int, partition_for: int | None
) -> LogRecord | Rejection:
    """The event of a record (structured or binary), or why it is refused.

    `partition_for` is the partition of the key as a plan (None when the key is no text).
    """
    if not value:
        return Rejection("the value is empty: a record of this topic is a CloudEvent")
    try:
        binary = bool(headers) and is_binary_kafka(headers)
        event = LOG_RECORD.validate_python(from_kafka(headers, value)) if binary else LOG_RECORD.validate_json(value)
    except ValidationError as error:
        return Rejection(_first(error))
    except BadBinding as bad:
        return Rejection(str(bad))
    wrong = _wrong(event, key, partition, partition_for)
    return Rejection(wrong) if wrong else event


def _wrong(event: LogRecord, key: bytes | None, partition: int, partition_for: int | None) -> str | None:
    if key != event.plan.encode():
        return f"the key is {key!r}, not the plan {event.plan}"
    if partition != partition_for:
        return f"partition {partition} is not the plan's, {partition_for}"
    if not event.acceptedtime:
        return "acceptedtime is missing: events enter through ingest"
    if event.subject != event.plan and names_its_plan(event):
        return f"subject {event.subject} is not the plan"
    if owner(event.source[1:]) != (RESERVED if _is_own(type(event)) else owner(event.subject)):
        return f"{event.source} may not speak for {event.subject}"
    return None


@cache
def _is_own(kind: type) -> bool:
    return issubclass(kind, OwnRecord)


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "value"
    return f"{where}: {first['msg']}"[:500]
