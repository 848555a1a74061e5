"""Finds the table of a form in a sheet, whose rows have numbers: "6.01.4"."""

import itertools
from collections.abc import Callable, Iterator, Mapping

from services.ingest.domain.returns.cells import begins_section, is_number, may_be_date, section_of
from services.ingest.domain.returns.columns import DATES, is_computed, meaning, title_rank
from services.ingest.domain.returns.grid import Grid, Value
from services.ingest.domain.returns.headers import claim, is_person
from services.ingest.domain.returns.model import Meaning
from services.ingest.domain.returns.statuses import is_status
from services.ingest.domain.returns.table import LAST_HEADER, Headers, Table, headers_in, holds_milestones, values_in

Meanings = Callable[[str], Meaning | None]
"""What a header means."""

_SINGLE = DATES | {"status", "version"}
"""Meanings of which a table has one column: a second would be taken for the first."""

_LOOK_BELOW = 3
"""The first slot stands at most this many rows under the header."""

_MOST_TRIED = 5
"""How many likely headers are tried: a bound on the work that a sheet can cause."""


def meanings(chosen: Mapping[str, Meaning | None]) -> Meanings:
    """What headers mean in a form, but for those whose meaning was chosen."""
    return lambda header: chosen[header] if header in chosen else meaning(header)


def find_form(grid: Grid, means: Meanings = meaning) -> Table | None:
    """The first numbered table of milestones in the sheet; what stands further down is none of it. None without one.

    It is known by its header (a title and a date), by numbered slots under it, and by dates or statuses in its columns.
    """
    placed = ((row, headers, _slot_column(grid, row, headers, means)) for row, headers in _likely(grid, means))
    numbered = ((row, headers, slots) for row, headers, slots in placed if slots is not None)
    for row, headers, slots in itertools.islice(numbered, _MOST_TRIED):
        table = _table(grid, row, slots, headers, means)
        if "title" in table.columns and holds_milestones(grid, table):  # titles may look like numbers of a form
            return table
    return None


def has_unnumbered(grid: Grid, means: Meanings = meaning) -> bool:
    """Whether the sheet looks as if it had a table of milestones, but one whose rows have no numbers."""
    for header, headers in _likely(grid, means):
        dates = [column for column, said in headers.items() if means(said) in DATES]
        below = range(header + 1, header + 1 + _LOOK_BELOW)
        dated = any(may_be_date(grid.value(row, column)) for row in below for column in dates)
        stated = "status" in map(means, headers.values())
        if dated and stated and _slot_column(grid, header, headers, means) is None:
            return True
    return False


def _likely(grid: Grid, means: Meanings) -> Iterator[tuple[int, Headers]]:
    """Rows whose texts name a title and a date, each with its last row; where there are none, what two say together."""
    columns, rows = grid.columns, range(1, min(grid.bottom, LAST_HEADER) + 1)
    for row in rows:
        alone = headers_in(grid, range(row, row + 1), columns)
        if _names_milestones(alone, means):
            both = headers_in(grid, range(row, row + 2), columns)
            divided = len(_named(both, means)) > len(_named(alone, means)) and not _has_slot(grid, row + 1)
            yield (row + 1, both) if divided else (row, alone)
    for row in rows:
        both = headers_in(grid, range(row, row + 2), columns)
        if _names_milestones(both, means):
            yield row + 1, both


def _named(headers: Headers, means: Meanings) -> set[Meaning]:
    return {found for header in headers.values() if (found := means(header))}


def _names_milestones(headers: Headers, means: Meanings) -> bool:
    found = _named(headers, means) if len(headers) > 2 else set()
    return "title" in found and bool(found & DATES)


def _has_slot(grid: Grid, row: int) -> bool:
    return any(section_of(grid.value(row, column)) for column in grid.every)


def _slot_column(grid: Grid, header: int, headers: Headers, means: Meanings) -> int | None:
    """The column of slots under a header: hidden or not, since a slot is only a position."""
    possible = [column for column in grid.every if means(headers.get(column, "")) in (None, "title")]
    for row in range(header + 1, header + 1 + _LOOK_BELOW):
        for column in possible:
            if "." in (section_of(grid.value(row, column)) or "") and not _is_id(headers.get(column, "")):
                return column
    return None


def _is_id(header: str) -> bool:
    """Whether the column has ids of the publisher's own, which may look like the numbers of a form."""
    found = claim(header)
    return (found is not None and found.means == "id") or header.lower() == "wbs"


def _table(grid: Grid, header: int, slots: int, headers: Headers, means: Meanings) -> Table:
    rows = tuple(_rows(grid, header, slots))
    values = {column: [*values_in(grid, column, rows).values()] for column in headers}
    read = {c: said for c, said in headers.items() if c != slots and not _is_variance(said, values[c], means)}
    columns = _columns(read, means)
    told = [column for column in read if values[column] and all(map(is_status, values[column]))]
    if told and "status" not in columns:
        columns["status"] = told[0]
    needs = tuple(c for c, said in read.items() if c not in columns.values() and _is_needs(said, means))
    private = frozenset(c for c, said in read.items() if c not in columns.values() and is_person(said))
    rest = {c: said for c, said in read.items() if c not in {*columns.values(), *needs, *private}}
    repeated = {column: said for column, said in rest.items() if means(said) in _SINGLE}
    others = {column: said for column, said in rest.items() if column not in repeated}
    sections = [section for row in rows if (section := section_of(grid.value(row, slots)))]
    return Table(
        header=header,
        headers=headers,
        columns=columns,
        others=others,
        rows=rows,
        slots=slots,
        section=sections[0],
        numbered=len(sections),
        repeated=repeated,
        needs=needs,
        private=private,
    )


def _is_needs(header: str, means: Meanings) -> bool:
    found = claim(header)
    return means(header) == "needs" or (means(header) is None and found is not None and found.means == "needs")


def _is_variance(header: str, values: list[Value], means: Meanings) -> bool:
    """Whether a column is worked out from others: numbers under a header that names a date are days between two."""
    numbers = sum(map(is_number, values))
    return is_computed(header) or (means(header) in DATES and numbers * 2 > len(values))


def _columns(headers: Headers, means: Meanings) -> dict[Meaning, int]:
    """The column of each meaning: as chosen, else the leftmost, but the title where it is named most plainly."""
    columns: dict[Meaning, int] = {}

    def order(column: int) -> tuple[bool, int, int]:
        said = headers[column]
        return means(said) == meaning(said), title_rank(said), column

    for column in sorted(headers, key=order):
        found = means(headers[column])
        if found and found != "needs":
            columns.setdefault(found, column)
    return columns


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
