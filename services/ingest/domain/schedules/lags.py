"""The lag of a dependency in whole days, from the length of a chain and the days that the schedule writes."""

import datetime as dt
import math
from dataclasses import dataclass

from schemas.payloads import Unit
from services.ingest.domain.schedules.model import WORKING_WEEK, Length

_DIGITS = 4
"""Decimals of a day to which sums are exact: a ten-thousandth is nine seconds."""

_WEEKEND = 2


@dataclass(frozen=True, slots=True)
class Lag:
    """A lag in days of its unit. `rounded` says that the chain has a part of a day, `mixed` that its units differ.

    `short` is by how many days the dates in the schedule are closer than the lag allows.
    """

    days: int
    unit: Unit
    rounded: bool = False
    mixed: bool = False
    short: int = 0


def lag_of(length: Length, giver: dt.date | None, taker: dt.date | None) -> Lag:
    """The lag for a chain of this length between two tasks with these dates.

    Working time is said in working days, anything else in calendar days; where a chain has both, five working days are
    seven. A part of a day counts as a whole one, so that a lag is never too short. But schedules have times of day:
    from a morning to the evening of the same day is a working day, and no day later. So where the schedule's own dates
    are closer by no more than a day (by a weekend more, where five days were counted as seven), the lag is what they
    leave.
    """
    unit: Unit = "calendar" if round(length.elapsed, _DIGITS) else "working"
    mixed = unit == "calendar" and bool(round(length.working, _DIGITS))
    exact = round(length.days if unit == "calendar" else length.working, _DIGITS)
    days = math.ceil(exact)
    over = 0 if giver is None or taker is None else max(0, days - between(giver, taker, unit))
    if over <= 1 + _WEEKEND * mixed:
        days, over = days - over, 0
    return Lag(days, unit if days else "calendar", exact != math.ceil(exact), mixed, over)


def between(first: dt.date, second: dt.date, unit: Unit) -> int:
    """The longest lag with which the second day does not come too early after the first; negative where it is before.

    Working days are Monday to Friday. They are counted from the working day before a first day on which nobody works,
    and from the one after it when counting back.
    """
    start, end = first.toordinal(), second.toordinal()
    if unit == "calendar":
        return end - start
    if end < start:
        while _is_weekend(start):
            start += 1
    return _weekdays(end) - _weekdays(start)


def _is_weekend(day: int) -> bool:
    return (day - 1) % 7 >= WORKING_WEEK


def _weekdays(day: int) -> int:
    """The weekdays up to this day (an ordinal), the first Monday being the day 1."""
    weeks, rest = divmod(day, 7)
    return weeks * WORKING_WEEK + min(rest, WORKING_WEEK)
