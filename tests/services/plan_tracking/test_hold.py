"""A publication hold: to all but the lead and the contributors, every door answers as known on its day."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.events import LogRecord
from services.plan_tracking.store import Store
from tests.events import NOON, event
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.every_door import PATHS, body
from tests.services.plan_tracking.towns import ALDERMOOR, BRACKWATER, JOBS, MISSION, RENEWAL, SLUG

HOLD = NOON.date()
LATER = NOON + dt.timedelta(days=3)
TOWN = {"places": [{"code": ALDERMOOR, "name": "Aldermoor town"}], "mission": MISSION}
OUTSIDERS = [{}, key("defra")]
INSIDERS = [key("dluhc"), key("dft")]


def later(kind: str, subject: str, data: dict[str, Any]) -> LogRecord:
    """What was said two days after the hold."""
    at = (NOON + dt.timedelta(days=2)).isoformat()
    return event(kind, subject, data, plan=RENEWAL, time=at, acceptedtime=at, id="later")


def held(hold: str | None = HOLD.isoformat(), **more: Any) -> LogRecord:
    """The lead puts the plan on hold."""
    return later("plan.published", RENEWAL, {"title": "Renewed title", **TOWN, "hold": hold, **more})


NEWS = [
    later("milestone.forecast", "dft/station", {"forecast": "2027-09-30", "reason": "Secret reason"}),
    later("milestone.planned", "dft/newcomer", {"title": "Newcomer", "baseline": "2027-06-01"}),
    later("milestone.reported", "dluhc/square", {"places": [BRACKWATER]}),
    later("milestone.completed", "dluhc/county-hub", {"actual": "2026-11-27"}),
    towns.allocated(RENEWAL, "aldermoor-council/grant", 99_000_000, 48, fund="Towns fund"),
    later("outcome.observed", "dluhc/footfall", {"period": "2026 Q3", "value": 4242, "place": ALDERMOOR}),
    later(
        "experience.reported",
        "aldermoor-council/survey",
        {"place": ALDERMOOR, "theme": "Floods", "count": 77, "period": "2026 Q4"},
    ),
]
TOLD = ("2027-09-30", "Secret reason", "Newcomer", "newcomer", "2026-11-27", "99000000", "4242", "Floods", "Renewed")
"""What nobody outside may read."""


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors three days after the hold, with the news in the store."""
    await towns.founded(store, renewal_plan=[*towns.renewal(), held(), *NEWS])
    async with doors(store, LATER, towns.places()) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_outside_reads_what_was_said_since_at_any_door(http: httpx.AsyncClient, path: str) -> None:
    """Neither without a key nor with another department's."""
    for headers in OUTSIDERS:
        status, text = await body(http, path, headers)
        assert status == (403 if path.endswith("/waiting") else 200)
        assert not [word for word in TOLD if word in text]


async def test_the_lead_and_the_contributors_see_the_present(http: httpx.AsyncClient) -> None:
    """With the mark that the plan is on hold."""
    for headers in INSIDERS:
        plan = (await http.get(f"/api/plans/{RENEWAL}", headers=headers)).json()
        assert (plan["title"], plan["hold"], plan["as_known_on"]) == ("Renewed title", HOLD.isoformat(), None)
        station = next(one for one in plan["milestones"] if one["milestone"] == "dft/station")
        assert (station["projected"], station["slip"]) == ("2027-09-30", 241)
        history = (await http.get(f"/api/plans/{RENEWAL}/history?milestone=dft/station", headers=headers)).json()
        assert "Secret reason" in str(history)
        place = (await http.get(f"/api/places/{ALDERMOOR}", headers=headers)).json()
        assert place["here"]["money"]["totals"]["capital"] == "100000000"


async def test_everybody_else_sees_the_plan_as_known_on_its_day_and_is_told_so(http: httpx.AsyncClient) -> None:
    """Dates, places, money, outcomes and counts of then; also where they have changed since."""
    plan = (await http.get(f"/api/plans/{RENEWAL}")).json()
    assert (plan["as_known_on"], plan["day"]) == (HOLD.isoformat(), HOLD.isoformat())
    place = (await http.get(f"/api/places/{ALDERMOOR}")).json()
    milestones = {one["milestone"]: one for one in place["here"]["milestones"]}
    assert set(milestones) == {"dft/station", "dluhc/square", "dwp/centre"}
    assert milestones["dluhc/square"]["as_known_on"] == HOLD.isoformat()
    assert milestones["dwp/centre"]["as_known_on"] is None
    assert place["here"]["money"]["totals"]["capital"] == "25000000"
    assert [one["latest"]["value"] for one in place["outcomes"][0]["series"]] == ["1250", "1100"]
    brackwater = (await http.get(f"/api/places/{BRACKWATER}")).json()
    assert {one["milestone"] for one in brackwater["here"]["milestones"]} == {"dwp/centre", "dft/bus"}
    page = (await http.get(f"/plans/{RENEWAL}")).text
    assert "As known on" in page
    assert "25 November 2026" in page


