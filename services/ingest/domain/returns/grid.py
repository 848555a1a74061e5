"""A sheet of a return as values with their places: what a reader hands over, whatever file it came from."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose value cannot be known: what it shows (`#REF!`), or that its formula was never calculated."""

    shows: str


Value = str | int | float | bool | dt.date | CellError
"""What a cell holds; a date never has a time. A cell that is empty or blank is not in the grid."""

Position = tuple[int, int]
"""Row and column, both from 1."""


@dataclass(frozen=True, slots=True)
class Area:
    """A block of merged cells; its value stands in the first."""

    top: int
    left: int
    bottom: int
    right: int

    def spans(self, column: int) -> bool:
        """Whether the block lies over the column."""
        return self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class Written:
    """How a row stands in a text file: the line that it begins in, and how many cells it has, blank ones too."""

    line: int
    cells: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A visible sheet: the values that are there, merged blocks, and which rows and columns are hidden.

    `written` has the rows of a text file; `remarks` are sentences of its reader on how it had to be read.
    `bottom` is the last row with a value, 0 of an empty sheet; `every` are the columns with one, from the left, and
    `columns` those of them that are not hidden: what nobody is shown is not read.
    """

    sheet: str
    values: Mapping[Position, Value]
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    written: Mapping[int, Written] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    bottom: int = field(init=False, repr=False, compare=False)
    every: tuple[int, ...] = field(init=False, repr=False, compare=False)
    columns: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        every = sorted({column for _, column in self.values})
        object.__setattr__(self, "bottom", max((row for row, _ in self.values), default=0))
        object.__setattr__(self, "every", tuple(every))
        object.__setattr__(self, "columns", tuple(column for column in every if column not in self.hidden_columns))

    def value(self, row: int, column: int) -> Value | None:
        """What stands in the cell itself."""
        return self.values.get((row, column))

    def across(self, row: int, columns: Sequence[int]) -> dict[int, Value | None]:
        """What a reader sees in a row, by column: over each cell of a merged block, the value of the block."""
        seen = {column: self.value(row, column) for column in columns}
        for area in self.merged:
            if area.top <= row <= area.bottom:
                seen |= {column: self.value(area.top, area.left) for column in columns if area.spans(column)}
        return seen


def letters(column: int) -> str:
    """The name of a column as people see it: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
