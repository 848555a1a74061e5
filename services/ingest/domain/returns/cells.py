"""The meaning of single cells: a slot, a title, a date, a status; or why there is none."""

import datetime as dt
import re

from services.ingest.domain.returns.grid import CellError, Value
from services.ingest.domain.returns.model import State

_SLOT = re.compile(r"(\d+(?:\.\d+)*[a-z]?)\.\d+")
_SECTION = re.compile(r"\d+(?:\.\d+)*[a-z]?")
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NO_DATE = {"tbc", "tbd", "to be confirmed", "n/a", "na", "not applicable", "none", "-", "–", "—"}

_STATES: dict[str, State] = {
    "live": "open",
    "complete": "done",
    "completed": "done",
    "superceded": "cancelled",
    "superseded": "cancelled",
    "redundant": "cancelled",
}
"""The statuses of the form, and what each means."""


class Unreadable(ValueError):
    """A cell that cannot be read; the message says what stands in it and what should."""


def text(value: Value | None) -> str | None:
    """The text of a cell on one line; None when there is none. Raises Unreadable for an error or a date."""
    if value is None:
        return None
    if isinstance(value, CellError):
        raise Unreadable(f"shows {value.shows}: mend the cell, or type the value")
    if isinstance(value, dt.date):
        raise Unreadable(f"is the date {value}: write it as text")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split()) or None


def plain_date(value: Value | None) -> dt.date | None:
    """The date of a cell; None when it is blank or says that there is none ("TBC").

    Raises Unreadable for anything else. Written as text, only `YYYY-MM-DD` is a date: a day is never guessed.
    """
    if isinstance(value, dt.date):
        return value
    said = text(value)
    if said is None or says_no_date(value):
        return None
    if isinstance(value, str) and _ISO_DATE.fullmatch(said):
        return _day(said)
    raise Unreadable(f"says {said!r}, which is no date: write a date in it, or leave it blank")


def _day(said: str) -> dt.date:
    try:
        return dt.date.fromisoformat(said)
    except ValueError as error:
        raise Unreadable(f"says {said!r}, and there is no such day: correct it") from error


def says_no_date(value: Value | None) -> bool:
    """Whether the cell says in words that there is no date."""
    return isinstance(value, str) and value.strip().lower() in _NO_DATE


def state_of(value: Value | None) -> State:
    """The state that the status in a cell means. Raises Unreadable when it is blank or not one that the form knows."""
    said = text(value)
    if said is None:
        raise Unreadable("is blank: choose Live, Complete, Superceded or Redundant")
    if said.lower() not in _STATES:
        raise Unreadable(f"says {said!r}: choose Live, Complete, Superceded or Redundant")
    return _STATES[said.lower()]


def is_status(value: Value | None) -> bool:
    """Whether the cell holds a status that the form knows."""
    return isinstance(value, str) and value.strip().lower() in _STATES


def section_of(value: Value | None) -> str | None:
    """The section that a slot belongs to: "6.01" of "6.01.4"; None when the cell holds no slot."""
    found = _SLOT.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found else None


def begins_section(value: Value | None) -> bool:
    """Whether the cell numbers a section of the form: 6.04 or "6.01b"."""
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and _SECTION.fullmatch(value.strip()) is not None
