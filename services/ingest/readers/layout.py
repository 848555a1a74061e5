"""What openpyxl's streaming reader does not tell of a sheet: used range, merged blocks, what is hidden."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from services.ingest.domain.returns.grid import Area, Position

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""The last row and column that a workbook can have."""


@dataclass(slots=True)
class Layout:
    """A sheet's layout. `used` is the last row and last column that hold a value; `declared` what it says they are."""

    declared: Position = (0, 0)
    used: Position = (0, 0)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    uncalculated: list[Position] = field(default_factory=list)


def scan(part: IO[bytes]) -> Layout:
    """The layout of the sheet in `part`. Raises ParseError or ValueError where it is no sheet."""
    layout, row, rows = Layout(), 0, ET.Element("none")
    # parts with a document type were refused, so nothing can expand
    for event, element in ET.iterparse(part, ("start", "end")):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            rows = element if tag == "sheetData" else rows
        elif tag == "row":
            row = int(element.get("r", row + 1))
            _row(layout, row, element)
            rows.clear()
        elif tag == "col" and _on(element, "hidden"):
            first, last = int(element.get("min", 1)), min(int(element.get("max", 1)), LAST_COLUMN)
            layout.hidden_columns.update(range(first, last + 1))
        elif tag == "mergeCell":
            layout.merged.append(_area(element))
        elif tag == "dimension":
            area = _area(element)
            layout.declared = (area.bottom, area.right)
    return layout


def _on(element: ET.Element, attribute: str) -> bool:
    return element.get(attribute) in ("1", "true")


def _area(element: ET.Element) -> Area:
    left, top, right, bottom = range_boundaries(element.get("ref", ""))
    return Area(top, left, bottom, right)


def _row(layout: Layout, row: int, element: ET.Element) -> None:
    if _on(element, "hidden"):
        layout.hidden_rows.add(row)
    for column, cell in _cells(element):
        children = {child.tag.rpartition("}")[2]: child for child in cell}
        if not children.keys() & {"v", "is", "f"}:
            continue  # formatted, and empty
        layout.used = (max(layout.used[0], row), max(layout.used[1], column))
        if "f" in children and cell.get("t") != "str" and not _text(children.get("v")):
            layout.uncalculated.append((row, column))


def _cells(row: ET.Element) -> Iterator[tuple[int, ET.Element]]:
    column = 0
    for cell in row:
        place = cell.get("r")
        column = coordinate_to_tuple(place)[1] if place else column + 1
        yield column, cell


def _text(element: ET.Element | None) -> str:
    return (element.text or "") if element is not None else ""
