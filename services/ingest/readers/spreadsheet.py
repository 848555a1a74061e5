"""Reads a spreadsheet of any kind into grids; which kind it is, its content says."""

import io
import zipfile

from services.ingest.domain.returns.grid import Grid
from services.ingest.readers.refusal import LIMITS, Limits

# each reader is imported when a file needs it: their libraries are slow to start
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"


def is_spreadsheet(content: bytes) -> bool:
    """Whether the file is in a container that spreadsheets come in."""
    return content.startswith((_OLE, _ZIP))


def read_spreadsheet(content: bytes, limits: Limits = LIMITS) -> tuple[Grid, ...]:
    """The visible sheets of an .xlsx, .xlsm, .xls or .ods file, in their order.

    Raises UnreadableFile, whose message names the fix, for anything else and for what exceeds `limits`.
    """
    if content.startswith(_OLE):
        from services.ingest.readers.xls import read_xls

        return read_xls(content, limits)
    if _is_ods(content):
        from services.ingest.readers.ods import read_ods

        return read_ods(content, limits)
    from services.ingest.readers.workbook import read_workbook

    return read_workbook(content, limits)


def _is_ods(content: bytes) -> bool:
    """Whether the container says so in its first part, where the format has it; none is unpacked for it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return "mimetype" in names and "content.xml" in names
