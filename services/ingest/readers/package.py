"""The container of a workbook, judged before its parts are parsed: a zip of bounded size, without document types."""

import io
import zipfile
from dataclasses import dataclass
from typing import IO, NoReturn
from xml.parsers import expat

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_SAVE = "open it in Excel, save it as an .xlsx workbook without a password, and send that"


class UnreadableWorkbook(ValueError):
    """The file cannot be read as a workbook; the message says why, and what to do."""


class _RootReached(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be: bytes sent and unpacked, parts in its container, cells of its visible sheets."""

    sent: int = 25_000_000
    unpacked: int = 64_000_000
    parts: int = 2_000
    cells: int = 500_000


def open_package(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """The container of a workbook.

    Raises UnreadableWorkbook for what is no such container, is too large, or declares a document type.
    """
    if len(content) > limits.sent:
        raise UnreadableWorkbook(
            f"the file has {len(content):,} bytes and a return may have {limits.sent:,}: remove pictures and old sheets"
        )
    if not content.startswith(_ZIP):
        _refuse_other(content)
    archive = zipfile.ZipFile(io.BytesIO(content))
    _refuse_foreign(archive)
    _refuse_large(archive, limits)
    for part in archive.infolist():
        with archive.open(part) as stream:
            _refuse_document_type(part.filename, stream)
    return archive


def _refuse_other(content: bytes) -> NoReturn:
    if content.startswith(_OLE):
        raise UnreadableWorkbook(f"the file is an old .xls or is protected by a password: {_SAVE}")
    raise UnreadableWorkbook(f"the file is not an Excel workbook: {_SAVE}")


def _refuse_foreign(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if "[Content_Types].xml" not in names:
        kind = "an OpenDocument file" if "mimetype" in names else "a zip file, but no workbook"
        raise UnreadableWorkbook(f"the file is {kind}: {_SAVE}")


def _refuse_large(archive: zipfile.ZipFile, limits: Limits) -> None:
    # sizes are as declared; zipfile reads no part beyond the size it declares, so nobody gains by declaring less
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > limits.parts or unpacked > limits.unpacked:
        raise UnreadableWorkbook(
            f"the file unpacks to {unpacked:,} bytes in {len(parts):,} parts, and {limits.unpacked:,} bytes in "
            f"{limits.parts:,} parts are read: copy the sheets of the return into a new workbook and send that"
        )


def _refuse_document_type(name: str, part: IO[bytes]) -> None:
    """Refuse a part that declares a document type: no workbook has one, and it is the only way to define an entity."""

    def refuse(*_: object) -> NoReturn:
        raise UnreadableWorkbook(f"{name} in the file declares a document type, which no workbook does: {_SAVE}")

    def stop(*_: object) -> NoReturn:
        raise _RootReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, stop
    try:
        parser.ParseFile(part)
    except (_RootReached, expat.ExpatError):
        return  # the root has come without one; or this is no XML (a picture, macros), which nothing here parses
