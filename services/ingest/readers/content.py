"""The content of an OpenDocument spreadsheet: its visible sheets as grids, read as a stream."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from services.ingest.domain.returns.grid import Area, Grid, Position, Value
from services.ingest.readers.content_cells import OFFICE, TABLE, Styles, is_value, month_of, value_of
from services.ingest.readers.layout import LAST_COLUMN, LAST_ROW
from services.ingest.readers.months import remarks
from services.ingest.readers.refusal import Limits, vast

_SPREADSHEET, _SHEET, _ROW, _COLUMN = (
    f"{OFFICE}spreadsheet",
    f"{TABLE}table",
    f"{TABLE}table-row",
    f"{TABLE}table-column",
)
_HIDDEN = {"collapse", "filter"}


@dataclass(slots=True)
class _Sheet:
    """A sheet while it is read; `row` and `column` are the last ones so far, `styles` those of columns."""

    name: str
    row: int = 0
    column: int = 0
    values: dict[Position, Value] = field(default_factory=dict)
    months: dict[Position, str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    styles: dict[int, str] = field(default_factory=dict)

    def grid(self) -> Grid:
        return Grid(
            self.name,
            {**self.values, **self.months},
            merged=tuple(self.merged),
            hidden_rows=frozenset(self.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
            remarks=remarks(self.months),
        )


def sheets(part: IO[bytes], limits: Limits) -> tuple[Grid, ...]:
    """The visible sheets in `content.xml`, in their order.

    Raises UnreadableFile for what exceeds `limits`, ParseError or ValueError for what is no such content.
    """
    return tuple(_Content(limits).grids(part))


class _Content:
    def __init__(self, limits: Limits) -> None:
        self._limits, self._left = limits, limits.cells
        self._styles = Styles()
        self._path: list[str] = []
        self._tables = 0
        self._sheet: _Sheet | None = None

    def grids(self, part: IO[bytes]) -> Iterator[Grid]:
        # parts with a document type were refused, so nothing can expand
        for event, element in ET.iterparse(part, ("start", "end")):  # noqa: S314
            if event == "start":
                self._begin(element)
                continue
            if self._is_sheet() and self._sheet:
                if not self._styles.hide(element):
                    yield self._counted(self._sheet.grid())
                self._sheet = None
                element.clear()
            elif self._sheet:
                self._take(self._sheet, element)
            else:
                self._styles.take(element)
            self._path.pop()
            self._tables -= element.tag == _SHEET

    def _begin(self, element: ET.Element) -> None:
        self._path.append(element.tag)
        self._tables += element.tag == _SHEET
        if self._is_sheet():
            self._sheet = _Sheet(element.get(f"{TABLE}name", ""))

    def _is_sheet(self) -> bool:
        return self._path[-2:] == [_SPREADSHEET, _SHEET]

    def _counted(self, grid: Grid) -> Grid:
        self._left -= grid.bottom * max(grid.every, default=0)
        if self._left < 0:
            raise vast(grid.sheet, self._limits)
        return grid

    def _take(self, sheet: _Sheet, element: ET.Element) -> None:
        # a table inside a cell, a drawing or a list of tracked changes is none of the sheet's
        if self._tables > 1 or element.tag not in (_ROW, _COLUMN):
            return
        hidden, times = element.get(f"{TABLE}visibility") in _HIDDEN, 1
        if element.tag == _COLUMN:
            times = _times(element, "columns")
            self._column(sheet, element, range(sheet.column + 1, min(sheet.column + times, LAST_COLUMN) + 1), hidden)
            sheet.column += times
            return
        times = _times(element, "rows")
        self._row(sheet, element, range(sheet.row + 1, sheet.row + times + 1), hidden)
        sheet.row += times
        element.clear()

    def _column(self, sheet: _Sheet, element: ET.Element, columns: range, hidden: bool) -> None:
        sheet.styles |= dict.fromkeys(columns, element.get(f"{TABLE}default-cell-style-name", ""))
        if hidden:
            sheet.hidden_columns.update(columns)

    def _row(self, sheet: _Sheet, element: ET.Element, rows: range, hidden: bool) -> None:
        cells = dict(self._cells(sheet, element, rows[0] if rows else 1))
        if cells and (rows[-1] > LAST_ROW or len(sheet.values) + len(cells) * len(rows) > self._left):
            raise vast(sheet.name, self._limits)
        for row in rows if cells else ():
            for column, (value, month) in cells.items():
                sheet.values[row, column] = value
                if month:
                    sheet.months[row, column] = month
        if hidden:
            sheet.hidden_rows.update(range(rows[0], min(rows[-1], LAST_ROW) + 1))

    def _cells(self, sheet: _Sheet, element: ET.Element, row: int) -> Iterator[tuple[int, tuple[Value, str | None]]]:
        column = 0
        for cell in element:
            times = _times(cell, "columns")
            value = value_of(cell) if is_value(cell) else None
            if value is not None:
                if column + times > LAST_COLUMN:
                    raise vast(sheet.name, self._limits)
                style = cell.get(f"{TABLE}style-name") or sheet.styles.get(column + 1, "")
                month = month_of(value) if style in self._styles.months else None
                yield from ((at, (value, month)) for at in range(column + 1, column + times + 1))
            if (area := _area(cell, row, column + 1)) is not None:
                sheet.merged.append(area)
            column += times


def _times(element: ET.Element, what: str) -> int:
    return max(1, int(element.get(f"{TABLE}number-{what}-repeated", 1)))


def _area(cell: ET.Element, row: int, column: int) -> Area | None:
    """The block that a cell is merged with."""
    down, across = (int(cell.get(f"{TABLE}number-{what}-spanned", 1)) for what in ("rows", "columns"))
    return Area(row, column, row + down - 1, column + across - 1) if down > 1 or across > 1 else None
