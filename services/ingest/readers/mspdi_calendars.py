"""The calendars of a Microsoft Project file: how much work counts as a day, and which week is worked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.ingest.domain.schedules.model import Workweek
from services.ingest.readers.records import Record, Shape
from services.ingest.readers.shifts import WHOLE_DAY, minutes_between

_TIME = Shape(frozenset({"FromTime", "ToTime"}))
_DAY = Shape(frozenset({"DayType", "DayWorking"}), {"WorkingTimes": Shape(parts={"WorkingTime": _TIME})})
CALENDAR = Shape(frozenset({"UID", "BaseCalendarUID"}), {"WeekDays": Shape(parts={"WeekDay": _DAY})})
"""What is wanted of a calendar."""

_MOST_MINUTES = 7 * WHOLE_DAY
_WEEKDAYS = frozenset("1234567")

Days = Mapping[str, float]
"""Minutes of work on each day of the week that a calendar speaks of, by its number (1 is Sunday)."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """The week of the project, and those of its calendars by their UIDs."""

    project: Workweek
    calendars: Mapping[str, Workweek]

    def of(self, calendar: str) -> Workweek:
        """The week of a calendar; that of the project where there is no such calendar."""
        return self.calendars.get(calendar, self.project)


def weeks_of(head: Record, calendars: Iterable[Record]) -> Weeks:
    """The weeks that the file speaks of. A day is always what the project counts as one, as its users type it."""
    day = _minutes(head, "MinutesPerDay", 480)
    week = _minutes(head, "MinutesPerWeek", 5 * day)
    settings = Workweek(day, min(7, max(1, round(week / day))), week)
    said = {calendar.text("UID"): calendar for calendar in calendars}
    found = {uid: _week(_days(calendar, said), settings) for uid, calendar in said.items()}
    return Weeks(found.get(head.text("CalendarUID"), settings), found)


def _minutes(head: Record, name: str, default: float) -> float:
    said = head.text(name)
    return float(said) if said.isdecimal() and 0 < int(said[:6]) <= _MOST_MINUTES else default


def _days(calendar: Record, said: Mapping[str, Record]) -> Days:
    """The calendar's days, and those of the calendar that it is based on where it says nothing of them."""
    base = said.get(calendar.text("BaseCalendarUID"))
    inherited = {} if base is None or base is calendar else _own_days(base)
    return {**inherited, **_own_days(calendar)}


def _own_days(calendar: Record) -> Days:
    days = calendar.one("WeekDays").every("WeekDay")
    return {day.text("DayType"): _worked(day) for day in days if day.text("DayType") in _WEEKDAYS}


def _worked(day: Record) -> float:
    if day.text("DayWorking") in ("0", "false"):
        return 0
    return sum(
        minutes_between(time.text("FromTime"), time.text("ToTime"))
        for time in day.one("WorkingTimes").every("WorkingTime")
    )


def _week(days: Days, settings: Workweek) -> Workweek:
    worked = [minutes for minutes in days.values() if minutes]
    return replace(settings, days=len(worked), week=sum(worked)) if worked else settings