async def test_another_plan_does_not_name_what_is_on_hold(http: httpx.AsyncClient) -> None:
    """That it waits for the station now may be news; what was public then is where it was."""
    jobs = (await http.get(f"/api/plans/{JOBS}")).json()
    [need] = next(one for one in jobs["milestones"] if one["milestone"] == "dwp/centre")["needs"]
    assert (need["plan"], need["milestone"]) == ("", "")
    told = (await http.get(f"/api/plans/{JOBS}", headers=key("dft"))).json()
    [need] = next(one for one in told["milestones"] if one["milestone"] == "dwp/centre")["needs"]
    assert need["milestone"] == "dft/station"


async def test_what_if_is_for_those_who_see_the_present(http: httpx.AsyncClient) -> None:
    """Its answer would be of the present."""
    asked = {"changes": [{"milestone": "dft/station", "forecast": "2027-12-01"}]}
    door = f"/api/plans/{RENEWAL}/what-if"
    assert [(await http.post(door, json=asked, headers=one)).status_code for one in OUTSIDERS] == [403, 403]
    assert (await http.post(door, json=asked, headers=key("dft"))).status_code == 200


async def test_what_if_elsewhere_names_nothing_that_is_on_hold(store: Store) -> None:
    """Who would be moved there is counted."""
    hub = towns.needs(RENEWAL, "dluhc/county-hub", "dwp/centre", JOBS)
    wanted = {"version": 1, "milestone": "dwp/centre", "by": RENEWAL, "wanted": True}
    port = event("port.wanted", JOBS, wanted, plan=JOBS, source="/milepost/plan-tracking")
    await towns.founded(store, renewal_plan=[*towns.renewal(), hub, held()], jobs_plan=[*towns.jobs(), port])
    asked = {"changes": [{"milestone": "dwp/centre", "forecast": "2027-12-01"}]}
    async with doors(store, LATER) as client:
        door = f"/api/plans/{JOBS}/what-if"
        outside = (await client.post(door, json=asked)).json()
        inside = (await client.post(door, json=asked, headers=key("dluhc"))).json()
    assert ([one["milestone"] for one in outside["moved"]], outside["hidden"]) == (["dft/bus", "dwp/centre"], 1)
    assert "dluhc/county-hub" in [one["milestone"] for one in inside["moved"]]


async def test_a_plan_that_has_gone_elsewhere_since_is_where_it_was(store: Store) -> None:
    """By place and by mission."""
    moved = held(places=[{"code": BRACKWATER, "name": "Brackwater"}], mission="Another mission")
    await towns.founded(store, renewal_plan=[*towns.renewal(), moved])
    async with doors(store, LATER) as client:
        for path, word, outside in (
            ("/api/missions/another-mission", RENEWAL, False),
            (f"/api/missions/{SLUG}", RENEWAL, True),
            (f"/api/places/{BRACKWATER}", "dft/station", False),
        ):
            assert (word in (await client.get(path)).text) is outside, path
            assert (word in (await client.get(path, headers=key("dluhc"))).text) is not outside, path


async def test_until_its_day_is_over_a_hold_hides_nothing(store: Store) -> None:
    """A hold of today freezes the view tonight, in London."""
    day = (NOON + dt.timedelta(days=2)).date()
    await towns.founded(store, renewal_plan=[*towns.renewal(), held(day.isoformat()), *NEWS])
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)  # London's in November
    for moment in (midnight - dt.timedelta(seconds=1), midnight + dt.timedelta(seconds=1)):
        async with doors(store, moment) as client:
            plan = (await client.get(f"/api/plans/{RENEWAL}")).json()
            assert plan["title"] == "Renewed title"
            assert plan["as_known_on"] == (day.isoformat() if moment > midnight else None)


async def test_a_hold_is_lifted_by_saying_so(store: Store) -> None:
    """Null says that there is none any more."""
    await towns.founded(store, renewal_plan=[*towns.renewal(), held(), *NEWS])
    async with doors(store, LATER) as client:
        assert "2027-09-30" not in (await client.get(f"/api/plans/{RENEWAL}")).text
        await said(store, [held(None).model_copy(update={"time": LATER, "acceptedtime": LATER})], 100, RENEWAL)
        assert "2027-09-30" in (await client.get(f"/api/plans/{RENEWAL}")).text


async def test_a_plan_that_was_not_public_on_that_day_is_not_there(store: Store) -> None:
    """Nor one that is not public any more."""
    quiet = [*towns.renewal(visibility="owner"), held(visibility="public"), *NEWS]
    await towns.founded(store, renewal_plan=quiet)
    async with doors(store, LATER) as client:
        assert (await client.get(f"/api/plans/{RENEWAL}")).status_code == 404
        assert "station" not in (await client.get(f"/api/places/{ALDERMOOR}")).text
        assert (await client.get(f"/api/plans/{RENEWAL}", headers=key("dft"))).status_code == 200
    await said(store, [held(visibility="owner").model_copy(update={"time": LATER, "id": "x"})], 100, RENEWAL)
    async with doors(store, LATER) as client:
        assert (await client.get(f"/api/plans/{RENEWAL}")).status_code == 404


async def test_a_plan_begun_after_the_day_has_nothing_to_show(store: Store) -> None:
    """It was not published then."""
    day = (HOLD - dt.timedelta(days=30)).isoformat()
    await towns.founded(store, renewal_plan=[*towns.renewal(), held(day)])
    async with doors(store, LATER) as client:
        assert (await client.get(f"/api/plans/{RENEWAL}")).status_code == 404
        assert (await client.get("/api/places")).json()["places"][0]["code"] == BRACKWATER
