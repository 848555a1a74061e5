"""The cells of an OpenDocument spreadsheet, and what its styles say of them."""

import datetime as dt
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from services.ingest.domain.returns.grid import CellError, Value
from services.ingest.readers.months import as_month

_NAME = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
TABLE, OFFICE = _NAME % "table", _NAME % "office"
_TEXT, _STYLE, _NUMBER = _NAME % "text", _NAME % "style", _NAME % "datastyle"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"

_NO_DATE = dt.date(1899, 12, 30)
"""How a zero is written that is formatted as a date."""


class Styles:
    """What the styles before a file's content say: which sheets are hidden, and which cells show a month and no day."""

    def __init__(self) -> None:
        self.months: set[str] = set()
        self._month_formats: set[str] = set()
        self._hidden: set[str] = set()

    def take(self, element: ET.Element) -> None:
        """Learns a style; anything else is nothing."""
        name = element.get(f"{_STYLE}name", "")
        if element.tag == f"{_NUMBER}date-style":
            parts = {part.tag.removeprefix(_NUMBER) for part in element}
            if {"month", "year"} <= parts and not parts & {"day", "day-of-week", "hours"}:
                self._month_formats.add(name)
        elif element.tag == f"{_STYLE}style" and element.get(f"{_STYLE}data-style-name") in self._month_formats:
            self.months.add(name)
        elif element.tag == f"{_STYLE}style":
            shown = element.find(f"{_STYLE}table-properties")
            if shown is not None and shown.get(f"{TABLE}display") == "false":
                self._hidden.add(name)

    def hide(self, sheet: ET.Element) -> bool:
        """Whether the sheet is hidden."""
        return sheet.get(f"{TABLE}style-name") in self._hidden


def is_value(cell: ET.Element) -> bool:
    """Whether this is a cell of its own that holds anything: what a merged block covers is not seen."""
    return cell.tag == f"{TABLE}table-cell" and (cell.get(f"{OFFICE}value-type") is not None or len(cell) > 0)


def value_of(cell: ET.Element) -> Value | None:
    """What a cell holds; None of a blank one. Raises ValueError where its value is not of its type."""
    kind, said = cell.get(f"{OFFICE}value-type"), "\n".join(_paragraph(p) for p in cell.findall(f"{_TEXT}p"))
    if cell.get(f"{_CALC}value-type") == "error" or (cell.get(f"{TABLE}formula") and said.startswith(("#", "Err:"))):
        return CellError(said or "an error")
    if kind == "date":
        date = dt.date.fromisoformat(cell.get(f"{OFFICE}date-value", "")[:10])
        return date if date != _NO_DATE else None
    if kind in ("float", "percentage", "currency"):
        number = float(cell.get(f"{OFFICE}value", ""))
        return int(number) if number.is_integer() else number
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    said = cell.get(f"{OFFICE}string-value", said)
    return said if said.strip() else None


def month_of(value: Value) -> str | None:
    """The month of a cell whose style shows no day."""
    return as_month(value) if isinstance(value, dt.date) else None


def _paragraph(element: ET.Element) -> str:
    return "".join(_pieces(element))


def _pieces(element: ET.Element) -> Iterator[str]:
    yield element.text or ""
    for part in element:
        if part.tag == f"{_TEXT}s":
            yield " " * min(int(part.get(f"{_TEXT}c", 1)), 100)
        elif part.tag in (f"{_TEXT}line-break", f"{_TEXT}tab"):
            yield " "
        else:
            yield from _pieces(part)
        yield part.tail or ""
