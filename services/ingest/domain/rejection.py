"""What can still be read of a record that was refused: whose it is, and why it was refused."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from schemas.bindings import BadBinding, from_kafka, is_binary_kafka
from schemas.names import Department, owner
from schemas.topics import inbox_of

Headers = Sequence[tuple[str, bytes | None]]

REASON, FROM, WAS_NULL = "milepost-reason", "milepost-from", "milepost-was-null"
"""The headers that services/kit/rejected.py adds, behind those of the record; the last only where it was needed."""

LONGEST = 256
"""Letters of a source or id: what is longer is none."""

FIELDS = frozenset(
    {"acceptedtime", "body", "content", "data", "id", "key", "partition", "plan", "record", "source", "specversion"}
    | {"subject", "time", "type", "value"}
)
"""What may be at fault; everything else is `other`, so that what is counted by it stays few."""

_DEPARTMENT = TypeAdapter[str](Department)

_TYPE = re.compile(r"org\.milepost\.[a-z.]+\.v1\.")
"""Where a field's place begins with the event's type, which is not at fault."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused record: whose it is, source and id as it claims them, why, and from which place.

    None is what cannot be read. What came by an inbox is its department's, whatever it claims; what did not is that of
    the department in its source. `field` is the first that the reason names, of FIELDS.
    """

    department: str | None
    source: str | None
    id: str | None
    reason: str
    field: str
    place: str


def rejection(headers: Headers, value: bytes | None, namespace: str = "milepost") -> Rejection:
    """Reads what can be read; never fails, whatever the bytes are."""
    ours = {name: (raw or b"").decode(errors="replace") for name, raw in headers if name in (REASON, FROM)}
    claimed = _claims(headers, value)
    source = _text(claimed, "source")
    place, reason = ours.get(FROM, "unknown"), ours.get(REASON, "no reason was given")
    return Rejection(
        department=inbox_of(place.rsplit("/", 2)[0], namespace) or _department(source or ""),
        source=source,
        id=_text(claimed, "id"),
        reason=reason,
        field=field_of(reason),
        place=place,
    )


def field_of(reason: str) -> str:
    """The field at fault, as the sentences of services name it; a sentence that begins with a source is about that."""
    if reason.startswith("/"):
        return "source"
    words = re.findall(r"[a-z]+", _TYPE.sub("", reason))
    return next((word for word in words if word in FIELDS), "other")


def original_headers(headers: Headers) -> Headers:
    """The record's own headers: without those that were added behind them when it was refused."""
    added = 3 if headers and headers[-1][0] == WAS_NULL else 2
    return headers[:-added]


def was_null(headers: Headers) -> bool:
    """Whether the record had no value at all, for which the copy has an empty one."""
    return bool(headers) and headers[-1][0] == WAS_NULL


def _claims(headers: Headers, value: bytes | None) -> object:
    try:
        if is_binary_kafka(headers):
            return from_kafka([(name, raw) for name, raw in headers if name in ("ce_source", "ce_id")], b"")
        return json.loads(value or b"")
    except (BadBinding, ValueError, RecursionError):
        return None


def _department(source: str) -> str | None:
    try:
        return _DEPARTMENT.validate_python(owner(source.removeprefix("/")))
    except ValidationError:
        return None


def _text(claimed: object, name: str) -> str | None:
    said = claimed.get(name) if isinstance(claimed, dict) else None
    if not isinstance(said, str) or len(said) > LONGEST or any("\ud800" <= letter <= "\udfff" for letter in said):
        return None  # half a surrogate pair is no text that could be stored
    return said
