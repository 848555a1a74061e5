"""Days after a day: calendar days, or the working days of a plan's calendar."""

import datetime as dt
from bisect import bisect_left, bisect_right

from schemas.payloads import Unit

LAST_DAY = dt.date.max.toordinal()
"""No lag leads past the last day that a date can say."""

Holidays = tuple[int, ...]
"""Days (ordinals, sorted) on which nobody works although they are no weekend."""


def later(day: int, lag: int, unit: Unit, holidays: Holidays = ()) -> int:
    """The day `lag` days after `day` (an ordinal; before it, when negative).

    Working days are Monday to Friday without the holidays. Counting begins at the working day before a day on which
    nobody works (after it, when counting back).
    """
    if unit == "calendar":
        reached = day + lag
        return reached if 1 <= reached <= LAST_DAY else min(max(reached, 1), LAST_DAY)
    if not lag:
        return day
    return min(max(_working(day, lag, holidays), 1), LAST_DAY)


def _working(day: int, lag: int, holidays: Holidays) -> int:
    step, left = (1, lag) if lag > 0 else (-1, -lag)
    while left:
        reached = _weekdays(day, left, step)
        left = _count(holidays, day, reached)
        day = reached
    return day


def _weekdays(day: int, count: int, step: int) -> int:
    """The day after so many weekdays."""
    while (day - 1) % 7 >= 5:
        day -= step
    weeks, rest = divmod(count, 5)
    day += step * 7 * weeks
    for _ in range(rest):
        day += step
        while (day - 1) % 7 >= 5:
            day += step
    return day


def _count(holidays: Holidays, start: int, end: int) -> int:
    """How many holidays were passed (all of them weekdays) on the way, the end included and the start not."""
    if end >= start:
        return bisect_right(holidays, end) - bisect_right(holidays, start)
    return bisect_left(holidays, start) - bisect_left(holidays, end)
