"""Reporting periods: calendar months, or quarters of the financial year (April to March), and when returns are due."""

import calendar
import datetime as dt
from dataclasses import dataclass

from schemas.dates import last_day
from schemas.payloads import Reporting


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period: its name ("Q3 2026/27", "November 2026"), first and last day; its return is due on `due`."""

    name: str
    first: dt.date
    last: dt.date
    due: dt.date


def period(reporting: Reporting, day: dt.date) -> Period:
    """The period that holds a day; raises OverflowError where it is due after the year 9999."""
    last = last_day(day, reporting.every)
    first = last.replace(month=last.month - (2 if reporting.every == "quarter" else 0), day=1)
    return Period(_name(reporting, last), first, last, last + dt.timedelta(days=reporting.due_days))


def awaited(reporting: Reporting, day: dt.date) -> Period:
    """The period whose return is due next: the first that is due on this day or later."""
    return period(reporting, day - dt.timedelta(days=reporting.due_days))


def _name(reporting: Reporting, last: dt.date) -> str:
    if reporting.every == "month":
        return f"{calendar.month_name[last.month]} {last.year}"
    quarter = (last.month // 3 - 2) % 4 + 1
    begins = last.year - (quarter == 4)
    return f"Q{quarter} {begins}/{(begins + 1) % 100:02}"
