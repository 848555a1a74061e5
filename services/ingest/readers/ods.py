"""Reads an OpenDocument spreadsheet into grids: visible sheets, formulas by saved value, dates as plain dates."""

import io
import zipfile

from services.ingest.domain.returns.grid import Grid
from services.ingest.readers.content import sheets
from services.ingest.readers.package import refuse_parts
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile, refuse_large

_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_SAVE = "open it in LibreOffice, save it as an .ods or .xlsx spreadsheet without a password, and send that"


def is_ods(archive: zipfile.ZipFile) -> bool:
    """Whether the container is that of an OpenDocument spreadsheet."""
    return "mimetype" in archive.namelist() and archive.read("mimetype").startswith(_KIND)


def read_ods(content: bytes, limits: Limits = LIMITS) -> tuple[Grid, ...]:
    """The visible sheets of an .ods spreadsheet, in their order.

    Raises UnreadableFile, whose message names the fix, for anything else and for what exceeds `limits`.
    """
    refuse_large(content, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            refuse_parts(archive, limits)
            return _grids(archive, limits)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # zip and XML fail on malformed files in a dozen ways
        raise UnreadableFile(f"the file cannot be read as an OpenDocument spreadsheet ({error}): {_SAVE}") from error


def _grids(archive: zipfile.ZipFile, limits: Limits) -> tuple[Grid, ...]:
    if not is_ods(archive):
        raise UnreadableFile(f"the file is no OpenDocument spreadsheet: {_SAVE}")
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableFile(f"the file is protected by a password: {_SAVE}")
    with archive.open("content.xml") as part:
        grids = sheets(part, limits)
    if not grids:
        raise UnreadableFile("no sheet of the spreadsheet is visible: show those of the return, and send it again")
    return grids
