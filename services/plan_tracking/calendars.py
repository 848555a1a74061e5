"""Calendars out: the days on which nobody works, to be pinned in a plan (`plan.published`, `data.calendar`).

A plan keeps the calendar that it was published with, so that a lag means the same for ever, whatever is proclaimed
later; its lead publishes it again to take over a change.
"""

from typing import Annotated

import holidays
from fastapi import APIRouter, Query

from schemas.payloads import CalendarData
from services.kit.http import Problem

REGIONS = {
    "england-and-wales": ("England and Wales", "ENG"),
    "scotland": ("Scotland", "SCT"),
    "northern-ireland": ("Northern Ireland", "NIR"),
}
"""By the name of a calendar: its title, and its region in the library (the bank holidays of Wales are England's)."""

FIRST_YEAR, LAST_YEAR, MOST_YEARS = 1950, 2100, 50

Year = Annotated[int, Query(ge=FIRST_YEAR, le=LAST_YEAR)]


def calendar(name: str, years: range) -> CalendarData:
    """The bank holidays of a calendar, those that were proclaimed once too, as far as the library knows them."""
    title, region = REGIONS[name]
    days = holidays.country_holidays("GB", subdiv=region, years=years)
    return CalendarData(name=title, holidays=tuple(sorted(days)))


def calendars() -> APIRouter:
    """The routes."""
    router = APIRouter(tags=["calendars"])

    @router.get("/api/calendars")
    async def names() -> dict[str, list[dict[str, str]]]:
        """The calendars that there are."""
        return {"calendars": [{"name": name, "title": title} for name, (title, _) in REGIONS.items()]}

    @router.get("/api/calendars/{name}")
    async def one(name: str, first: Annotated[Year, Query(alias="from")], to: Year) -> CalendarData:
        """The bank holidays from the beginning of a year to the end of another, as a plan may pin them."""
        if name not in REGIONS:
            raise Problem(404, "No such calendar", f"{name}: the calendars are {', '.join(REGIONS)}")
        if not 0 <= to - first < MOST_YEARS:
            said = f"to: {to} must be {first} or later, and no more than {MOST_YEARS} years together"
            raise Problem(422, "The request is not valid", said, errors=[{"field": "to", "detail": said}])
        return calendar(name, range(first, to + 1))

    return router
