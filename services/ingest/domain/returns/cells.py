"""The meaning of single cells: a slot, a title, a date, a status; or why there is none."""

import datetime as dt
import re

from services.ingest.domain.returns.grid import CellError, Value
from services.ingest.domain.returns.model import State
from services.ingest.domain.returns.statuses import known_state
from services.ingest.domain.returns.written_dates import Meant, NoSuchDate, Numbers, OpenYear, meant

_SLOT = re.compile(r"(\d+(?:\.\d+)*[a-z]?)\.\d+")
_SECTION = re.compile(r"\d+(?:\.\d+)*[a-z]?")
_NUMBER = re.compile(r"[-+−]?\d{1,6}(?:[.,]\d+)?")
_NO_DATE = {
    *("tbc", "tba", "tbd", "to be confirmed", "to be agreed", "to be decided", "n/a", "n.a.", "na", "not applicable"),
    *("none", "not known", "unknown", "no date", "not set", "-", "–", "—", "?"),
}


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


def shown(value: Value) -> str:
    """What a cell shows."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.shows if isinstance(value, CellError) else str(value)


def meant_date(value: Value) -> Meant:
    """What a cell that holds no date means as one. Raises Unreadable for an error, or what has no form of a date."""
    said = text(value) or ""
    if isinstance(value, int | float) and not _may_be_year(value):
        raise Unreadable(f"says {said!r}, which is no date: write one, or format the cell as a date if it is one")
    try:
        found = meant(said)
    except NoSuchDate as error:
        raise Unreadable(f"says {said!r}, and {error}") from error
    if found is None:
        raise Unreadable(f"says {said!r}, which is no date: write a date in it, or leave it blank")
    return found


def _may_be_year(value: float) -> bool:
    return not isinstance(value, bool) and 1900 <= value < 2200


def plain_date(value: Value | None) -> dt.date | None:
    """The one day that a cell means; None when it is blank or says that there is none ("TBC").

    Raises Unreadable for anything else: a text that could be several days is none.
    """
    if value is None or isinstance(value, dt.date):
        return value
    if says_no_date(value) or text(value) is None:
        return None
    found = meant_date(value)
    if isinstance(found, Numbers) and found.day("month-first") is None:
        return found.day("day-first")
    if isinstance(found, Numbers | OpenYear) or found.precision != "day":
        raise Unreadable(f"says {value!r}, which is no single day: write it as 2026-04-03")
    return found.date


def says_no_date(value: Value | None) -> bool:
    """Whether the cell says in words that there is no date."""
    return isinstance(value, str) and value.strip().lower() in _NO_DATE


def may_be_date(value: Value | None) -> bool:
    """Whether the cell holds a date, or a text that has the form of one."""
    if value is None or isinstance(value, dt.date):
        return value is not None
    if not isinstance(value, str):
        return False
    try:
        return meant(value) is not None
    except NoSuchDate:
        return True


def is_number(value: Value) -> bool:
    """Whether the cell holds a number, or the text of one (a text file has no others), but no year."""
    if isinstance(value, str):
        return _NUMBER.fullmatch(value.strip()) is not None and not may_be_date(value)
    return isinstance(value, int | float) and not _may_be_year(value)


def state_of(value: Value | None) -> State:
    """The state that the status in a cell means. Raises Unreadable when it is blank or not one that is known."""
    said = text(value)
    if said is None:
        raise Unreadable("is blank: choose Live, Complete, Superceded or Redundant")
    if (state := known_state(said)) is None:
        raise Unreadable(f"says {said!r}: choose Live, Complete, Superceded or Redundant")
    return state


def section_of(value: Value | None) -> str | None:
    """The section that a slot belongs to: "6.01" of "6.01.4"; None when the cell holds no slot."""
    found = _SLOT.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found else None


def begins_section(value: Value | None) -> bool:
    """Whether the cell numbers a section of the form: 6.04 or "6.01b"."""
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and _SECTION.fullmatch(value.strip()) is not None
