"""The container of a workbook, judged before its parts are parsed: a zip of bounded size, without document types."""

import io
import zipfile
from typing import IO, NoReturn
from xml.parsers import expat

from services.ingest.readers.layout import LAST_COLUMN
from services.ingest.readers.refusal import Limits, UnreadableFile, refuse_large

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_SAVE = "open it in Excel, save it as an .xlsx workbook without a password, and send that"

_LARGE, _MOST_PACKED = 5_000_000, 400
"""How many times its size a part of more than so many bytes may unpack to: tables do to 10 to 40 times."""


_MOST_DEPTH = 100
"""Elements in each other: a parser keeps all that are open."""

_ROWS, _CELLS = {"row", "table-row"}, {"c", "table-cell", "covered-table-cell"}
"""What Excel and OpenDocument call them."""


def open_package(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """The container of an Excel workbook.

    Raises UnreadableFile for what is no such container, is too large, or declares a document type.
    """
    refuse_large(content, limits)
    if not content.startswith(_ZIP):
        _refuse_other(content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    _refuse_foreign(archive)
    refuse_parts(archive, limits)
    return archive


def _refuse_other(content: bytes) -> NoReturn:
    if content.startswith(_OLE):
        raise UnreadableFile(f"the file is an old .xls or is protected by a password: {_SAVE}")
    raise UnreadableFile(f"the file is not an Excel workbook: {_SAVE}")


def _refuse_foreign(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "[Content_Types].xml" not in names:
        kind = "an OpenDocument file" if "mimetype" in names else "a zip file, but no workbook"
        raise UnreadableFile(f"the file is {kind}: {_SAVE}")


def refuse_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Raises UnreadableFile where the parts of a container are too many or large, or one declares a document type."""
    # sizes are as declared; zipfile reads no part beyond the size it declares, so nobody gains by declaring less
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits.parts or unpacked > limits.unpacked:
        raise UnreadableFile(
            f"the file unpacks to {unpacked:,} bytes in {len(parts):,} parts, and {limits.unpacked:,} bytes in "
            f"{limits.parts:,} parts are read: copy the sheets of the return into a new workbook and send that"
        )
    for part in parts:
        _refuse_bomb(part)
        with archive.open(part) as stream:
            _Elements(part.filename, limits).judge(stream)


def _refuse_bomb(part: zipfile.ZipInfo) -> None:
    """Refuse a part that packs as no table does: its elements would take a hundred times its size in memory."""
    if part.file_size > _LARGE and part.file_size > _MOST_PACKED * part.compress_size:
        raise UnreadableFile(
            f"{part.filename} in the file unpacks to {part.file_size // max(part.compress_size, 1):,} times its size, "
            f"as no table does: {_SAVE}"
        )


class _Elements:
    """Counts the elements of a part as they begin, before anything is kept of them.

    Refuses a document type, the only way to define an entity, which no workbook declares; and elements in each other,
    cells of a row, rows and elements without end.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._depth, self._count, self._rows, self._cells = 0, 0, 0, 0

    def judge(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler, parser.StartElementHandler = self._doctype, self._start
        parser.EndElementHandler = self._end
        try:
            parser.ParseFile(part)
        except expat.ExpatError:
            return  # this is no XML (a picture, macros), which nothing here parses

    def _doctype(self, *_: object) -> NoReturn:
        raise UnreadableFile(f"{self._name} in the file declares a document type, which no workbook does: {_SAVE}")

    def _start(self, tag: str, _: object) -> None:
        self._depth += 1
        self._count += 1
        name = tag.rpartition(":")[2]
        if name in _ROWS:
            self._rows, self._cells = self._rows + 1, 0
        elif name in _CELLS and self._rows:  # what is no sheet may have elements of this name, and has no rows
            self._cells += 1
        limits = self._limits
        deep, wide = self._depth > _MOST_DEPTH, self._cells > LAST_COLUMN
        if deep or wide or self._rows > limits.rows or self._count > limits.elements:
            raise UnreadableFile(f"{self._name} in the file has more than {self._endless()}")

    def _endless(self) -> str:
        if self._depth > _MOST_DEPTH:
            return f"{_MOST_DEPTH} elements in each other: {_SAVE}"
        if self._cells > LAST_COLUMN:
            return f"{LAST_COLUMN:,} cells in a row: delete the columns beyond its tables and save it again"
        if self._rows > self._limits.rows:
            return f"{self._limits.rows:,} rows: delete the rows beyond its tables and save it again"
        return f"{self._limits.elements:,} elements: copy the sheets of the return into a new workbook and send that"

    def _end(self, _: str) -> None:
        self._depth -= 1
