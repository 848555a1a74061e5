"""Reads the tables of a file that is no form: each row a milestone, a candidate for one, or a finding."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.ingest.domain.returns.cells import shown
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.grid import Grid
from services.ingest.domain.returns.identity import Identity, identities
from services.ingest.domain.returns.item import Item, Reading, read_item
from services.ingest.domain.returns.kinds import Kinds, kinds
from services.ingest.domain.returns.listing import Chosen, find_lists
from services.ingest.domain.returns.model import Candidate, Choices, Finding, Meaning, Row
from services.ingest.domain.returns.needs import Index, index
from services.ingest.domain.returns.phrases import listed, rows, shortened
from services.ingest.domain.returns.sheet import Sheet, about_sheet, sheet_of
from services.ingest.domain.returns.statuses import plain
from services.ingest.domain.returns.table import Table, values_in

Placed = tuple[Grid, Table]

_ROW_NUMBERS = {"row", "no", "no.", "nr", "number", "line", "wbs", "row no", "row number", "line no"}
"""Headers of numbers that other rows of the file point at, and that are no ids."""

_TELLING: frozenset[Meaning] = DATES | {"status", "type", "reason", "id"}
"""Meanings of columns that footnotes say nothing in."""


@dataclass(frozen=True, slots=True)
class Lists:
    """What was read of the lists of a file."""

    sheets: tuple[Sheet, ...] = ()
    rows: tuple[Row, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    findings: tuple[Finding, ...] = ()


def lists_in(grids: Sequence[Grid], chosen: Chosen) -> tuple[list[Placed], list[Placed]]:
    """The lists in these sheets, and those that are passed over because others speak of milestones by that word."""
    found = [(grid, table) for grid in grids for table in find_lists(grid, chosen)]
    named = [placed for placed in found if _speaks_of_milestones(*placed, chosen)]
    return (named, [placed for placed in found if placed not in named]) if named else (found, [])


def _speaks_of_milestones(grid: Grid, table: Table, chosen: Chosen) -> bool:
    title = table.headers[table.columns["title"]]
    return "milestone" in f"{grid.sheet} {title}".lower() or chosen.get(title) == "title"


def read_lists(placed: Sequence[Placed], passed_over: Sequence[Placed], choices: Choices) -> Lists:
    """The milestones of these lists."""
    sheets = [sheet_of(grid, table, choices) for grid, table in placed]
    known, findings = identities(sheets)
    read = [_reading(sheet, of_sheet) for sheet, of_sheet in zip(sheets, known, strict=True)]
    items = [[read_item(reading, row) for row in reading.sheet.table.rows] for reading in read]
    for reading, of_sheet in zip(read, items, strict=True):
        findings += [*about_sheet(reading.sheet), *_about(reading, of_sheet)]
    findings += [_passed_over(grid, table) for grid, table in passed_over]
    every, called = [item for of_sheet in items for item in of_sheet], index(_names(read))
    linked = [linked_row(item.row, item.needs, called) for item in every if item.row]
    findings += [finding for item in every for finding in item.findings] + [f for _, about in linked for f in about]
    candidates = tuple(item.candidate for item in every if item.candidate)
    return Lists(tuple(sheets), tuple(row for row, _ in linked), candidates, tuple(findings))


def _passed_over(grid: Grid, table: Table) -> Finding:
    title = shortened(table.headers[table.columns["title"]])
    message = (
        f"sheet {grid.sheet} has a table with dates ({title}) that is not read, since another speaks of milestones: "
        "head its titles Milestone if they are meant"
    )
    return Finding("noted", message, sheet=grid.sheet)


def _reading(sheet: Sheet, known: Mapping[int, Identity]) -> Reading:
    telling = [column for means, column in sheet.table.columns.items() if means in _TELLING] + [*sheet.table.contested]
    said = [row for row in sheet.table.rows if any(sheet.grid.value(row, column) is not None for column in telling)]
    end = said[-1] if said else sheet.table.header
    blank = (row for row in sheet.table.rows if row > end and _is_blank(sheet.grid, row))
    return Reading(sheet, known, _kinds(sheet), end, next(blank, None))


def _is_blank(grid: Grid, row: int) -> bool:
    return all(grid.value(row, column) is None for column in grid.columns)


def _kinds(sheet: Sheet) -> Kinds:
    column = sheet.table.columns.get("type")
    title = sheet.table.columns["title"]
    rows_with_titles = [row for row in sheet.table.rows if sheet.grid.value(row, title) is not None]
    return kinds(values_in(sheet.grid, column, rows_with_titles) if column else {}, sheet.table.headers[title])


def _about(reading: Reading, items: Sequence[Item]) -> Iterator[Finding]:
    sheet = reading.sheet
    yield from _about_kinds(reading, sum(item.candidate is not None for item in items))
    unknown: dict[str, dict[int, str]] = defaultdict(dict)
    for row, item in zip(sheet.table.rows, items, strict=True):
        if item.status is not None:
            unknown[plain(item.status)][row] = item.status
    for waiting in unknown.values():
        yield Finding("question", _unknown_status(sheet, waiting), sheet=sheet.grid.sheet, field="status")
    if "status" not in sheet.table.columns and any(item.row for item in items):
        message = f"sheet {sheet.grid.sheet} has no status that can be read: what has an actual date is done"
        yield sheet.finding(f"{message}, the rest is open", "status")


def _unknown_status(sheet: Sheet, waiting: Mapping[int, str]) -> str:
    status = next(iter(waiting.values()))
    what = f"the status {shortened(status)!r}" if status else "no status"
    have = "have" if len(waiting) > 1 else "has"
    return (
        f"{rows(waiting)} of sheet {sheet.grid.sheet} {have} {what}: say whether that means open, done or cancelled. "
        "Nothing of these rows is published until then"
    )


def _about_kinds(reading: Reading, candidates: int) -> Iterator[Finding]:
    sheet, said = reading.sheet, reading.kinds
    column = sheet.table.columns.get("type")
    if column is None:
        return
    words = listed([shortened(word) for word in said.unknown])
    if said.decides and not said.found and candidates:
        message = f"no milestone found: {sheet.named(column)} calls no row one{f', but {words}' if words else ''}"
        message = f"{message}. Tick those that are, or say that this column is not read if all of them are"
        yield Finding("question", message, sheet=sheet.grid.sheet, field="type")
    elif said.decides and candidates:
        message = f"rows that {sheet.named(column)} does not call milestones: {candidates}. Tick those that are"
        yield sheet.finding(message, "type")
    elif said.unknown:
        message = f"{sheet.named(column)} says {words}, which is no type of milestone"
        yield sheet.finding(f"{message}: write approval, assurance, delivery or engagement", "type")


def _names(read: Sequence[Reading]) -> Iterator[tuple[str, str]]:
    """Everything that a row can be called by another's needs, and its slot: its id, number or title."""
    for reading in read:
        sheet = reading.sheet
        numbered = [column for column, header in sheet.table.headers.items() if header.lower() in _ROW_NUMBERS]
        calling = [sheet.table.columns.get("id"), sheet.table.columns["title"], *numbered]
        for row, identity in reading.identities.items():
            yield identity.slot, identity.slot
            for column in calling:
                value = sheet.grid.value(row, column) if column else None
                if value is not None:
                    yield shown(value), identity.slot


def linked_row(row: Row, needs: Sequence[str], known: Index) -> tuple[Row, list[Finding]]:
    """The row with what it needs, and a finding for each need that cannot be read."""
    found = [link for said in needs for link in known.links(said)]
    links = dict.fromkeys(link for link in found if not isinstance(link, str) and link.slot != row.slot)
    unclear = [row.finding("noted", "needs", f"{row.slot}: {why}") for why in found if isinstance(why, str)]
    return replace(row, needs=tuple(links)), unclear
