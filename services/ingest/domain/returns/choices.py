"""A file read under the sender's choices, and under those that were made for the last file of the same layout."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from services.ingest.domain.returns.model import Choices, Finding, Return

Read = Callable[[Choices], Return]
"""A file that was opened: reads it under choices, as often as asked."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read under `choices`; some of them may be `remembered` from an earlier file."""

    read: Return
    choices: Choices
    remembered: bool = False


def reading(read: Read, own: Choices, known: Mapping[str, Choices]) -> Reading:
    """The file under the sender's `own` choices and those `known` of its layout; where they differ, their own hold."""
    found = read(own)
    choices = merged(own, known.get(found.layout or "", own))
    remembered = choices != own
    found = read(choices) if remembered else found
    return Reading(replace(found, findings=(*found.findings, *_about(found, own, remembered))), choices, remembered)


def merged(own: Choices, known: Choices) -> Choices:
    """Both choices; about the same column, `own` holds."""
    return Choices(
        columns={**known.columns, **own.columns},
        order={**known.order, **own.order},
        year={**known.year, **own.year},
        complete=frozenset(own.complete | known.complete),
        statuses={**known.statuses, **own.statuses},
        ticked=frozenset(own.ticked | known.ticked),
    )


def _about(read: Return, own: Choices, remembered: bool) -> Iterator[Finding]:
    if remembered:
        message = (
            "the file is read as the last one with the same columns was: correct what is shown, or send forget=true to "
            "have it read afresh"
        )
        yield Finding("noted", message, field="choices")
    headers = {column.header for column in read.columns}
    for name in ("columns", "order", "year", "complete"):
        for header in sorted(set(getattr(own, name)) - headers):
            yield Finding("noted", f"{name} names {header!r}, which no column has: correct it", field=name)
    slots = {candidate.slot for candidate in read.candidates} | {row.slot for row in read.rows}
    for slot in sorted(own.ticked - slots):
        yield Finding("noted", f"ticked names {slot!r}, which no task has: correct it", field="ticked")
