"""Reads the sheets of a return into rows; what cannot be read is refused by name, and the rest goes on."""

from collections.abc import Iterator, Sequence

from services.ingest.domain.returns.columns import milestone_type
from services.ingest.domain.returns.front import read_front
from services.ingest.domain.returns.grid import Grid, letters
from services.ingest.domain.returns.line import read_line
from services.ingest.domain.returns.model import Finding, MilestoneType, Return, Row
from services.ingest.domain.returns.table import Table, find_table, has_unnumbered

Placed = tuple[Grid, Table]
Read = tuple[list[Row], list[Finding]]

_NO_TABLE = (
    "no visible sheet has a table of milestones: a header row with a milestone label, baseline and forecast / actual "
    "dates and a status, and numbered rows (6.01.1) under it. Unhide the sheet, or restore its header and numbers"
)


def read_return(grids: Sequence[Grid]) -> Return:
    """The return in these sheets: the milestones of the first table of each, and what a person should know of them.

    Raises nothing: where no sheet has a table of milestones, a finding says so.
    """
    front = read_front(grids)
    tables = [(grid, table) for grid in grids if (table := find_table(grid))]
    forms = _forms(tables)
    read = [_sheet(grid, table) for grid, table in forms]
    rows = tuple(row for of_sheet, _ in read for row in of_sheet)
    findings = [*front.findings, *(finding for _, about in read for finding in about)]
    for grid, table in tables:
        if (grid, table) not in forms:
            findings += _about_copy(grid, table, rows)
    return Return(front.project, front.as_at, front.period, rows, (*findings, *_about_rest(grids, tables)))


def _forms(tables: Sequence[Placed]) -> list[Placed]:
    """The tables that are the form itself: a summary repeats a few rows of a section, so the fullest is the form."""
    fullest: dict[str, Placed] = {}
    for placed in tables:
        section = placed[1].section
        fullest[section] = max(fullest.get(section, placed), placed, key=lambda other: other[1].numbered)
    return list(fullest.values())


def _about_rest(grids: Sequence[Grid], tables: Sequence[Placed]) -> Iterator[Finding]:
    read = {grid.sheet for grid, _ in tables}
    for grid in grids:
        if grid.sheet not in read and has_unnumbered(grid):
            message = f"sheet {grid.sheet} seems to list milestones, but is not read: number its rows if they are meant"
            yield Finding("noted", message, sheet=grid.sheet)
    if not tables:
        yield Finding("refused", _NO_TABLE)


def _about_copy(grid: Grid, table: Table, rows: Sequence[Row]) -> Iterator[Finding]:
    """Findings for rows that a summary states otherwise than the form; what it merely repeats is nothing."""
    stated = {row.slot: row for row in rows}
    for copy in _sheet(grid, table)[0]:
        form = stated.get(copy.slot)
        if form and any(said not in (None, meant) for said, meant in zip(_content(copy), _content(form), strict=True)):
            place = f"row {copy.row} of sheet {grid.sheet}"
            yield form.finding("noted", "row", f"{copy.slot} differs in {place}, which is not read: correct either")


def _content(row: Row) -> tuple[object, ...]:
    return row.title, row.state, row.agreed, row.due


def _sheet(grid: Grid, table: Table) -> Read:
    if "status" not in table.columns:
        message = f"sheet {grid.sheet} has no column Status: add it, with Live, Complete, Superceded or Redundant"
        return [], [Finding("refused", message, sheet=grid.sheet, field="status")]
    kind = milestone_type(grid.sheet, _headings(grid, table))
    rows: list[Row] = []
    findings = [*_about_sheet(grid, table, kind)]
    for line in table.rows:
        row, about = read_line(grid, table, line, kind)
        rows += [row] if row else []
        findings += about
    return rows, findings


def _headings(grid: Grid, table: Table) -> str:
    return " ".join(v for (row, _), v in grid.values.items() if row < table.header and isinstance(v, str))


def _about_sheet(grid: Grid, table: Table, kind: MilestoneType | None) -> Iterator[Finding]:
    if kind is None:
        message = f"sheet {grid.sheet} does not say its type of milestone: name it Approvals, Assurance or Delivery"
        yield Finding("noted", message, sheet=grid.sheet, field="type")
    for column, header in table.repeated.items():
        message = f"column {letters(column)} ({header}) of sheet {grid.sheet} is not read: another column says the same"
        yield Finding("noted", message, sheet=grid.sheet)
