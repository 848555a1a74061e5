"""Reads one row of a table of milestones; where it cannot be read, the reason names the cell and the fix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from schemas.dates import PreciseDate
from services.ingest.domain.returns.cells import Unreadable, says_no_date, section_of, shown, state_of, text
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.grid import Value, letters
from services.ingest.domain.returns.kinds import type_of
from services.ingest.domain.returns.model import (
    ACTUAL,
    BASELINE,
    FORECAST,
    LONGEST_TITLE,
    Finding,
    Kind,
    Meaning,
    Row,
    State,
)
from services.ingest.domain.returns.sheet import Sheet
from services.ingest.domain.returns.statuses import is_status, plain

T = TypeVar("T")

CONTENT: frozenset[Meaning] = DATES | {"title", "reason"}
"""A row with none of these is an empty slot, whatever is filled in beforehand."""


class Refused(ValueError):
    """A row that cannot be read, because of this field of it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet as its table sees it; `slot` is None of a row of a form without a number."""

    sheet: Sheet
    row: int
    slot: str | None

    @property
    def is_blank(self) -> bool:
        """Whether nothing is said in it."""
        return all(self.value(means) is None for means in CONTENT)

    @property
    def others(self) -> dict[str, str]:
        """What columns without a meaning say, by their headers."""
        grid = self.sheet.grid
        told = {header: grid.value(self.row, column) for column, header in self.sheet.table.others.items()}
        return {header: shown(value) for header, value in told.items() if value is not None}

    def cell(self, column: int) -> Value | None:
        """What stands in the column."""
        return self.sheet.grid.value(self.row, column)

    def value(self, means: Meaning) -> Value | None:
        """What stands in the column with this meaning."""
        column = self.sheet.table.columns.get(means)
        return self.cell(column) if column else None

    def read(self, means: Meaning, reader: Callable[[Value | None], T]) -> T:
        """The value in the column with this meaning, as `reader` reads it. Raises Refused where it cannot."""
        try:
            return reader(self.value(means))
        except Unreadable as error:
            place = f"{letters(self.sheet.table.columns[means])}{self.row}"
            raise Refused(means, f"{_words(means)} (cell {place}) {error}") from error

    def date(self, means: Meaning) -> PreciseDate | None:
        """The date in the column with this meaning; None where there is none, or it waits for the sender."""
        column = self.sheet.dates.get(means)
        return self.read(means, column.read) if column else None

    def due(self, state: State) -> PreciseDate | None:
        """The actual date of what is done, else the forecast."""
        return self.date("actual" if state == "done" else "forecast") or self.date("forecast_or_actual")

    def finding(self, kind: Kind, field: str, message: str) -> Finding:
        """A finding about this row."""
        return Finding(kind, message, self.slot, self.sheet.grid.sheet, self.row, field)

    def refusal(self, error: Refused) -> Finding:
        """The finding that says why the row cannot be read."""
        message = f"{self.slot}: {error}. Nothing of this row is published until then"
        return self.finding("refused", error.field, message)


def read_line(sheet: Sheet, row: int) -> tuple[Row | None, list[Finding]]:
    """The milestone in this row of a form, and what a person should know of it; of an empty row or a footer, neither.

    Raises nothing: of a row that cannot be read there is no milestone, but a finding that says why.
    """
    number = sheet.grid.value(row, sheet.table.slots or 0)
    line = Line(sheet, row, number.strip() if isinstance(number, str) and section_of(number) else None)
    if line.is_blank:
        return None, []
    if line.slot is None:
        return None, [*_unnumbered(line)]
    try:
        refuse_wide(line)
        read = _row(line, line.slot)
    except Refused as error:
        return None, [line.refusal(error)]
    return read, [*about(line, read)]


def _unnumbered(line: Line) -> Iterator[Finding]:
    """A finding for a milestone outside the numbering; a footer has no status, and is nothing."""
    title = line.value("title")
    if title is not None and is_status(line.value("status")):
        place = f"{letters(line.sheet.table.slots or 0)}{line.row}"
        message = f"row {line.row} ({shown(title)}) has no number: give it one in cell {place}. It is not published"
        yield line.finding("refused", "slot", message)


def refuse_wide(line: Line) -> None:
    """Raises Refused for a row of a text file with more cells than its header: its values may have shifted."""
    written = line.sheet.grid.written
    if line.sheet.overflows(line.row):
        cells, header = written[line.row], written[line.sheet.table.header].cells
        raise Refused(
            "row",
            f"it (line {cells.line} of the file) has {cells.cells} cells and the header {header}, so values may stand "
            "under wrong headers: put the text that has a separator in it into quotation marks",
        )


def _row(line: Line, slot: str) -> Row:
    state = line.read("status", lambda value: chosen_state(line, value) or state_of(value))
    return row_of(line, slot, state, line.read("status", text) or state, line.read("id", text))


def chosen_state(line: Line, value: Value | None) -> State | None:
    """The state that the sender chose for this status."""
    chosen = {plain(said): state for said, state in line.sheet.choices.statuses.items()}
    return chosen.get(plain(text(value) or ""))


def row_of(line: Line, slot: str, state: State, said: str, key: str | None) -> Row:
    """The milestone that the row states. Raises Refused where a cell of it cannot be read."""
    return Row(
        sheet=line.sheet.grid.sheet,
        row=line.row,
        slot=slot,
        title=line.read("title", title_of),
        state=state,
        said=said,
        key=key,
        type=type_of(line.value("type")) or line.sheet.kind,
        version=line.read("version", text),
        original_baseline=line.date("original_baseline"),
        baseline=line.date("baseline"),
        due=line.due(state),
        reason=line.read("reason", text),
        others=line.others,
        blank=_blank(line, state),
        project=line.read("project", text),
    )


def _blank(line: Line, state: State) -> frozenset[str]:
    """Fields of the contract that are empty in a column that the sender marked as complete."""
    table, complete = line.sheet.table, line.sheet.choices.complete
    blank = {
        means
        for means, column in table.columns.items()
        if table.headers.get(column) in complete and (line.value(means) is None or says_no_date(line.value(means)))
    }
    return frozenset(field for means in blank if (field := _field(means, state)))


def _field(means: Meaning, state: State) -> str | None:
    """The field of the contract that a column of this meaning fills."""
    if means == "forecast_or_actual":
        return ACTUAL if state == "done" else FORECAST
    fields: dict[Meaning, str] = {"forecast": FORECAST, "actual": ACTUAL, "baseline": BASELINE, "type": "type"}
    return fields.get(means)


def title_of(value: Value | None) -> str:
    """The title in a cell. Raises Unreadable where there is none, or it is too long."""
    said = text(value)
    if said is None:
        raise Unreadable("is blank: write the milestone's name in it, or clear the row")
    if len(said) > LONGEST_TITLE:
        raise Unreadable(f"has {len(said)} letters: shorten it to {LONGEST_TITLE}")
    return said


def about(line: Line, row: Row) -> Iterator[Finding]:
    """What a person should know of a row that was read."""
    if line.row in line.sheet.grid.hidden_rows:
        yield row.finding("noted", "row", f"{row.slot}: its row is hidden, and was read: clear it if it is not meant")
    title = line.value("title")
    if line.sheet.grid.written and isinstance(title, str) and "\n" in title.strip():
        message = f"{row.slot}: its title goes over several lines: check that its quotation marks are closed"
        yield row.finding("noted", "title", message)
    for means in sorted(DATES):
        if says_no_date(value := line.value(means)):
            message = f"{row.slot}: {_words(means)} says {value!r}: no date is published until one is written"
            yield row.finding("noted", means, message)
    happened = line.value("actual") is not None and not says_no_date(line.value("actual"))
    if happened and row.state != "done" and (row.state == "open" or line.sheet.table.is_form):
        yield row.finding("noted", "actual", f"{row.slot} has an actual date, but is {row.said}: set it Complete")
    if row.baseline is None and row.original_baseline is not None:
        message = f"{row.slot} has no latest approved baseline, so the original one holds: fill it in if it does not"
        yield row.finding("noted", "baseline", message)


def _words(means: Meaning) -> str:
    return means.replace("_", " ")
