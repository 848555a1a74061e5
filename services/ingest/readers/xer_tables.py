"""The tables of a file that Primavera exported (XER): lines that begin a table, name its fields, or are a row."""

import re
from collections.abc import Iterator, Mapping

from services.ingest.readers.refusal import UnreadableFile
from services.ingest.readers.text import Text

MOST_ROWS = 400_000
"""Rows that are read of all tables."""

_BEGINS = re.compile(r"%[TFRE](?:\t|$)")
_NUMBER = re.compile(r"[-+]?\d{1,12}(?:\.\d{1,12})?")

Line = Mapping[str, str]
"""A row: the texts of the fields that are wanted, "" where there is none."""


def read_tables(text: Text, wanted: Mapping[str, frozenset[str]]) -> dict[str, list[Line]]:
    """The rows of the tables that are wanted, by name, with the fields that are wanted of each.

    Raises UnreadableFile for more than MOST_ROWS of them.
    """
    tables: dict[str, list[Line]] = {name: [] for name in wanted}
    table, places, left = "", dict[str, int](), MOST_ROWS
    for cells in _lines(text):
        if cells[0] == "%T":
            table, places = "".join(cells[1:2]).strip().upper(), {}
        elif cells[0] == "%F" and table in wanted:
            names = enumerate(cell.strip().lower() for cell in cells)
            places = {name: place for place, name in names if name in wanted[table]}
        elif cells[0] == "%R" and places:
            left -= 1
            if left < 0:
                raise UnreadableFile(f"the file has more than {MOST_ROWS:,} rows: export one project at a time")
            tables[table].append({name: _cell(cells, place) for name, place in places.items()})
        elif cells[0] == "%E":
            break
    return tables


def _lines(text: Text) -> Iterator[list[str]]:
    """The cells of each line; what follows a line break inside a text belongs to the line before."""
    whole: list[str] = []
    for line in text.content.split("\n"):
        if _BEGINS.match(line):
            if whole:
                yield " ".join(whole).split("\t")
            whole = [line]
        elif whole and line:
            whole.append(line)
    if whole:
        yield " ".join(whole).split("\t")


def _cell(cells: list[str], place: int) -> str:
    return cells[place].replace('""', '"').strip() if place < len(cells) else ""


def number(said: str) -> float:
    """A number as the exporting machine wrote it, with a point or a comma before its decimals.

    Raises ValueError for what is none.
    """
    comma, point = said.rfind(","), said.rfind(".")
    plain = said.replace("." if comma > point else ",", "").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"{said!r} is no number")
    return float(plain)
