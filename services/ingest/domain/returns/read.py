"""Reads the sheets of a return into rows; what cannot be read is refused by name, and the rest goes on."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.ingest.domain.returns.columns import milestone_type
from services.ingest.domain.returns.form import find_form, has_unnumbered, meanings
from services.ingest.domain.returns.front import Front, read_front
from services.ingest.domain.returns.grid import Grid, letters
from services.ingest.domain.returns.line import read_line
from services.ingest.domain.returns.listing import Chosen, heading
from services.ingest.domain.returns.lists import Placed, linked_row, lists_in, read_lists
from services.ingest.domain.returns.model import Choices, Column, Finding, Return, Row
from services.ingest.domain.returns.needs import index
from services.ingest.domain.returns.phrases import listed, several_projects, shortened
from services.ingest.domain.returns.sheet import Sheet, about_sheet, columns_of, needs_of, sheet_of
from services.ingest.domain.returns.table import Table

Read = tuple[list[Row], list[Finding]]

_AS_FOUND = Choices()

_NO_TABLE = (
    "no visible sheet has a table of milestones: a header row that names a title (Milestone, Title, Summary) and a "
    "date (Baseline, Forecast, Due date), with dates or statuses under it"
)


def read_return(grids: Sequence[Grid], choices: Choices = _AS_FOUND) -> Return:
    """The return in these sheets: its milestones, and what a person should know of them.

    Of a form (its rows have numbers such as 6.01.4) the first table of each sheet is read, of any other file every
    table that names a title and a date. Raises nothing: where there is no such table, a finding says so.
    """
    forms = _forms_in(grids, choices.columns)
    lists, passed_over = ([], []) if forms else lists_in(grids, choices.columns)
    if forms:
        found = _read_forms(grids, forms, choices)
    elif lists:
        found = _read_lists(grids, lists, passed_over, choices)
    else:
        found = _nothing(grids)
    return replace(found, layout=_layout(grids, choices.columns, forms or lists))


def _forms_in(grids: Sequence[Grid], chosen: Chosen) -> list[Placed]:
    means = meanings(chosen)
    return [(grid, table) for grid in grids if (table := find_form(grid, means))]


def _layout(grids: Sequence[Grid], chosen: Chosen, tables: Sequence[Placed]) -> str:
    """A digest of the file's headers, as they are found without choices, so that it is there before any is made."""
    if chosen:
        tables = _forms_in(grids, {}) or lists_in(grids, {})[0]
    headers = [table.headers for _, table in tables] or [heading(grid) for grid in grids]
    said = sorted({header.lower() for of_table in headers for header in of_table.values()})
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:32]


def _nothing(grids: Sequence[Grid]) -> Return:
    columns = [Column(grid.sheet, letters(at), said, None) for grid in grids for at, said in heading(grid).items()]
    said = listed([shortened(column.header) for column in columns])
    fix = (
        f". Its headers are {said}: say what they mean, or restore them"
        if said
        else ": restore it, or unhide its sheet"
    )
    remarks = (Finding("noted", remark, sheet=grid.sheet) for grid in grids for remark in grid.remarks)
    findings = (*remarks, Finding("refused", _NO_TABLE + fix))
    return Return(None, None, None, (), findings, columns=tuple(columns))


def _read_lists(
    grids: Sequence[Grid], lists: Sequence[Placed], passed_over: Sequence[Placed], choices: Choices
) -> Return:
    read = read_lists(lists, passed_over, choices)
    front = read_front([_above(grid, lists) for grid in grids])
    project, findings = _project(front, read.rows)
    return Return(
        project,
        front.as_at,
        front.period,
        read.rows,
        (*front.findings, *findings, *read.findings),
        columns=tuple(column for sheet in read.sheets for column in columns_of(sheet)),
        candidates=read.candidates,
    )


def _above(grid: Grid, lists: Sequence[Placed]) -> Grid:
    """What stands above the first table of a sheet: a list may have anything in it, and is no front matter."""
    headers = [table.header for of_grid, table in lists if of_grid is grid]
    values = {place: value for place, value in grid.values.items() if not headers or place[0] < min(headers)}
    return replace(grid, values=values)


def _project(front: Front, rows: Sequence[Row]) -> tuple[str | None, list[Finding]]:
    """The project of the front matter, else the only one that the rows name."""
    named = list(dict.fromkeys(row.project for row in rows if row.project))
    if len(named) <= 1:
        return front.project or (named[0] if named else None), []
    return front.project, [Finding("noted", several_projects(named), field="project")]


