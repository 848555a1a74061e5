"""A date as people write it: what the text means by itself, and what only its column or its sender can tell.

A day is never guessed: "Mar-27" is a month, and "03/04/2026" two numbers whose order the column decides.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.dates import PreciseDate, Precision
from services.ingest.domain.returns.model import Order, Year

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?"
_TIME = re.compile(rf"(?:,? |t)(?:{_CLOCK})(?: ?(?:z|utc|gmt|bst|[+-]\d\d:?\d\d))?$")
_WEEKDAY = re.compile(r"([a-z]{3,9})\.?,? (?=\d|[a-z])")

_FIRST, _LAST = 1900, 2199
"""The years that a date can lie in; the number 2026 alone is one of them, and a day's number in Excel is none."""

_LONGEST = 60
"""The letters of a text that can be a date."""


class NoSuchDate(ValueError):
    """The text has the form of a date, and there is no such date; the message says why."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Two numbers and a year, which are a day in either order or in one; `weekday` is the day's, where it is said."""

    first: int
    second: int
    year: int
    weekday: int | None = None

    def day(self, order: Order) -> dt.date | None:
        """The day that they are in this order; None where there is no such day."""
        day, month = (self.first, self.second) if order == "day-first" else (self.second, self.first)
        try:
            found = dt.date(self.year, month, day)
        except ValueError:
            return None
        return found if self.weekday in (None, found.weekday()) else None


@dataclass(frozen=True, slots=True)
class OpenYear:
    """A quarter, or a whole year where it is None, of a year that is a calendar or a financial one."""

    quarter: int | None
    year: int

    def meant(self, kind: Year) -> PreciseDate:
        """What it is in a year of this kind. Raises NoSuchDate for a calendar year, which no date can be said as."""
        if self.quarter is None and kind == "calendar":
            raise NoSuchDate("a calendar year is no date: write the quarter or the month")
        if self.quarter is None:
            return _financial_year(self.year)
        return _quarter(self.quarter, self.year) if kind == "calendar" else _financial_quarter(self.quarter, self.year)


Meant = PreciseDate | Numbers | OpenYear


def meant(said: str) -> Meant | None:
    """What a text means as a date; None where it has no form of one.

    Years of two digits are of this century. A time of day, with its offset, is left out: the day is the one written.
    Raises NoSuchDate for a text such as "30 February 2026", or one whose weekday is another.
    """
    return _meant(said) if len(said) <= _LONGEST else None


@lru_cache(maxsize=65_536)
def _meant(said: str) -> Meant | None:
    text = _TIME.sub("", " ".join(said.lower().split()))
    weekday = None
    if (begins := _WEEKDAY.match(text)) and (weekday := _named(begins[1], _DAYS)):
        text = text[begins.end() :]
    for form, reader in _FORMS:
        if found := form.fullmatch(text):
            return _on_weekday(reader(*found.groups()), weekday)
    return None


def _on_weekday(found: Meant | None, weekday: int | None) -> Meant | None:
    if weekday is None or found is None:
        return found
    if isinstance(found, Numbers):
        return _existing(Numbers(found.first, found.second, found.year, weekday - 1))
    if not isinstance(found, PreciseDate) or found.precision != "day":
        return None
    if found.date.weekday() != weekday - 1:
        raise NoSuchDate(f"{found.date} is a {_DAYS[found.date.weekday()].title()}: correct either")
    return found


def _named(name: str, names: Sequence[str]) -> int | None:
    """The number, from 1, of the one that this is the name or a short form of."""
    return next((number for number, full in enumerate(names, 1) if full.startswith(name)), None)


def _year(said: str) -> int:
    year = int(said) if len(said) == 4 else 2000 + int(said)
    if not _FIRST <= year <= _LAST:
        raise NoSuchDate(f"the year {year} is too far away: correct it")
    return year


def _on(year: int, month: int, day: int) -> PreciseDate:
    try:
        return PreciseDate(date=dt.date(year, month, day))
    except ValueError as error:
        raise NoSuchDate("there is no such day: correct it") from error


def _ends(year: int, month: int, precision: Precision) -> PreciseDate:
    return PreciseDate(date=dt.date(year, month, 1), precision=precision)


def _iso_day(year: str, _: str, month: str, day: str) -> Meant:
    return _on(_year(year), int(month), int(day))


def _compact_day(year: str, month: str, day: str) -> Meant:
    return _on(_year(year), int(month), int(day))


def _numbers(first: str, _: str, second: str, year: str) -> Meant:
    return _existing(Numbers(int(first), int(second), _year(year)))


