"""Reads one row of a table of milestones; where it cannot be read, the reason names the cell and the fix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from services.ingest.domain.returns.cells import (
    Unreadable,
    is_status,
    plain_date,
    says_no_date,
    section_of,
    state_of,
    text,
)
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.grid import CellError, Grid, Value, letters
from services.ingest.domain.returns.model import LONGEST_TITLE, Finding, Kind, Meaning, MilestoneType, Row, on
from services.ingest.domain.returns.table import Table

T = TypeVar("T")

_CONTENT: frozenset[Meaning] = DATES | {"title", "reason"}
"""A numbered row with none of these is an empty slot, whatever the form fills in beforehand."""


class _Refused(ValueError):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a sheet as its table sees it."""

    grid: Grid
    table: Table
    row: int

    @property
    def slot(self) -> str | None:
        number = self.grid.value(self.row, self.table.slots)
        return number.strip() if isinstance(number, str) and section_of(number) else None

    @property
    def others(self) -> dict[str, str]:
        told = {header: self.grid.value(self.row, column) for column, header in self.table.others.items()}
        return {header: _shown(value) for header, value in told.items() if value is not None}

    def value(self, means: Meaning) -> Value | None:
        column = self.table.columns.get(means)
        return self.grid.value(self.row, column) if column else None

    def read(self, means: Meaning, reader: Callable[[Value | None], T]) -> T:
        try:
            return reader(self.value(means))
        except Unreadable as error:
            place = f"{letters(self.table.columns[means])}{self.row}"
            raise _Refused(means, f"{_words(means)} (cell {place}) {error}") from error

    def finding(self, kind: Kind, field: str, message: str) -> Finding:
        return Finding(kind, message, self.slot, self.grid.sheet, self.row, field)


def read_line(grid: Grid, table: Table, row: int, kind: MilestoneType | None) -> tuple[Row | None, list[Finding]]:
    """The milestone in this row, and what a person should know of it; of an empty row or a footer, neither.

    Raises nothing: of a row that cannot be read there is no milestone, but a finding that says why.
    """
    line = _Line(grid, table, row)
    if all(line.value(means) is None for means in _CONTENT):
        return None, []
    if line.slot is None:
        return None, [*_unnumbered(line)]
    try:
        read = _row(line, line.slot, kind)
    except _Refused as error:
        message = f"{line.slot}: {error}. Nothing of this row is published until then"
        return None, [line.finding("refused", error.field, message)]
    return read, [*_about(line, read)]


def _unnumbered(line: _Line) -> Iterator[Finding]:
    """A finding for a milestone outside the numbering; a footer has no status, and is nothing."""
    title = line.value("title")
    if title is not None and is_status(line.value("status")):
        place = f"{letters(line.table.slots)}{line.row}"
        message = f"row {line.row} ({_shown(title)}) has no number: give it one in cell {place}. It is not published"
        yield line.finding("refused", "slot", message)


def _row(line: _Line, slot: str, kind: MilestoneType | None) -> Row:
    state = line.read("status", state_of)
    due = line.read("actual" if state == "done" else "forecast", plain_date)
    return Row(
        sheet=line.grid.sheet,
        row=line.row,
        slot=slot,
        title=line.read("title", _title),
        state=state,
        said=line.read("status", text) or state,
        type=kind,
        version=line.read("version", text),
        original_baseline=on(line.read("original_baseline", plain_date)),
        baseline=on(line.read("baseline", plain_date)),
        due=on(due or line.read("forecast_or_actual", plain_date)),
        reason=line.read("reason", text),
        others=line.others,
    )


def _title(value: Value | None) -> str:
    said = text(value)
    if said is None:
        raise Unreadable("is blank: write the milestone's name in it, or clear the row")
    if len(said) > LONGEST_TITLE:
        raise Unreadable(f"has {len(said)} letters: shorten it to {LONGEST_TITLE}")
    return said


def _about(line: _Line, row: Row) -> Iterator[Finding]:
    if line.row in line.grid.hidden_rows:
        yield row.finding("noted", "row", f"{row.slot}: its row is hidden, and was read: clear it if it is not meant")
    for means in sorted(DATES):
        if says_no_date(value := line.value(means)):
            message = f"{row.slot}: {_words(means)} says {value!r}: no date is published until one is written"
            yield row.finding("noted", means, message)
    if row.state != "done" and line.value("actual") is not None:
        yield row.finding("noted", "actual", f"{row.slot} has an actual date, but is {row.said}: set it Complete")
    if row.baseline is None and row.original_baseline is not None:
        message = f"{row.slot} has no latest approved baseline, so the original one holds: fill it in if it does not"
        yield row.finding("noted", "baseline", message)


def _words(means: Meaning) -> str:
    return means.replace("_", " ")


def _shown(value: Value) -> str:
    return value.shows if isinstance(value, CellError) else str(value)
