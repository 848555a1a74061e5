"""Spreadsheets of any kind, by their content."""

import pytest

from services.ingest.readers.refusal import UnreadableFile
from services.ingest.readers.spreadsheet import is_spreadsheet, read_spreadsheet
from tests.services.ingest.readers import test_xls
from tests.services.ingest.readers.books import book, saved
from tests.services.ingest.readers.documents import document, row, sheet, text


@pytest.mark.parametrize(
    "content", [saved(book(("A", [["a"]]))), document(sheet("A", row(text("a")))), test_xls.example()]
)
def test_each_kind_is_known_by_its_content(content: bytes) -> None:
    """An Excel workbook, an OpenDocument spreadsheet, and a workbook of old."""
    assert is_spreadsheet(content)
    [grid] = read_spreadsheet(content)
    assert (grid.sheet, grid.values) == ("A", {(1, 1): "a"})


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"PK\x03\x04", test_xls.SIGNATURE])
def test_anything_else_is_refused(content: bytes) -> None:
    """With what to send instead."""
    assert is_spreadsheet(content) == content.startswith((b"PK", test_xls.SIGNATURE))
    with pytest.raises(UnreadableFile, match="save it as"):
        read_spreadsheet(content)
