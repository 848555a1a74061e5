"""What can still be read of a record that was refused: whose it claims to be, and why it was refused."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.bindings import BadBinding, from_kafka, is_binary_kafka

REASON, FROM = "milepost-reason", "milepost-from"
"""The headers that services/kit/rejected.py adds."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused record: source and id as it claims them (None when they cannot be read), why, and from which place."""

    source: str | None
    id: str | None
    reason: str
    place: str


def rejection(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Rejection:
    """Reads what can be read; never fails, whatever the bytes are."""
    ours = {name: raw.decode(errors="replace") for name, raw in headers if name in (REASON, FROM)}
    claimed = _claims(headers, value)
    return Rejection(
        source=_text(claimed, "source"),
        id=_text(claimed, "id"),
        reason=ours.get(REASON, "no reason was given"),
        place=ours.get(FROM, "unknown"),
    )


def _claims(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> object:
    try:
        if is_binary_kafka(headers):
            return from_kafka([(name, raw) for name, raw in headers if name in ("ce_source", "ce_id")], b"")
        return json.loads(value or b"")
    except (BadBinding, ValueError, RecursionError):
        return None


def _text(claimed: object, name: str) -> str | None:
    said = claimed.get(name) if isinstance(claimed, dict) else None
    return said if isinstance(said, str) else None
