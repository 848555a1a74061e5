"""What may be folded: a record of the log is an event, or is rejected with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        binary = is_binary_kafka(headers)
        event = LOG_RECORD.validate_python(from_kafka(headers, value)) if binary else LOG_RECORD.validate_json(value)
    except ValidationError as error:
        return Rejection(_first(error))
    except BadBinding as bad:
        return Rejection(str(bad))
    return next((Rejection(said) for said in _wrong(event, key, partition, partition_for) if said), event)


def _wrong(event: LogRecord, key: bytes | None, partition: int, partition_for: int | None) -> list[str | None]:
    speaker, owned = owner(event.source.removeprefix("/")), owner(event.subject)
    about_plan = names_its_plan(event)
    ours = isinstance(event, OwnRecord)
    return [
        None if key == event.plan.encode() else f"the key is {key!r}, not the plan {event.plan}",
        None if partition == partition_for else f"partition {partition} is not the plan's, {partition_for}",
        None if event.acceptedtime else "acceptedtime is missing: events enter through ingest",
        None if not about_plan or event.subject == event.plan else f"subject {event.subject} is not the plan",
        None if speaker == (RESERVED if ours else owned) else f"{event.source} may not speak for {event.subject}",
    ]


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "value"
    return f"{where}: {first['msg']}"[:500]
