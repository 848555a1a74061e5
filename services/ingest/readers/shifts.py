"""Shifts of a working day as calendars write them: two times on a clock."""

import re

WHOLE_DAY = 24 * 60

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::\d\d)?")


def minutes_between(start: str, end: str) -> int:
    """The minutes of a shift; an end at midnight is that of the same day. 0 for what is no shift."""
    began, ended = _CLOCK.fullmatch(start), _CLOCK.fullmatch(end)
    if not began or not ended:
        return 0
    first, last = (int(clock[1]) * 60 + int(clock[2]) for clock in (began, ended))
    return min(max(0, (last or WHOLE_DAY) - first), WHOLE_DAY)
