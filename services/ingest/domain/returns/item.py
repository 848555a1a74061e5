"""Reads one row of a list: an export of a tracker, or a table of a department's own."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.ingest.domain.returns.cells import says_no_date, shown, text
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.identity import Identity
from services.ingest.domain.returns.kinds import Kinds
from services.ingest.domain.returns.line import Line, Refused, about, chosen_state, refuse_wide, row_of
from services.ingest.domain.returns.model import Candidate, Finding, Row, State
from services.ingest.domain.returns.phrases import shortened
from services.ingest.domain.returns.sheet import Sheet, needs_of
from services.ingest.domain.returns.statuses import known_state

_TOTAL = re.compile(r"(?:grand |sub[- ]?)?totals?\b", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:notes?|source|key|legend|generated|exported|printed|last updated|prepared|page|disclaimer)\b|[*†‡©]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Item:
    """What a row of a list is: a milestone, a candidate for one, or neither; `status` is the one it waits for."""

    row: Row | None = None
    candidate: Candidate | None = None
    needs: tuple[str, ...] = ()
    status: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A list as its rows are read; `end` is the last row that says more than a title, `gap` the blank one below."""

    sheet: Sheet
    identities: Mapping[int, Identity] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=Kinds)
    end: int = 0
    gap: int | None = None


class _Unknown(ValueError):
    """A status whose meaning is not known."""


def read_item(reading: Reading, number: int) -> Item:
    """What this row of a list is. Raises nothing: where it cannot be read, a finding says why."""
    identity = reading.identities[number]
    line = Line(reading.sheet, number, identity.slot)
    if line.is_blank:
        return Item()
    if said := _no_milestone(reading, line):
        message = f"row {number} ({said}) is not read as a milestone: give it a date or a status if it is one"
        return Item(findings=(line.finding("noted", "row", message),))
    if not reading.kinds.is_milestone(line.value("type")) and line.slot not in reading.sheet.choices.ticked:
        return Item(candidate=_candidate(line))
    try:
        refuse_wide(line)
        row = _row(line, identity)
    except Refused as error:
        return Item(findings=(line.refusal(error),))
    except _Unknown as unknown:
        return Item(status=str(unknown))
    return Item(row, None, tuple(needs_of(reading.sheet, number)), None, tuple(about(line, row)))


def _no_milestone(reading: Reading, line: Line) -> str | None:
    """The text of a row that is a total, a heading or a footnote; None of any other."""
    if any(line.value(means) is not None for means in DATES):
        return None
    first = next((value for column in reading.sheet.grid.columns if (value := line.cell(column)) is not None), None)
    said = shown(first).strip() if first is not None else ""
    apart = reading.gap is not None and line.row > reading.gap
    below = line.row > reading.end and (apart or _NOTE.match(said) is not None)
    return shortened(said) if below or _TOTAL.match(said) or _is_heading(line) else None


def _is_heading(line: Line) -> bool:
    """Whether the row says nothing but a title, over the columns beside it or where others have a status or an id."""
    table, title = line.sheet.table, line.sheet.table.columns["title"]
    if any(line.cell(column) is not None for column in table.headers if column != title):
        return False
    blocks = (block for block in line.sheet.grid.merged if block.top <= line.row <= block.bottom)
    return bool(table.columns.keys() & {"status", "id"}) or any(b.left <= title < b.right for b in blocks)


def _candidate(line: Line) -> Candidate:
    title = line.value("title")
    return Candidate(line.slot or "", shortened(shown(title)) if title is not None else "", _finish(line))


def _finish(line: Line) -> dt.date | None:
    try:
        date = line.due("open") or line.date("actual")
    except Refused:
        return None
    return date.date if date else None


def _row(line: Line, identity: Identity) -> Row:
    state, said = _state(line)
    return row_of(line, identity.slot, state, said, identity.key)


def _state(line: Line) -> tuple[State, str]:
    """The state of a row and the words for it. Raises _Unknown for a status that is not known."""
    if "status" not in line.sheet.table.columns:
        return ("done", "done") if _has_happened(line) else ("open", "open")
    said = line.read("status", text) or ""
    state = chosen_state(line, line.value("status")) or known_state(said)
    if state is None:
        raise _Unknown(said)
    resolution = line.read("resolution", text)
    if state == "done" and resolution and known_state(resolution) == "cancelled":
        return "cancelled", resolution
    return state, said or state


def _has_happened(line: Line) -> bool:
    actual = line.value("actual")
    return actual is not None and not says_no_date(actual)
