"""The calendars of a file that Primavera exported: the hours of a day, and which week is worked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.ingest.domain.schedules.model import Workweek
from services.ingest.readers.shifts import minutes_between
from services.ingest.readers.xer_tables import Line, number

CALENDAR = frozenset({"clndr_id", "clndr_name", "default_flag", "day_hr_cnt", "week_hr_cnt", "clndr_data"})
"""What is wanted of a calendar."""

_DEFAULT = Workweek()

_BLANKS = re.compile(r"[\s\x7f]+")
_WEEK = re.compile(r"DaysOfWeek\(\)(.*?)(?:\(0\|\|VIEW|\(0\|\|Exceptions|$)")
_DAY = re.compile(r"\(0\|\|([1-7])\(\)")
_SHIFT = re.compile(r"\((?:s\|([\d:]+)\|f\|([\d:]+)|f\|([\d:]+)\|s\|([\d:]+))\)")


@dataclass(frozen=True, slots=True)
class Calendar:
    """A calendar; one that is not `whole` is damaged, and its week is taken from its hours alone."""

    id: str
    name: str
    week: Workweek
    whole: bool
    default: bool


def read_calendars(rows: Iterable[Line]) -> Iterator[Calendar]:
    """The calendars in these rows."""
    for row in rows:
        worked = _worked(_BLANKS.sub("", row.get("clndr_data", "")))
        day, week = _minutes(row, "day_hr_cnt", _DEFAULT.day), _minutes(row, "week_hr_cnt", _DEFAULT.week)
        made = Workweek(day, len(worked), sum(worked)) if worked else Workweek(day, _days(day, week), week)
        identifier, name = row.get("clndr_id", ""), row.get("clndr_name", "")
        yield Calendar(identifier, name, made, bool(worked), row.get("default_flag") == "Y")


def _worked(data: str) -> list[int]:
    """The minutes of work on the days that have some; none where the data is damaged."""
    section = _WEEK.search(data)
    if section is None or data.count("(") != data.count(")"):
        return []
    days = _DAY.split(section[1])[1:]
    if {*days[::2]} != set("1234567"):
        return []
    shifts = (sum(_minutes_of(shift) for shift in _SHIFT.findall(said)) for said in days[1::2])
    return [minutes for minutes in shifts if minutes]


def _minutes_of(shift: tuple[str, str, str, str]) -> int:
    start, end, other_end, other_start = shift
    return minutes_between(start or other_start, end or other_end)


def _minutes(row: Line, name: str, default: float) -> float:
    try:
        hours = number(row.get(name, ""))
    except ValueError:
        return default
    return hours * 60 if 0 < hours <= 24 * 7 else default


def _days(day: float, week: float) -> int:
    return min(7, max(1, round(week / day)))
