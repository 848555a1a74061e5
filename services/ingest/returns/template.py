"""Writes templates: a workbook or a CSV file, prefilled with a department's milestones."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.ingest.domain.returns.template import (
    HEADERS,
    ID,
    REASON,
    STATUS,
    STATUSES,
    TITLE,
    TYPE,
    TYPES,
    Cell,
)
from services.kit.cells import marked, may_be_formula

_LOCKED = (ID, "Original baseline")
_WIDTHS = {ID: 38, TITLE: 44, REASON: 60}
_WIDTH = 18
_SPARE = 500
"""Rows under the milestones that are ready for new ones."""

_GREY, _HEAD = PatternFill("solid", fgColor="E7E6E6"), PatternFill("solid", fgColor="1F3864")
_WHITE, _DATE = Font(bold=True, color="FFFFFF"), "d mmm yyyy"

_READ_ME = (
    "How to use this workbook",
    "It holds the milestones of your department as the plan has them today. Change what has changed, and send it back; "
    "what you leave as it is changes nothing.",
    "1. On the sheet Return, set the as-at date: the day as of which all this is so.",
    "2. On the sheet Milestones, give the date that you now expect (Forecast), or the date on which it was met "
    "(Actual) and the status Done.",
    "3. Where a date moves, say why in the column Reason: replace what stands there.",
    "4. A new milestone goes in a row below, without an ID and with the status Open. One that will not happen gets the "
    "status Cancelled and a reason; nothing happens to a milestone whose row you delete.",
    "5. The grey columns are not yours to fill in: the ID tells which milestone a row is, and the original baseline is "
    "what was first agreed.",
    "A date may be a day, a month (March 2027), a quarter of the financial year (Q4 2026/27) or a financial year "
    "(FY 2026/27). A blank cell says nothing; TBC says that there is no date.",
    "Nothing is published before you have been shown what it changes and whom it reaches.",
)


@dataclass(frozen=True, slots=True)
class Front:
    """What the workbook is about."""

    plan: str
    department: str
    project: str | None
    as_at: dt.date


def workbook(front: Front, lines: Sequence[Sequence[Cell]]) -> bytes:
    """The template as an .xlsx file: how to use it, what it is about, and the milestones."""
    book = Workbook()
    book.remove(book.active)
    _read_me(book.create_sheet("Read me"))
    _front(book.create_sheet("Return"), front)
    _milestones(book.create_sheet("Milestones"), lines)
    book.active = 2
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_file(lines: Iterable[Sequence[Cell]]) -> bytes:
    """The template as CSV in UTF-8, with the mark by which spreadsheets know it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(HEADERS)
    for line in lines:
        writer.writerow([marked(cell) if isinstance(cell, str) else cell for cell in line])
    return stream.getvalue().encode("utf-8-sig")


def _read_me(sheet: Any) -> None:
    sheet.column_dimensions["A"].width = 100
    for row, sentence in enumerate(_READ_ME, 1):
        sheet.cell(row, 1, sentence).alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)


def _front(sheet: Any, front: Front) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 40
    about = ("Plan", front.plan), ("Department", front.department), ("Project reference", front.project)
    for row, (label, said) in enumerate((*about, ("As-at date", front.as_at)), 1):
        sheet.cell(row, 1, label).font = Font(bold=True)
        _fill(sheet.cell(row, 2), said)


def _milestones(sheet: Any, lines: Sequence[Sequence[Cell]]) -> None:
    for column, header in enumerate(HEADERS, 1):
        letters = get_column_letter(column)
        sheet.column_dimensions[letters].width = _WIDTHS.get(header, _WIDTH)
        head = sheet.cell(1, column, header)
        head.font, head.fill = _WHITE, _HEAD
        for row in range(2, len(lines) + _SPARE + 2):
            _prepare(sheet.cell(row, column), header)
    for row, line in enumerate(lines, 2):
        for column, said in enumerate(line, 1):
            _fill(sheet.cell(row, column), said)
    sheet.freeze_panes = "C2"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.sort = False  # allowed, that is
    _offer(sheet, TYPE, TYPES)
    _offer(sheet, STATUS, tuple(STATUSES.values()))


def _prepare(cell: Any, header: str) -> None:
    if header in _LOCKED:
        cell.fill = _GREY
    else:
        cell.protection = Protection(locked=False)
    if header == REASON:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _fill(cell: Any, said: Cell) -> None:
    if isinstance(said, str):
        # never a formula, whatever it begins with; an apostrophe of its own is kept by a second one
        cell.value, cell.data_type = marked(said) if said.startswith("'") else said, "s"
        cell.quotePrefix = may_be_formula(said)
    elif said is not None:
        cell.value, cell.number_format = said, _DATE


def _offer(sheet: Any, header: str, words: Sequence[str]) -> None:
    letters = get_column_letter(HEADERS.index(header) + 1)
    offered = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
    offered.error, offered.errorTitle = f"Choose one of: {', '.join(words)}", header
    sheet.add_data_validation(offered)
    offered.add(f"{letters}2:{letters}{sheet.max_row}")
