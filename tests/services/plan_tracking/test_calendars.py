"""The calendars of bank holidays."""

import datetime as dt

import httpx
import pytest

from schemas.payloads import CalendarData
from services.kit.http import application
from services.kit.metrics import registry
from services.plan_tracking.calendars import REGIONS, calendars


@pytest.fixture
def http() -> httpx.AsyncClient:
    """The doors."""
    app = application("calendars", registry())
    app.include_router(calendars())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://calendars")


@pytest.mark.parametrize(
    ("name", "days", "number"),
    [
        ("england-and-wales", {"2022-06-03", "2022-09-19", "2026-04-06", "2026-08-31", "2026-12-28"}, 8),
        ("scotland", {"2026-01-02", "2026-08-03", "2026-11-30"}, 9),
        ("northern-ireland", {"2026-03-17", "2026-07-13"}, 10),
    ],
)
async def test_each_calendar_has_its_bank_holidays(
    http: httpx.AsyncClient, name: str, days: set[str], number: int
) -> None:
    """Those too that were proclaimed once, and those instead of a weekend."""
    answer = await http.get(f"/api/calendars/{name}", params={"from": 2022, "to": 2027})
    assert answer.status_code == 200
    found = answer.json()
    assert days <= set(found["holidays"])
    assert found["holidays"] == sorted(found["holidays"])
    working = [d for d in map(dt.date.fromisoformat, found["holidays"]) if d.year == 2025 and d.weekday() < 5]
    assert len(working) == number


async def test_what_is_answered_can_be_pinned_in_a_plan(http: httpx.AsyncClient) -> None:
    """As it is."""
    answer = await http.get("/api/calendars/scotland", params={"from": 2001, "to": 2050})
    assert CalendarData.model_validate(answer.json()).name == "Scotland"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/calendars/atlantis?from=2026&to=2027", 404),
        ("/api/calendars/scotland", 422),
        ("/api/calendars/scotland?from=2027&to=2026", 422),
        ("/api/calendars/scotland?from=2000&to=2050", 422),
        ("/api/calendars/scotland?from=1800&to=1801", 422),
        ("/api/calendars/scotland?from=x&to=2026", 422),
    ],
)
async def test_anything_else_is_refused(http: httpx.AsyncClient, path: str, status: int) -> None:
    """With what there is."""
    answer = await http.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_the_calendars_are_listed(http: httpx.AsyncClient) -> None:
    """By the names under which they are asked for."""
    found = (await http.get("/api/calendars")).json()["calendars"]
    assert [one["name"] for one in found] == list(REGIONS)
