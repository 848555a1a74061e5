"""Reads an Excel workbook into grids: visible sheets, formulas by saved value, dates as plain dates, macros never."""

import datetime as dt
import io
import warnings
import zipfile
from contextlib import closing
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from services.ingest.domain.returns.grid import CellError, Grid, Position, Value
from services.ingest.readers.layout import LAST_COLUMN, LAST_ROW, Layout, scan
from services.ingest.readers.months import as_month, remarks, shows_month
from services.ingest.readers.package import open_package
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile

# openpyxl warns of everything it will not write back (validation lists, macros); nothing is written here
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


def read_workbook(content: bytes, limits: Limits = LIMITS) -> tuple[Grid, ...]:
    """The visible sheets of an .xlsx or .xlsm workbook, in their order.

    Raises UnreadableFile, whose message names the fix, for anything else and for what exceeds `limits`.
    """
    try:
        with open_package(content, limits) as package:
            return _grids(content, package, limits)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # zip, XML and openpyxl fail on malformed files in some twenty ways
        raise UnreadableFile(
            f"the file cannot be read as an Excel workbook ({error}): open it in Excel, save it as .xlsx and send that"
        ) from error


def _grids(content: bytes, package: zipfile.ZipFile, limits: Limits) -> tuple[Grid, ...]:
    # read-only: it streams, and never expands a merged range or a link over the cells it claims to cover
    with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)) as book:
        if not book.worksheets:
            raise UnreadableFile(
                "the workbook has no sheet that can be read: save it as Excel Workbook (.xlsx), not as Strict Open XML"
            )
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise UnreadableFile("no sheet of the workbook is visible: unhide those of the return, and send it again")
        left, grids = limits.cells, []
        for sheet in sheets:
            layout = _layout(sheet, package)
            left -= layout.used[0] * layout.used[1]
            _refuse_vast(sheet.title, layout, left, limits)
            grids.append(_grid(sheet, layout))
    return tuple(grids)


def _layout(sheet: Any, package: zipfile.ZipFile) -> Layout:
    with package.open(sheet._worksheet_path) as part:  # not public, but known nowhere else
        return scan(part)


def _refuse_vast(title: str, layout: Layout, left: int, limits: Limits) -> None:
    declared, used = layout.declared, layout.used
    if declared[0] > LAST_ROW or declared[1] > LAST_COLUMN or left < 0:
        rows, columns = max(declared[0], used[0]), max(declared[1], used[1])
        raise UnreadableFile(
            f"sheet {title!r} has {rows:,} rows and {columns:,} columns, and {limits.cells:,} cells are read in all: "
            "delete the rows and columns beyond its tables and save it again"
        )


def _grid(sheet: Any, layout: Layout) -> Grid:
    values, months = _values(sheet, layout)
    return Grid(
        sheet=sheet.title,
        values={**values, **months},
        merged=tuple(layout.merged),
        hidden_rows=frozenset(layout.hidden_rows),
        hidden_columns=frozenset(layout.hidden_columns),
        remarks=remarks(months),
    )


def _values(sheet: Any, layout: Layout) -> tuple[dict[Position, Value], dict[Position, str]]:
    """The values of the cells, and the months of those that hold a day but show none."""
    rows, columns = layout.used
    values: dict[Position, Value] = {}
    months: dict[Position, str] = {}
    for cells in sheet.iter_rows(max_row=rows, max_col=columns) if rows else ():
        for cell in cells:
            value = _value(cell)
            if value is not None:
                values[cell.row, cell.column] = value
            if isinstance(value, dt.date) and shows_month(cell.number_format) and (month := as_month(value)):
                months[cell.row, cell.column] = month
    values.update(dict.fromkeys(layout.uncalculated, CellError("a formula without a saved result")))
    return values, months


def _value(cell: Any) -> Value | None:
    value: Value | dt.time | dt.timedelta | None = cell.value
    if cell.data_type == "e":
        return CellError(str(value))
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.time):
        return str(value) if value != dt.time() else None  # a zero formatted as a date: how Excel shows "no date"
    if isinstance(value, dt.timedelta):
        return str(value)
    if isinstance(value, str):
        return unescape(value) if value.strip() else None
    return value
