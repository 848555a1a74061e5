"""Writes a board pack as an Excel workbook: a sheet for each table, and no cell a formula."""

import datetime as dt
import io
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from services.kit.cells import may_be_formula
from services.kit.words import moment_in_words, readable
from services.plan_tracking.domain.board_pack import BoardPack, Cell, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_BOLD, _DATE, _WRAPPED = Font(bold=True), "d mmm yyyy", Alignment(wrap_text=True, vertical="top")
_NARROW, _WIDE = 14, 44


def workbook(pack: BoardPack) -> bytes:
    """The pack as an .xlsx file."""
    book = Workbook()
    book.remove(book.active)
    for table in pack.tables:
        _sheet(book.create_sheet(table.title), pack, table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(sheet: Any, pack: BoardPack, table: Table) -> None:
    _fill(sheet.cell(1, 1), pack.title).font = Font(bold=True, size=14)
    _fill(sheet.cell(2, 1), f"{moment_in_words(pack.since)} to {moment_in_words(pack.until)}")
    for column, header in enumerate(table.headers, 1):
        _fill(sheet.cell(4, column), header).font = _BOLD
        texts = any(isinstance(row[column - 1], str) for row in table.rows)
        sheet.column_dimensions[get_column_letter(column)].width = _WIDE if texts else _NARROW
    for number, row in enumerate(table.rows, 5):
        for column, said in enumerate(row, 1):
            _fill(sheet.cell(number, column), said).alignment = _WRAPPED
    sheet.freeze_panes = "B5"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = "4:4"


def _fill(cell: Any, said: Cell) -> Any:
    if isinstance(said, str):
        cell.value, cell.data_type = readable(said), "s"  # whatever it begins with
        cell.quotePrefix = may_be_formula(said)
    elif said is not None:
        cell.value = said
        cell.number_format = _DATE if isinstance(said, dt.date) else cell.number_format
    return cell
