"""Finds the table of milestones in a sheet: its header, its columns by what they mean, and its rows."""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.ingest.domain.returns.cells import begins_section, is_status, section_of
from services.ingest.domain.returns.columns import DATES, is_computed, meaning, title_rank
from services.ingest.domain.returns.grid import Grid, Value
from services.ingest.domain.returns.model import Meaning

Headers = Mapping[int, str]
"""The headers of a table by their columns."""

_SINGLE = DATES | {"status", "version"}
"""Meanings of which a table has one column: a second would be taken for the first."""

_LOOK_BELOW = 3
"""The first slot stands at most this many rows under the header."""

_LAST_HEADER, _MOST_TRIED = 500, 5
"""The last row that can be a header, and how many likely ones are tried: a bound on the work that a sheet can cause."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of milestones: where its header ends, the column of its slots, what its columns mean, and its rows.

    `section` is what its slots begin with ("6.01"), `numbered` how many there are, the empty ones too.
    `repeated` are headers of columns that mean what a column left of them means; `others` have no known meaning.
    """

    header: int
    slots: int
    section: str
    numbered: int
    columns: Mapping[Meaning, int]
    others: Headers
    repeated: Headers
    rows: tuple[int, ...]


def find_table(grid: Grid) -> Table | None:
    """The first table of milestones in the sheet; what stands further down is none of it. None when there is none.

    It is known by its header (a title and a date), by numbered slots under it, and by dates or statuses in its columns.
    """
    placed = ((row, headers, _slot_column(grid, row, headers)) for row, headers in _possible_headers(grid))
    numbered = ((row, headers, slots) for row, headers, slots in placed if slots is not None)
    for row, headers, slots in itertools.islice(numbered, _MOST_TRIED):
        table = _table(grid, row, slots, headers)
        if _holds_milestones(grid, table):
            return table
    return None


def has_unnumbered(grid: Grid) -> bool:
    """Whether the sheet looks as if it had a table of milestones, but one whose rows have no numbers."""
    for header, headers in _possible_headers(grid):
        dates = [column for column, said in headers.items() if meaning(said) in DATES]
        below = range(header + 1, header + 1 + _LOOK_BELOW)
        dated = any(isinstance(grid.value(row, column), dt.date) for row in below for column in dates)
        if dated and "status" in map(meaning, headers.values()) and _slot_column(grid, header, headers) is None:
            return True
    return False


def _possible_headers(grid: Grid) -> Iterator[tuple[int, Headers]]:
    """Rows whose texts name a title and a date, each with its last row; where there are none, what two say together."""
    columns, rows = grid.columns, range(1, min(grid.bottom, _LAST_HEADER) + 1)
    for row in rows:
        alone = _headers(grid, range(row, row + 1), columns)
        if _names_milestones(alone):
            both = _headers(grid, range(row, row + 2), columns)
            divided = len(_named(both)) > len(_named(alone)) and not _has_slot(grid, row + 1)
            yield (row + 1, both) if divided else (row, alone)
    for row in rows:
        both = _headers(grid, range(row, row + 2), columns)
        if _names_milestones(both):
            yield row + 1, both


def _named(headers: Headers) -> set[Meaning]:
    return {means for header in headers.values() if (means := meaning(header))}


def _names_milestones(headers: Headers) -> bool:
    found = _named(headers) if len(headers) > 2 else set()
    return "title" in found and bool(found & DATES)


def _has_slot(grid: Grid, row: int) -> bool:
    return any(section_of(grid.value(row, column)) for column in grid.every)


def _headers(grid: Grid, lines: range, columns: Sequence[int]) -> Headers:
    """The headers in these rows; where they are several, a merged cell stands over each column that it covers."""
    headers: dict[int, list[str]] = defaultdict(list)
    for line in lines:
        cells = grid.across(line, columns) if len(lines) > 1 else {c: grid.value(line, c) for c in columns}
        for column, cell in cells.items():
            if isinstance(cell, str):
                headers[column].append(" ".join(cell.split()))
    return {column: " ".join(dict.fromkeys(said)) for column, said in headers.items()}


def _slot_column(grid: Grid, header: int, headers: Headers) -> int | None:
    """The column of slots under a header: hidden or not, since a slot is only a position."""
    possible = [column for column in grid.every if meaning(headers.get(column, "")) in (None, "title")]
    for row in range(header + 1, header + 1 + _LOOK_BELOW):
        for column in possible:
            if section_of(grid.value(row, column)):
                return column
    return None


def _table(grid: Grid, header: int, slots: int, headers: Headers) -> Table:
    rows = tuple(_rows(grid, header, slots))
    values = {column: _values(grid, column, rows) for column in headers}
    read = {c: said for c, said in headers.items() if c != slots and not _is_variance(said, values[c])}
    columns = _meanings(read)
    told = [column for column in read if values[column] and all(map(is_status, values[column]))]
    if told and "status" not in columns:
        columns["status"] = told[0]
    rest = {column: said for column, said in read.items() if column not in columns.values()}
    repeated = {column: said for column, said in rest.items() if meaning(said) in _SINGLE}
    others = {column: said for column, said in rest.items() if column not in repeated}
    sections = [section for row in rows if (section := section_of(grid.value(row, slots)))]
    return Table(header, slots, sections[0], len(sections), columns, others, repeated, rows)


def _is_variance(header: str, values: list[Value]) -> bool:
    """Whether a column is worked out from others: numbers under a header that names a date are days between two."""
    numbers = sum(isinstance(value, int | float) for value in values)
    return is_computed(header) or (meaning(header) in DATES and numbers * 2 > len(values))


def _meanings(headers: Headers) -> dict[Meaning, int]:
    """The column of each meaning: of several the leftmost, but the title where it is named most plainly."""
    columns: dict[Meaning, int] = {}
    for column in sorted(headers, key=lambda column: (title_rank(headers[column]), column)):
        means = meaning(headers[column])
        if means:
            columns.setdefault(means, column)
    return columns


def _values(grid: Grid, column: int, rows: tuple[int, ...]) -> list[Value]:
    return [value for row in rows if (value := grid.value(row, column)) is not None]


def _rows(grid: Grid, header: int, slots: int) -> Iterator[int]:
    """The rows under the header until another section begins, with those that have no slot."""
    section = None
    for row in range(header + 1, grid.bottom + 1):
        number = grid.value(row, slots)
        of_row = section_of(number)
        if section and (begins_section(number) if of_row is None else of_row != section):
            return
        section = section or of_row
        yield row


def _holds_milestones(grid: Grid, table: Table) -> bool:
    dates = [v for means in DATES & table.columns.keys() for v in _values(grid, table.columns[means], table.rows)]
    statuses = _values(grid, table.columns["status"], table.rows) if "status" in table.columns else []
    return any(isinstance(value, dt.date) for value in dates) or any(map(is_status, statuses))
