"""A sheet with its table, as its rows are read: how its dates are written, and what the sender chose."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.ingest.domain.returns.cells import shown
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.date_column import DateColumn, about, date_column, is_month_first, told
from services.ingest.domain.returns.grid import Grid, letters
from services.ingest.domain.returns.headers import says_month_first
from services.ingest.domain.returns.model import Choices, Column, Finding, Meaning, MilestoneType
from services.ingest.domain.returns.phrases import rows, shortened
from services.ingest.domain.returns.table import Table, values_in

_MOST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in its grid; `kind` is the type of its milestones, where the sheet says it.

    `width` is the commonest number of cells in a row of a text file: some programs end every row with blank ones.
    """

    grid: Grid
    table: Table
    choices: Choices
    dates: Mapping[Meaning, DateColumn]
    kind: MilestoneType | None = None
    width: int = 0

    def overflows(self, row: int) -> bool:
        """Whether a row of a text file has more cells than its header, and not just the blank ones that all have."""
        header, written = self.grid.written.get(self.table.header), self.grid.written.get(row)
        if header is None or written is None or written.cells <= header.cells:
            return False
        beyond = range(header.cells + 1, written.cells + 1)
        return written.cells != self.width or any(self.grid.value(row, column) is not None for column in beyond)

    def named(self, column: int) -> str:
        """The column as findings name it: "column D (Due date) of sheet Plan"."""
        return f"column {letters(column)} ({self.table.headers[column]}) of sheet {self.grid.sheet}"

    def finding(self, message: str, field: str | None = None) -> Finding:
        """Something to know about the sheet."""
        return Finding("noted", message, sheet=self.grid.sheet, field=field)


def sheet_of(grid: Grid, table: Table, choices: Choices, kind: MilestoneType | None = None) -> Sheet:
    """The table as its rows are read."""
    dated = {means: column for means, column in table.columns.items() if means in DATES}
    turned = {c for c in table.headers if is_month_first(values_in(grid, c, table.rows).values())}
    turned |= {column for column, header in table.headers.items() if says_month_first(header)}
    dates = {
        means: date_column(
            told(values_in(grid, column, table.rows)),
            choices.order.get(table.headers[column]),
            choices.year.get(table.headers[column]),
            bool(turned),
        )
        for means, column in dated.items()
    }
    return Sheet(grid, table, choices, dates, kind, _width(grid, table))


def _width(grid: Grid, table: Table) -> int:
    cells = Counter(grid.written[row].cells for row in table.rows if row in grid.written)
    return max(cells, key=lambda count: cells[count], default=0)


def needs_of(sheet: Sheet, row: int) -> list[str]:
    """The texts of a row's dependencies."""
    values = (sheet.grid.value(row, column) for column in sheet.table.needs)
    return [shown(value) for value in values if value is not None]


def columns_of(sheet: Sheet) -> Iterator[Column]:
    """The columns of the sheet's table as they were understood; nothing is shown of those that name people."""
    for column, header in sorted(sheet.table.headers.items()):
        values = values_in(sheet.grid, column, sheet.table.rows).values()
        samples = list(dict.fromkeys(shortened(shown(value)) for value in values))[:_MOST_SAMPLES]
        private = column in sheet.table.private
        yield Column(
            sheet.grid.sheet, letters(column), header, sheet.table.meaning_of(column), () if private else tuple(samples)
        )


def about_sheet(sheet: Sheet) -> Iterator[Finding]:
    """What a person should know of how the sheet is read, apart from its rows."""
    for remark in sheet.grid.remarks:
        yield sheet.finding(remark)
    for said in sheet.table.remarks:
        yield Finding(said.kind, f"sheet {sheet.grid.sheet}: {said.message}", sheet=sheet.grid.sheet, field=said.field)
    for means, column in sorted(sheet.dates.items()):
        for kind, message in about(column, sheet.named(sheet.table.columns[means])):
            yield Finding(kind, message, sheet=sheet.grid.sheet, field=means)
    yield from _narrow(sheet)


def _narrow(sheet: Sheet) -> Iterator[Finding]:
    header = sheet.grid.written.get(sheet.table.header)
    if header:
        cells = {row: sheet.grid.written[row].cells for row in sheet.table.rows if row in sheet.grid.written}
        titles = values_in(sheet.grid, sheet.table.columns["title"], sheet.table.rows)
        narrow = [row for row in titles if cells.get(row, header.cells) < header.cells]
        if narrow and len(narrow) < len(titles):
            message = f"{rows(narrow)} of sheet {sheet.grid.sheet}: fewer cells than the header, so the last are blank"
            yield sheet.finding(f"{message}. Check that none is missing between")
