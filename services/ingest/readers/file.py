"""Opens a file of any kind that is known, recognised by its content and never by its name."""

from collections.abc import Callable, Sequence
from functools import partial

from services.ingest.domain.returns.choices import Read
from services.ingest.domain.returns.grid import Grid
from services.ingest.domain.returns.model import Choices, Return
from services.ingest.domain.schedules.model import Schedule
from services.ingest.readers.refusal import UnreadableFile

HEAD = 4096
"""The bytes by which a file is recognised."""

_SEND = (
    "send a table as Excel (.xlsx, .xlsm or .xls), OpenDocument (.ods) or CSV, a schedule as Microsoft Project's XML "
    "or Primavera's XER, or milestones as OCDS or OC4IDS JSON"
)

_OTHERS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a text document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed archive",
    b"7z\xbc\xaf": "a compressed archive",
    b"Rar!": "a compressed archive",
    b"MPX,": "an old file of Microsoft Project (MPX)",
}
"""How files begin that people may send, and of which nothing is read."""

# each reader is imported when a file needs it: the process that reads a single file starts in half the time


def read_file(content: bytes, choices: Choices) -> Return:
    """The return in a file. Raises UnreadableFile, whose message names the fix, for what cannot be read."""
    return open_file(content)(choices)


def open_file(content: bytes) -> Read:
    """The file, to be read under choices as often as wanted; raises UnreadableFile as `read_file` does."""
    from services.ingest.readers.spreadsheet import is_spreadsheet, read_spreadsheet

    _refuse_others(content)
    if is_spreadsheet(content):
        return _table(read_spreadsheet(content))
    if read := _schedule_reader(content[:HEAD]):
        from services.ingest.domain.schedules.milestones import milestones

        return partial(milestones, read(content))
    return _text(content)


def _refuse_others(content: bytes) -> None:
    if not content:
        raise UnreadableFile(f"the file is empty: {_SEND}")
    for begins, kind in _OTHERS.items():
        if content.startswith(begins):
            raise UnreadableFile(f"the file is {kind}: {_SEND}")


def _schedule_reader(head: bytes) -> Callable[[bytes], Schedule] | None:
    """What reads a file that begins like this as a schedule; None where it is none."""
    from services.ingest.readers.contracting import is_contracting, read_contracting
    from services.ingest.readers.mspdi import is_mspdi, read_mspdi
    from services.ingest.readers.xer import is_xer, read_xer

    readers = ((is_mspdi, read_mspdi), (is_xer, read_xer), (is_contracting, read_contracting))
    return next((read for recognises, read in readers if recognises(head)), None)


def _text(content: bytes) -> Read:
    from services.ingest.readers.delimited import read_delimited

    if content[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        raise UnreadableFile(f"the file is XML or a web page of a kind that is not known: {_SEND}")
    grids = read_delimited(content)
    if all(len(grid.every) < 2 for grid in grids):
        raise UnreadableFile(f"the file is text, and no table: {_SEND}")
    return _table(grids)


def _table(grids: Sequence[Grid]) -> Read:
    from services.ingest.domain.returns.read import read_return

    return partial(read_return, grids)
