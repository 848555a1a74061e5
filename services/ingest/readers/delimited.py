"""Reads a text file of rows and cells: separated by semicolons, commas or tabs, whichever program wrote it."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

from services.ingest.domain.returns.grid import Grid, Position, Written
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile, refuse_large
from services.ingest.readers.text import text_of

SHEET = "CSV"
"""What the one sheet of a text file is called."""

_SEPARATORS = ";", ",", "\t"
_DIRECTIVES = {"sep=;": ";", "sep=,": ",", "sep=": "\t"}
_NAMES = {";": "semicolon", ",": "comma", "\t": "tab"}


def read_delimited(content: bytes, limits: Limits = LIMITS) -> tuple[Grid, ...]:
    """The table of a text file; its cells are texts, and blank ones are not there.

    Raises UnreadableFile, whose message names the line and the fix, for what is no text, what exceeds `limits`, and for
    quotation marks that are not closed.
    """
    refuse_large(content, limits)
    text = text_of(content)
    if not text.content.strip():
        raise UnreadableFile("the file is empty: save it as CSV UTF-8 with its table, and send that")
    _refuse_vast(text.content.count("\n"), limits)
    lines = text.content.split("\n")
    separator, first = _directed(lines)
    values: dict[Position, str] = {}
    written: dict[int, Written] = {}
    count = 0
    for row, (line, cells) in enumerate(_records(lines[first:], separator, first), first + 1):
        count += len(cells)
        _refuse_vast(count, limits)
        written[row] = Written(line, len(cells))
        values |= {(row, column): cell for column, cell in enumerate(cells, 1) if cell.strip()}
    return (Grid(SHEET, values, written=written, remarks=text.remarks),)


def _refuse_vast(cells: int, limits: Limits) -> None:
    if cells > limits.cells:
        raise UnreadableFile(
            f"the file has more than {limits.cells:,} cells, and no more are read: remove the rows and columns that do "
            "not belong to the return"
        )


def _directed(lines: Sequence[str]) -> tuple[str, int]:
    """The separator, and how many lines say nothing else: Excel obeys a first line such as `sep=;`."""
    first = lines[0].strip().strip('"').lower()
    if first in _DIRECTIVES:
        return _DIRECTIVES[first], 1
    return _separator(lines), 0


def _separator(lines: Sequence[str]) -> str:
    """The separator that gives the most rows the same number of cells; of equals, the one that gives them more."""
    return max(_SEPARATORS, key=lambda separator: _uniform(lines, separator))


def _uniform(lines: Sequence[str], separator: str) -> tuple[int, int]:
    """How many rows have the commonest number of cells above one, and that number."""
    try:
        widths = Counter(len(cells) for cells in csv.reader(_ended(lines), delimiter=separator))
    except csv.Error:
        return 0, 0
    widths = Counter({width: rows for width, rows in widths.items() if width > 1})
    return max(((rows, width) for width, rows in widths.items()), default=(0, 0))


def _ended(lines: Sequence[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)


def _records(lines: Sequence[str], separator: str, before: int) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the line of the file that it begins in."""
    reader = csv.reader(_ended(lines), delimiter=separator, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UnreadableFile(_unreadable(line, str(error), separator)) from error
        if cells is None:
            return
        yield line, cells


def _unreadable(line: int, why: str, separator: str) -> str:
    if "field larger" in why:
        most = csv.field_size_limit()
        return f"a cell in line {line} has more than {most:,} letters: close its quotation mark, or cut it"
    return (
        f"the quotation marks of the row in line {line} are not closed, or text follows them: close them before the "
        f"{_NAMES.get(separator, separator)}, and write a quotation mark inside a text twice"
    )
