"""Calendars of Primavera."""

import datetime as dt
from typing import Any

import pytest

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Link, Return
from services.ingest.domain.schedules.milestones import milestones
from services.ingest.readers.xer import read_xer
from tests.services.ingest.readers.project_files import (
    Rows,
    activity,
    calendar,
    primavera,
    said,
    waits,
    week_data,
)

LATER = "2027-11-25 17:00"
PLANNED = PreciseDate(date=dt.date(2026, 11, 20))


def read(activities: Rows, relations: Rows = (), **tables: Rows) -> Return:
    """The milestones of a file with these activities and relations."""
    return milestones(read_xer(primavera(activities, relations, **tables)))


def test_the_week_is_what_the_calendar_says_and_not_its_factors() -> None:
    """Seven days of eight hours, although its week counts forty: five days of work take five calendar days."""
    work = activity(2, "TT_Task", remain_drtn_hr_cnt=40)
    tables: dict[str, Any] = {"CALENDAR": [calendar(1, (8,) * 7, week_hr_cnt=40)]}
    found = read([activity(1), work, activity(3, reend_date=LATER)], [waits(2, 1), waits(3, 2)], **tables)
    assert found.rows[1].needs == (Link("A0001", 5, "calendar"),)


@pytest.mark.parametrize(
    "data", ["", "(0||CalendarData()(", week_data((8,) * 7)[:-1], "(0||CalendarData()((0||DaysOfWeek()((0||1()())))))"]
)
def test_a_damaged_calendar_is_said(data: str) -> None:
    """Its hours a day and a week are taken."""
    work = activity(2, "TT_Task", remain_drtn_hr_cnt=40)
    tables: dict[str, Any] = {"CALENDAR": [calendar(1, clndr_data=data, clndr_name="Site")]}
    found = read([activity(1), work, activity(3, reend_date=LATER)], [waits(2, 1), waits(3, 2)], **tables)
    assert found.rows[1].needs == (Link("A0001", 5, "working"),)
    assert "the calendar Site (used by 3 activities) is damaged: a week of 5 days of 8 hours" in said(found)


def test_shifts_stand_in_either_order_and_over_line_breaks() -> None:
    """Two shifts, the finish before the start, and the signs that Primavera writes for line breaks."""
    shifts = "(0||0(f|12:00|s|08:00)())\x7f\x7f(0||1(f|17:00|s|13:00)())"
    days = "".join(f"(0||{day}()({shifts if 1 < day < 7 else ''}))" for day in range(1, 8))
    data = f"(0||CalendarData()(\x7f\x7f  (0||DaysOfWeek()({days}))\x7f(0||VIEW(ShowTotal|N)())))"
    found = read([activity(1)], CALENDAR=[calendar(1, clndr_data=data)])
    assert "damaged" not in said(found)
