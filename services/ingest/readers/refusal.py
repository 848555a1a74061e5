"""Why a file is refused before anything of it is understood: it cannot be read, or is too large."""

from dataclasses import dataclass


class UnreadableFile(ValueError):
    """The file cannot be read; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: bytes sent and unpacked, parts in its container, cells of its visible sheets.

    Of a container's part in XML also its rows, whether or not they have cells, and all its elements.
    """

    sent: int = 25_000_000
    unpacked: int = 64_000_000
    parts: int = 2_000
    cells: int = 500_000
    rows: int = 200_000
    elements: int = 3_000_000


LIMITS = Limits()


def refuse_large(content: bytes, limits: Limits) -> None:
    """Raises UnreadableFile where more bytes were sent than are read."""
    if len(content) > limits.sent:
        raise UnreadableFile(
            f"the file has {len(content):,} bytes and a return may have {limits.sent:,}: remove pictures and old sheets"
        )


def vast(sheet: str, limits: Limits) -> UnreadableFile:
    """The refusal of a sheet with which more cells are there than are read."""
    return UnreadableFile(
        f"sheet {sheet!r} and those before it have more than {limits.cells:,} cells: delete the rows and columns "
        "beyond its tables and save it again"
    )
