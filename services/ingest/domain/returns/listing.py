"""Finds the tables of milestones in a sheet whose rows have no numbers of a form: lists, exports of trackers."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.ingest.domain.returns.cells import is_number, may_be_date, says_no_date
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.grid import Grid, Value
from services.ingest.domain.returns.headers import claim
from services.ingest.domain.returns.model import Meaning
from services.ingest.domain.returns.roles import roles
from services.ingest.domain.returns.statuses import is_status
from services.ingest.domain.returns.table import (
    LAST_HEADER,
    Headers,
    Remark,
    Table,
    headers_in,
    holds_milestones,
    values_in,
)

Chosen = Mapping[str, Meaning | None]

_MOST_LINES = 3
"""The rows that a header can take."""
_MOST_TABLES = 50
"""The tables that are read of a sheet: a bound on the work that it can cause."""
_LAST_HEADING = 20


@dataclass(frozen=True, slots=True)
class _Head:
    """A header: its first and last row, its texts, and how many things they name."""

    first: int
    last: int
    headers: Headers
    names: int


def find_lists(grid: Grid, chosen: Chosen) -> list[Table]:
    """The tables in the sheet that name a title and a date, each with at least one date or status, from the top."""
    heads = [*itertools.islice(_heads(grid, chosen), _MOST_TABLES + 1)]
    ends = [*(head.first - 1 for head in heads[1:]), grid.bottom]
    found = (_table(grid, head, end, chosen) for head, end in zip(heads[:_MOST_TABLES], ends, strict=False))
    tables = [table for table in found if table and holds_milestones(grid, table)]
    if tables and len(heads) > _MOST_TABLES:
        rest = Remark("refused", f"from row {heads[-1].first} on nothing is read: put its many tables into one")
        tables[-1] = replace(tables[-1], remarks=(*tables[-1].remarks, rest))
    return tables


def heading(grid: Grid) -> Headers:
    """The texts of the first row that looks like a header, whatever they say; empty where there is none."""
    for row in range(1, min(grid.bottom, _LAST_HEADING) + 1):
        headers = headers_in(grid, range(row, row + 1), grid.columns)
        if len(headers) > 1 and not _is_data(grid, row):
            return headers
    return {}


def _heads(grid: Grid, chosen: Chosen) -> Iterator[_Head]:
    """Headers in the sheet: the first row that can be one, then those that stand apart from the rows above them."""
    row, found = 1, False
    while row <= grid.bottom and (found or row <= LAST_HEADER):
        head = _head(grid, row, chosen) if not found or _stands_apart(grid, row) else None
        if head:
            yield head
            found = True
        row = head.last + 1 if head else row + 1


def _stands_apart(grid: Grid, row: int) -> bool:
    """Whether at most a heading stands in the row above, and no data in this one: else it goes on with a table."""
    above = sum(grid.value(row - 1, column) is not None for column in grid.columns)
    return above <= 1 and not _is_data(grid, row)


def _head(grid: Grid, row: int, chosen: Chosen) -> _Head | None:
    """The header that begins here, or a little further down: the one that names most, of equals in the fewest rows."""
    here = _best(grid, row, chosen)
    if here is None:
        return None
    below = (_best(grid, first, chosen) for first in range(row + 1, row + 1 + _MOST_LINES) if not _is_data(grid, first))

    def order(head: _Head) -> tuple[int, int, bool, int]:
        return -head.names, head.last - head.first, head.first > here.last, -head.first

    return min([here, *filter(None, below)], key=order)


def _best(grid: Grid, first: int, chosen: Chosen) -> _Head | None:
    best = None
    for last in range(first, first + _MOST_LINES):
        if last > first and (last > grid.bottom or _is_data(grid, last)):
            break
        headers = headers_in(grid, range(first, last + 1), grid.columns)
        named = _named(headers, chosen)
        if "title" in named and named & DATES and (best is None or len(named) > best.names):
            best = _Head(first, last, headers, len(named))
    return best


def _named(headers: Headers, chosen: Chosen) -> set[Meaning]:
    claims = (claim(header) for header in headers.values() if header not in chosen)
    return {found.means for found in claims if found} | {
        means for header, means in chosen.items() if means and header in headers.values()
    }


def _is_data(grid: Grid, row: int) -> bool:
    """Whether a row holds what headers do not: dates, numbers, statuses."""
    values = [value for column in grid.columns if (value := grid.value(row, column)) is not None]
    return any(may_be_date(value) or is_number(value) or says_no_date(value) or _is_status(value) for value in values)


def _is_status(value: Value) -> bool:
    """Whether the cell holds a status, and no header that has the same word: "Planned"."""
    return isinstance(value, str) and is_status(value) and claim(value) is None


def _table(grid: Grid, head: _Head, end: int, chosen: Chosen) -> Table | None:
    rows = [row for row in range(head.last + 1, end + 1) if not _repeats(grid, head, row)]
    cells = {column: values_in(grid, column, rows) for column in head.headers}
    found = roles(head.headers, cells, chosen)
    if "title" not in found.columns:
        return None
    taken = {*found.columns.values(), *found.needs, *found.private}
    others = {column: said for column, said in head.headers.items() if column not in taken}
    return Table(
        header=head.last,
        headers=head.headers,
        columns=found.columns,
        others=others,
        rows=rows,
        needs=found.needs,
        contested=found.contested,
        private=found.private,
        remarks=found.remarks,
    )


def _repeats(grid: Grid, head: _Head, row: int) -> bool:
    """Whether the row is the header once more, as on each page of a print."""
    return head.first == head.last and all(grid.value(row, at) == grid.value(head.first, at) for at in head.headers)
