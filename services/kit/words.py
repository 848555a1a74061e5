"""Dates, slips and names in plain English, as every page and message says them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MARKS = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(rf"({_MARKS}{{3}}){_MARKS}+")
"""More marks on one letter than anybody writes: they run over the lines above and below."""
_JOINERS = "\u200c\u200d"
"""Format characters that scripts and emoji cannot be written without."""


def day_in_words(day: dt.date, precision: str = "day") -> str:
    """A date as it was meant: "3 March 2026", "March 2026", "quarter to 31 March 2027", "financial year 2026/27".

    `day` is the last day of its period; precision is day, month, quarter or financial-year, else ValueError.
    """
    full = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    if precision == "day":
        return full
    if precision == "month":
        return full.partition(" ")[2]
    if precision == "quarter":
        return f"quarter to {full}"
    if precision == "financial-year":
        return f"financial year {day.year - 1}/{day.year % 100:02}"
    raise ValueError(f"precision is {precision!r}: it must be day, month, quarter or financial-year")


def short_day(day: dt.date, precision: str = "day") -> str:
    """The same in the space of a column: "3 Mar 2026", "Mar 2026", "to Mar 2027" for a quarter, "FY 2026/27"."""
    month = f"{_MONTHS[day.month - 1][:3]} {day.year}"
    years = f"FY {day.year - 1}/{day.year % 100:02}"
    return {"day": f"{day.day} {month}", "month": month, "quarter": f"to {month}", "financial-year": years}[precision]


def month_name(month: int) -> str:
    """The short name of a month, 1 to 12."""
    return _MONTHS[month - 1][:3]


def london_day(instant: dt.datetime) -> dt.date:
    """The date in London at an instant."""
    return instant.astimezone(LONDON).date()


def moment_in_words(instant: dt.datetime) -> str:
    """An instant as London reads it: "3 March 2026 at 09:15"."""
    local = instant.astimezone(LONDON)
    return f"{day_in_words(local.date())} at {local:%H:%M}"


def field_path(location: Sequence[Any]) -> str:
    """A field's place in a document, as pydantic gives it, as people write it: `data.places[0].code`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number and its noun: "1 day", "1,200 days", "no plans"."""
    noun = one if number == 1 else many or f"{one}s"
    return f"{number:,} {noun}" if number else f"no {noun}"


def slip_in_words(days: int | None) -> str:
    """A slip in calendar days: "30 days later than agreed"; None is a milestone without a baseline."""
    if days is None:
        return "no baseline agreed"
    if days == 0:
        return "as agreed"
    return f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'} than agreed"


def slip_in_figures(days: int | None) -> str:
    """A slip in the space of a column: "+30", "0", "−5", and a dash without a baseline."""
    if days is None:
        return "–"
    return f"{'+' if days > 0 else '−' if days < 0 else ''}{abs(days):,}"


def listed(items: Sequence[str]) -> str:
    """Items as a sentence has them: "A, B and C"."""
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def readable(text: str) -> str:
    """Text that can only be read: one line, without control characters or marks that turn it or leave the line."""
    if text.isprintable():
        return text if text.isascii() else _STACKED.sub(r"\1", text)
    return " ".join("".join(_seen(character) for character in _STACKED.sub(r"\1", text)).split())


def _seen(character: str) -> str:
    if character.isspace():
        return " "
    return character if character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs") else ""
