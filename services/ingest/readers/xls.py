"""Reads an old Excel workbook (.xls) into grids: visible sheets, formulas by saved value, dates as plain dates."""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import xlrd

from services.ingest.domain.returns.grid import Area, CellError, Grid, Position, Value
from services.ingest.readers.months import as_month, remarks, shows_month
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile, refuse_large, vast
from services.ingest.readers.xls_cells import cells_in

_SAVE = "open it in Excel, save it as an .xlsx workbook without a password, and send that"

_FORMATS = 2
"""How many times as many cells there may be as are read: those of hidden sheets, and those with a format alone."""


def read_xls(content: bytes, limits: Limits = LIMITS) -> tuple[Grid, ...]:
    """The visible sheets of an .xls workbook, in their order.

    Raises UnreadableFile, whose message names the fix, for anything else and for what exceeds `limits`.
    """
    refuse_large(content, limits)
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
        records = book.mem[book.base : book.base + book.stream_len]
        _refuse_formats(cells_in(records, _FORMATS * limits.cells), limits)
        return _grids(book, limits)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # xlrd fails on malformed files in a dozen ways
        raise UnreadableFile(f"the file cannot be read as an Excel workbook ({_why(error)}): {_SAVE}") from error


def _why(error: Exception) -> str:
    said = str(error) or type(error).__name__
    if "Can't find workbook" in said:
        return "it is protected by a password, or is another kind of document; a Project plan is sent as XML"
    return "it is protected by a password" if "encrypted" in said else said


def _refuse_formats(cells: int, limits: Limits) -> None:
    most = _FORMATS * limits.cells
    if cells > most:
        raise UnreadableFile(
            f"the sheets of the file, hidden ones too, have more than {most:,} cells with a value or a format: delete "
            "the rows and columns beyond their tables and save it again"
        )


def _grids(book: Any, limits: Limits) -> tuple[Grid, ...]:
    left, loaded, grids = limits.cells, 0, []
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        loaded += sum(map(sheet.row_len, range(sheet.nrows)))
        _refuse_formats(loaded, limits)  # several sheets may say that they are the same cells
        if not sheet.visibility:
            grid = _grid(book, sheet)
            left -= grid.bottom * max(grid.every, default=0)
            if left < 0:
                raise vast(sheet.name, limits)
            grids.append(grid)
        book.unload_sheet(number)
    if not grids:
        raise UnreadableFile("no sheet of the workbook is visible: unhide those of the return, and send it again")
    return tuple(grids)


def _grid(book: Any, sheet: Any) -> Grid:
    months = dict(_months(book, sheet))
    return Grid(
        sheet.name,
        {**dict(_values(book, sheet)), **months},
        merged=tuple(Area(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells),
        hidden_rows=frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_columns=frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden),
        remarks=remarks(months),
    )


def _values(book: Any, sheet: Any) -> Iterator[tuple[Position, Value]]:
    for place, cell in _cells(sheet):
        value = _value(book, cell)
        if value is not None:
            yield place, value


def _months(book: Any, sheet: Any) -> Iterator[tuple[Position, str]]:
    for place, cell in _cells(sheet):
        if cell.ctype == xlrd.XL_CELL_DATE and shows_month(_format(book, cell)):
            date = _value(book, cell)
            if isinstance(date, dt.date) and (month := as_month(date)):
                yield place, month


def _format(book: Any, cell: Any) -> str:
    return str(book.format_map[book.xf_list[cell.xf_index].format_key].format_str)


def _cells(sheet: Any) -> Iterator[tuple[Position, Any]]:
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row), 1):
            yield (row + 1, column), cell


def _value(book: Any, cell: Any) -> Value | None:
    value: Value = cell.value
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return value if str(value).strip() else None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return int(value) if isinstance(value, float) and value.is_integer() else value
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(cell.value, book.datemode)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "an error"))
    return None


def _date(serial: float, epoch: int) -> Value | None:
    if not serial:
        return None  # a zero formatted as a date: how Excel shows "no date"
    try:
        moment: dt.datetime = xlrd.xldate.xldate_as_datetime(serial, epoch)
    except (xlrd.xldate.XLDateError, OverflowError):
        return serial
    if serial < 1:
        return str(moment.time())
    return moment.date()