def _existing(found: Numbers) -> Numbers:
    if found.day("day-first") is None and found.day("month-first") is None:
        raise NoSuchDate("there is no such day: correct it")
    return found


def _named_day(day: str, name: str, year: str) -> Meant | None:
    month = _named(name, _MONTHS)
    return _on(_year(year), month, int(day)) if month else None


def _named_month(name: str, year: str) -> Meant | None:
    month = _named(name, _MONTHS)
    return _ends(_year(year), month, "month") if month else None


def _month(year: str, month: str) -> Meant | None:
    """A month ("2027-03") or a financial year ("2026-27"); None of what can be both ("2011-12")."""
    month_number, first = int(month), _year(year)
    if _follows(first, month):
        return None if 1 <= month_number <= 12 else _financial_year(first)
    if not 1 <= month_number <= 12:
        raise NoSuchDate("there is no such month, and no such financial year: correct it")
    return _ends(first, month_number, "month")


def _month_of(month: str, year: str) -> Meant | None:
    return _ends(_year(year), int(month), "month") if 1 <= int(month) <= 12 else None


def _follows(year: int, said: str) -> bool:
    return int(said) == (year + 1 if len(said) == 4 else (year + 1) % 100)


def _years(first: str, second: str) -> int:
    """The year that a financial year begins in. Raises NoSuchDate where the second is not the one after the first."""
    year = _year(first)
    if not _follows(year, second):
        raise NoSuchDate("a financial year is written with the next year, as 2026/27: correct it")
    return year


def _financial_year(year: int) -> PreciseDate:
    return _ends(year + 1, 3, "financial-year")


def _quarter(quarter: int, year: int) -> PreciseDate:
    return _ends(year, quarter * 3, "quarter")


def _financial_quarter(quarter: int, year: int) -> PreciseDate:
    return _quarter(quarter + 1, year) if quarter < 4 else _quarter(1, year + 1)


def _of_financial_year(first: str, second: str) -> Meant:
    return _financial_year(_years(first, second))


def _quarter_then_years(quarter: str, first: str, second: str) -> Meant:
    return _financial_quarter(int(quarter), _years(first, second))


def _years_then_quarter(first: str, second: str, quarter: str) -> Meant:
    return _financial_quarter(int(quarter), _years(first, second))


def _quarter_then_year(quarter: str, year: str) -> Meant:
    return OpenYear(int(quarter), _year(year))


def _year_then_quarter(year: str, quarter: str) -> Meant:
    return OpenYear(int(quarter), _year(year))


def _whole_year(year: str) -> Meant:
    return OpenYear(None, _year(year))


_Q = r"(?:q|quarter |qtr ?)([1-4])"
_FY = r"(?:fy ?)?(\d{4}|\d\d) ?[/-] ?(\d{4}|\d\d)"
_Y = r"'?(\d{4}|\d\d)"
_NAME = r"([a-z]{3,9})\.?"

_FORMS: list[tuple[re.Pattern[str], Callable[..., Meant | None]]] = [
    (re.compile(form), reader)
    for form, reader in (
        (r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", _iso_day),
        (r"((?:19|20)\d\d)(\d\d)(\d\d)", _compact_day),
        (r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)", _numbers),
        (rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/., ]*(?:of )?{_NAME}[-/,. ]*{_Y}", _named_day),
        (rf"{_NAME}[- ](\d{{1,2}})(?:st|nd|rd|th)?(?:, ?|[- ])(\d{{4}})", lambda m, d, y: _named_day(d, m, y)),
        (rf"(?:end (?:of )?)?{_NAME}[-/, ]*'?(\d{{4}})", _named_month),
        (rf"(?:end (?:of )?)?{_NAME} ?[-/'] ?(\d\d)", _named_month),
        (r"(\d{4})[-/](\d\d)", _month),
        (r"(\d{1,2})/(\d{4})", _month_of),
        (rf"{_Q}[-/, ]*(?:of )?{_FY}", _quarter_then_years),
        (rf"{_FY}[-/, ]*{_Q}", _years_then_quarter),
        (r"fy ?(\d{4}|\d\d) ?[/-] ?(\d{4}|\d\d)", _of_financial_year),
        (r"(\d{4}) ?[/-] ?(\d{4})", _of_financial_year),
        (rf"{_Q}[-/, ]*(?:of )?{_Y}", _quarter_then_year),
        (rf"{_Y}[-/, ]*{_Q}", _year_then_quarter),
        (r"(\d{4})", _whole_year),
    )
]