def _read_forms(grids: Sequence[Grid], tables: Sequence[Placed], choices: Choices) -> Return:
    front, fullest = read_front(grids), _fullest(tables)
    sheets = [_form(grid, table, choices) for grid, table in fullest]
    rows, about = _linked(sheets, [_lines(sheet) for sheet in sheets])
    findings = [*front.findings, *about]
    for placed in tables:
        if placed not in fullest:
            findings += _about_copy(_form(*placed, choices), rows)
    return Return(
        front.project,
        front.as_at,
        front.period,
        rows,
        (*findings, *_about_rest(grids, tables, choices.columns)),
        columns=tuple(column for sheet in sheets for column in columns_of(sheet)),
    )


def _fullest(tables: Sequence[Placed]) -> list[Placed]:
    """The tables that are the form itself: a summary repeats a few rows of a section, so the fullest is the form."""
    fullest: dict[str, Placed] = {}
    for placed in tables:
        section = placed[1].section
        fullest[section] = max(fullest.get(section, placed), placed, key=lambda other: other[1].numbered)
    return list(fullest.values())


def _form(grid: Grid, table: Table, choices: Choices) -> Sheet:
    return sheet_of(grid, table, choices, milestone_type(grid.sheet, _headings(grid, table)))


def _linked(sheets: Sequence[Sheet], read: Sequence[Read]) -> tuple[tuple[Row, ...], list[Finding]]:
    """The rows of these sheets, each with what it needs; and all that is to be known of them."""
    called = index((row.slot, row.slot) for of_sheet, _ in read for row in of_sheet)
    rows: list[Row] = []
    findings: list[Finding] = []
    for sheet, (of_sheet, about) in zip(sheets, read, strict=True):
        linked = [linked_row(row, needs_of(sheet, row.row), called) for row in of_sheet]
        rows += [row for row, _ in linked]
        findings += [*about, *(finding for _, unclear in linked for finding in unclear)]
    return tuple(rows), findings


def _about_rest(grids: Sequence[Grid], tables: Sequence[Placed], chosen: Chosen) -> Iterator[Finding]:
    read = {grid.sheet for grid, _ in tables}
    for grid in grids:
        if grid.sheet not in read and has_unnumbered(grid, meanings(chosen)):
            message = f"sheet {grid.sheet} seems to list milestones, but is not read: number its rows if they are meant"
            yield Finding("noted", message, sheet=grid.sheet)


def _about_copy(sheet: Sheet, rows: Sequence[Row]) -> Iterator[Finding]:
    """Findings for rows that a summary states otherwise than the form; what it merely repeats is nothing."""
    stated = {row.slot: row for row in rows}
    for copy in _lines(sheet)[0]:
        form = stated.get(copy.slot)
        if form and any(said not in (None, meant) for said, meant in zip(_content(copy), _content(form), strict=True)):
            place = f"row {copy.row} of sheet {sheet.grid.sheet}"
            yield form.finding("noted", "row", f"{copy.slot} differs in {place}, which is not read: correct either")


def _content(row: Row) -> tuple[object, ...]:
    return row.title, row.state, row.agreed, row.due


def _lines(sheet: Sheet) -> Read:
    """The rows of a form's sheet, without what they need."""
    if "status" not in sheet.table.columns:
        name = sheet.grid.sheet
        message = f"sheet {name} has no column Status: add it, with Live, Complete, Superceded or Redundant"
        return [], [Finding("refused", message, sheet=name, field="status")]
    read = [read_line(sheet, row) for row in sheet.table.rows]
    about = (finding for _, of_row in read for finding in of_row)
    return [row for row, _ in read if row], [*_about_form(sheet), *about]


def _headings(grid: Grid, table: Table) -> str:
    return " ".join(v for (row, _), v in grid.values.items() if row < table.header and isinstance(v, str))


def _about_form(sheet: Sheet) -> Iterator[Finding]:
    name = sheet.grid.sheet
    if sheet.kind is None:
        message = f"sheet {name} does not say its type of milestone: name it Approvals, Assurance or Delivery"
        yield sheet.finding(message, "type")
    for column, header in sheet.table.repeated.items():
        message = f"column {letters(column)} ({header}) of sheet {name} is not read: another column says the same"
        yield sheet.finding(message)
    yield from about_sheet(sheet)
