"""Registers: a state is a merge of stamped values, so it is a function of the set of records, in any order."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from pydantic_core import to_json

from schemas.events import LogRecord
from schemas.network import Versioned

Stamp = tuple[int, int, str, str, str]
"""(time, acceptedtime, source, id, SHA-256 of type, subject and data); instants in microseconds. The greater wins."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def microseconds(instant: dt.datetime) -> int:
    """An instant as an integer of microseconds since 1970."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant(microseconds_since: int) -> dt.datetime:
    """The instant of an integer of microseconds since 1970, in UTC."""
    return _EPOCH + dt.timedelta(microseconds=microseconds_since)


def said(event: LogRecord) -> dict[str, Any]:
    """The event as JSON values, as far as it says them: as history keeps it."""
    return event.model_dump(mode="json", exclude_unset=True)


def stamp(event: LogRecord, data: Any = None) -> Stamp:
    """The stamp of an accepted event; between plans the sender's version. Raises ValueError without `acceptedtime`.

    `data` is what the event says, as JSON values, where the caller has it already.
    """
    if event.acceptedtime is None:
        raise ValueError("acceptedtime is missing: the record did not come through ingest")
    if _between_plans(type(event.data)):
        return (cast(Versioned, event.data).version, 0, event.source, event.id, "")
    content = to_json(event.data.model_dump(mode="json", exclude_unset=True) if data is None else data)
    digest = hashlib.sha256(f"{event.type}\n{event.subject}\n".encode() + content).hexdigest()
    return (microseconds(event.time), microseconds(event.acceptedtime), event.source, event.id, digest)


@cache
def _between_plans(data: type) -> bool:
    return issubclass(data, Versioned)


@dataclass(frozen=True, slots=True)
class Register:
    """A JSON value and the stamp of the record that said it."""

    value: Any
    stamp: Stamp


Registers = Mapping[str, Register]

FIRST_SAID = "original_baseline"
"""The register that keeps the value of the least stamp; every other whose name begins with ORIGINAL does too."""
ORIGINAL = "original_"
FIRST_ACCEPTED = "first_accepted_baseline"
"""The register that keeps the value accepted first."""


def _wins(name: str, challenger: Stamp, holder: Stamp) -> bool:
    if name.startswith(ORIGINAL):
        return challenger < holder
    if name == FIRST_ACCEPTED:
        return challenger[1:] + challenger[:1] < holder[1:] + holder[:1]
    return challenger > holder


def merge(registers: dict[str, Register], writes: Mapping[str, Any], at: Stamp) -> tuple[str, ...]:
    """Merges a record's writes into the registers, which are the caller's own; answers with the names that it won."""
    won = []
    for name, value in writes.items():
        held = registers.get(name)
        if held is None or _wins(name, at, held.stamp):
            registers[name] = Register(value, at)
            won.append(name)
    return tuple(won)


def pack(registers: Registers) -> dict[str, list[Any]]:
    """Registers as a document: name -> [value, *stamp]."""
    return {name: [register.value, *register.stamp] for name, register in registers.items()}


def unpack(document: Mapping[str, list[Any]]) -> dict[str, Register]:
    """The inverse of `pack`."""
    return {name: Register(value, (at[0], at[1], at[2], at[3], at[4])) for name, (value, *at) in document.items()}
