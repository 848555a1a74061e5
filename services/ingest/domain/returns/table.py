"""A table of milestones in a sheet: its header, what its columns mean, and its rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from services.ingest.domain.returns.cells import may_be_date
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.grid import Grid, Value
from services.ingest.domain.returns.model import Kind, Meaning
from services.ingest.domain.returns.statuses import is_status

Headers = Mapping[int, str]
"""The headers of a table by their columns."""

LAST_HEADER = 500
"""The last row in which a first header is looked for: a bound on the work that a sheet can cause."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should know of one of a table's columns."""

    kind: Kind
    message: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of milestones: where its header ends, what its columns mean, and its rows.

    A form numbers its rows: `slots` is the column of the numbers, `section` what they begin with ("6.01"), `numbered`
    how many there are, the empty ones too. `needs` are the columns of dependencies; `contested` hold dates whose
    meaning is asked; `others` have no meaning; `repeated` ones of a form mean what a column left of them means.
    `private` columns name people, or must not be read for another reason: nothing of them is shown.
    """

    header: int
    headers: Headers
    columns: Mapping[Meaning, int]
    others: Headers
    rows: Sequence[int]
    slots: int | None = None
    section: str = ""
    numbered: int = 0
    repeated: Headers = field(default_factory=dict)
    needs: Sequence[int] = ()
    contested: Sequence[int] = ()
    private: frozenset[int] = frozenset()
    remarks: Sequence[Remark] = ()

    @property
    def is_form(self) -> bool:
        """Whether its rows have the numbers of a form."""
        return self.slots is not None

    def meaning_of(self, column: int) -> Meaning | None:
        """What the column means."""
        if column in self.needs:
            return "needs"
        return next((means for means, at in self.columns.items() if at == column), None)


def headers_in(grid: Grid, lines: range, columns: Sequence[int]) -> Headers:
    """The headers in these rows; where they are several, a merged cell stands over each column that it covers."""
    headers: dict[int, list[str]] = defaultdict(list)
    for line in lines:
        cells = grid.across(line, columns) if len(lines) > 1 else {c: grid.value(line, c) for c in columns}
        if grid.written and line != lines[-1]:
            cells = _spread(cells, {column for column in columns if grid.value(lines[-1], column) is not None})
        for column, cell in cells.items():
            if isinstance(cell, str):
                headers[column].append(" ".join(cell.split()))
    return {column: " ".join(dict.fromkeys(said)) for column, said in headers.items()}


def _spread(cells: Mapping[int, Value | None], over: Set[int]) -> dict[int, Value | None]:
    """A line of headings over others, where the file can say of none how far it reaches: up to the next one."""
    if sum(cell is not None for cell in cells.values()) < 2:  # the title of the whole table
        return dict(cells)
    spread: dict[int, Value | None] = {}
    for column, cell in sorted(cells.items()):
        last = spread.get(column - 1) if column in over else None
        spread[column] = cell if cell is not None else last
    return spread


def values_in(grid: Grid, column: int, rows: Sequence[int]) -> dict[int, Value]:
    """What stands in a column, by row, where anything does."""
    return {row: value for row in rows if (value := grid.value(row, column)) is not None}


def holds_milestones(grid: Grid, table: Table) -> bool:
    """Whether there is a date or a status in the columns that should have them."""
    dated = [column for means, column in table.columns.items() if means in DATES] + [*table.contested]
    if any(may_be_date(value) for column in dated for value in values_in(grid, column, table.rows).values()):
        return True
    status = table.columns.get("status")
    return status is not None and any(map(is_status, values_in(grid, status, table.rows).values()))
