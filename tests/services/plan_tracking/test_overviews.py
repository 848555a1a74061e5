"""The JSON doors of places, departments and missions: what they answer, and to whom."""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.events import LogRecord
from services.plan_tracking.domain.places import Places
from services.plan_tracking.store import Store
from tests.events import event
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import doors, key
from tests.services.plan_tracking.towns import ALDERMOOR, BRACKWATER, JOBS, MOORSHIRE, OLD_ALDERMOOR, RENEWAL, SLUG


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over two plans of two leads, with the register."""
    await towns.founded(store)
    async with doors(store, places=towns.places()) as client:
        yield client


async def answer(http: httpx.AsyncClient, path: str, *departments: str) -> dict[str, Any]:
    """What a door answers to a key of these departments; to nobody's without."""
    got = await http.get(path, headers=key(*departments) if departments else {})
    assert got.status_code == 200, got.text
    found: dict[str, Any] = got.json()
    return found


def names(lines: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Plan and milestone of each line."""
    return [(one["plan"], one["milestone"]) for one in lines]


async def test_a_place_has_its_milestones_of_all_plans(http: httpx.AsyncClient) -> None:
    """Those that name it, and those that name no place in a plan of it; with slip, status and cause."""
    found = await answer(http, f"/api/places/{ALDERMOOR}")
    here = found["here"]
    assert names(here["milestones"]) == [(JOBS, "dwp/centre"), (RENEWAL, "dft/station"), (RENEWAL, "dluhc/square")]
    square = here["milestones"][2]
    assert (square["status"], square["slip"], square["projected"]) == ("late", 33, "2027-03-15")
    assert square["cause"]["milestone"] == {
        "plan": RENEWAL,
        "milestone": "dft/station",
        "title": "Station link",
        "department": "dft",
    }
    assert square["cause"]["reason"] == "Consent"
    assert (here["place"], here["counts"]["late"]) == ({"code": ALDERMOOR, "name": "Aldermoor"}, 2)
    assert [plan["title"] for plan in found["plans"]] == ["Aldermoor renewal", "Jobs"]


async def test_a_places_money_counts_each_fund_once_and_none_of_its_county(http: httpx.AsyncClient) -> None:
    """Two departments' word for one fund; what was said of a code that it has replaced; the county's apart."""
    found = await answer(http, f"/api/places/{ALDERMOOR}")
    money = found["here"]["money"]
    assert money["totals"] == {"capital": "25000000", "revenue": "0", "unknown": 0}
    assert money["by_year"]["2026/27"] == money["totals"]
    assert [(fund["fund"], fund["holds"]["department"]) for fund in money["funds"]] == [
        ("High streets", "dluhc"),
        ("Towns fund", "aldermoor-council"),
    ]
    assert found["wider"]["money"]["totals"] == {"capital": "0", "revenue": "7000000", "unknown": 0}
    assert names(found["wider"]["milestones"]) == [(RENEWAL, "dluhc/county-hub")]
    county = await answer(http, f"/api/places/{MOORSHIRE}")
    assert county["here"] == found["wider"]
    assert county["parts"] == [
        {"code": ALDERMOOR, "name": "Aldermoor"},
        {"code": BRACKWATER, "name": "Brackwater"},
    ]


async def test_a_place_says_what_money_is_at_risk(http: httpx.AsyncClient) -> None:
    """The amount, the milestone and by how many days it is late for it."""
    money = (await answer(http, f"/api/places/{ALDERMOOR}"))["here"]["money"]
    [risk] = money["at_risk"]
    assert (risk["department"], risk["amount"], money["amount_at_risk"]) == ("dluhc", "24000000", "24000000")
    [allocation] = risk["allocations"]
    [threat] = allocation["threats"]
    assert (allocation["spend_by"], threat["milestone"]["title"], threat["days"]) == (
        "2027-03-01",
        "Market square",
        14,
    )


async def test_a_successor_answers_for_its_predecessor_and_says_so(http: httpx.AsyncClient) -> None:
    """The same view, with the code that was asked for."""
    old, new = await answer(http, f"/api/places/{OLD_ALDERMOOR}"), await answer(http, f"/api/places/{ALDERMOOR}")
    assert old == {**new, "asked": OLD_ALDERMOOR}
    assert (new["asked"], new["answers_for"]) == (None, [{"code": OLD_ALDERMOOR, "name": "Old Aldermoor"}])


async def test_outcomes_stand_with_their_gap_to_target_and_between_places(http: httpx.AsyncClient) -> None:
    """The place's own series and that of all; the gap between the towns, without their county."""
    [footfall] = (await answer(http, f"/api/places/{ALDERMOOR}"))["outcomes"]
    assert [(one["place"], one["to_target"]) for one in footfall["series"]] == [(None, "250"), (ALDERMOOR, "400")]
    gap = footfall["between_places"]
    assert gap["latest"]["values"] == {ALDERMOOR: "1100", BRACKWATER: "1450"}
    assert (gap["latest"]["absolute"], gap["latest"]["relative"], gap["verdict"]) == ("350", "1.3182", "closing")
    assert [one["period"] for one in gap["judged"]] == ["2026 Q1", "2026 Q2"]


async def test_small_counts_of_experience_are_withheld(http: httpx.AsyncClient) -> None:
    """And in no number of the answer; how it is rounded is told."""
    experience = (await answer(http, f"/api/places/{ALDERMOOR}"))["experience"]
    assert {one["theme"]: one["count"] for one in experience["counts"]} == {
        "Buses": None,
        "Parks": None,
        "Waiting times": 40,
    }
    assert [(one["count"], one["withheld"]) for one in experience["totals"]] == [(40, 2)]
    assert (experience["least"], experience["rounded_to"]) == (5, 10)


async def test_the_places_of_all_plans_are_listed(http: httpx.AsyncClient) -> None:
    """With what they lie in, by name."""
    found = (await answer(http, "/api/places"))["places"]
    assert [(one["name"], one["wider"]["name"], one["plans"]) for one in found] == [
        ("Aldermoor", "Moorshire", 1),
        ("Brackwater", "Moorshire", 1),
    ]


async def test_a_department_has_its_milestones_what_it_owes_and_what_it_waits_for(http: httpx.AsyncClient) -> None:
    """Over all plans, across their borders too."""
    found = await answer(http, "/api/departments/dft")
    assert names(found["milestones"]) == [(JOBS, "dft/bus"), (RENEWAL, "dft/station")]
    assert [(one["giver"]["milestone"], one["receiver"]["plan"]) for one in found["owes"]] == [
        ("dft/station", RENEWAL),
        ("dft/station", JOBS),
    ]
    assert [(one["giver"]["milestone"], one["receiver"]["milestone"]) for one in found["waits_for"]] == [
        ("dwp/centre", "dft/bus")
    ]
    assert (found["title"], found["last_heard"]) == ("DFT", "2026-11-25T12:00:00Z")


async def test_a_mission_has_its_plans_their_milestones_counted_and_outcomes(http: httpx.AsyncClient) -> None:
    """By the slug of its text."""
    found = await answer(http, f"/api/missions/{SLUG}")
    assert (found["mission"], [one["plan"] for one in found["plans"]]) == (towns.MISSION, [RENEWAL, JOBS])
    assert found["counts"]["late"] == sum(one["counts"]["late"] for one in found["plans"]) == 3
    [footfall] = found["outcomes"]
    assert [one["place"] for one in footfall["series"]] == [None, ALDERMOOR, BRACKWATER, MOORSHIRE]


@pytest.mark.parametrize(
    "path", ["/api/places/E99999999", "/api/places/nowhere", "/api/departments/defra", "/api/missions/another"]
)
async def test_what_nobody_speaks_of_is_not_found(http: httpx.AsyncClient, path: str) -> None:
    """404, a problem."""
    got = await http.get(path)
    assert (got.status_code, got.headers["content-type"]) == (404, "application/problem+json")


async def test_a_place_of_the_register_is_there_before_any_plan(store: Store) -> None:
    """Empty, with what it lies in."""
    async with doors(store, places=towns.places()) as client:
        found = await answer(client, f"/api/places/{BRACKWATER}")
    assert (found["here"]["milestones"], found["here"]["place"]["name"]) == ([], "Brackwater")


async def test_without_a_register_the_plan_names_its_places(store: Store) -> None:
    """And every code stands for itself."""
    await towns.founded(store)
    async with doors(store, places=Places()) as client:
        found = await answer(client, f"/api/places/{ALDERMOOR}")
        assert (found["here"]["place"]["name"], found["wider"], found["answers_for"]) == ("Aldermoor town", None, [])
        assert found["here"]["money"]["totals"]["capital"] == "24000000"
        old = await answer(client, f"/api/places/{OLD_ALDERMOOR}")
    assert (old["asked"], old["here"]["money"]["totals"]["capital"]) == (None, "1000000")


async def test_what_is_not_listed_is_its_publishers_and_the_leads(http: httpx.AsyncClient) -> None:
    """A milestone and money of dfe, which the lead has not listed: nobody else sees them, anywhere."""
    paths = (f"/api/places/{ALDERMOOR}", "/api/departments/dfe", f"/api/missions/{SLUG}", f"/api/plans/{RENEWAL}")
    for path in paths:
        for departments in ((), ("dft",)):
            got = await http.get(path, headers=key(*departments) if departments else {})
            assert "dfe/" not in got.text
            assert "Skills fund" not in got.text
    for department in ("dfe", "dluhc"):
        money = (await answer(http, paths[0], department))["here"]["money"]
        assert money["totals"]["revenue"] == "3000000"
        assert (RENEWAL, "dfe/campus") in names((await answer(http, paths[0], department))["here"]["milestones"])
        assert names((await answer(http, paths[1], department))["milestones"]) == [(RENEWAL, "dfe/campus")]


@pytest.mark.parametrize(
    ("visibility", "readers", "others"),
    [("partners", ["dwp", "defra"], [""]), ("owner", ["dluhc", "dft", "aldermoor-council"], ["", "defra", "dwp"])],
)
async def test_a_plan_shows_to_whom_its_visibility_says_at_every_door(
    store: Store, visibility: str, readers: Sequence[str], others: Sequence[str]
) -> None:
    """Its milestones, money, outcomes, counts and name; and no other plan names its milestones to others."""
    await towns.founded(store, renewal_plan=towns.renewal(visibility=visibility))
    paths = [
        f"/api/places/{ALDERMOOR}",
        f"/api/places/{MOORSHIRE}",
        "/api/places",
        "/api/departments/dft",
        "/api/departments/dwp",
        f"/api/missions/{SLUG}",
        "/api/plans",
        f"/api/plans/{JOBS}",
    ]
    secrets = ("renewal", "station", "square", "Towns", "footfall", "Footfall", "Waiting times", "25000000")
    async with doors(store, places=towns.places()) as client:
        for reader in others:
            for path in paths:
                text = (await client.get(path, headers=key(reader) if reader else {})).text
                assert not [secret for secret in secrets if secret in text], (reader, path)
            assert (await client.get(f"/api/plans/{RENEWAL}", headers=key(reader) if reader else {})).status_code == 404
        for reader in readers:
            place = await answer(client, paths[0], reader)
            assert (RENEWAL, "dft/station") in names(place["here"]["milestones"])
            owed = (await answer(client, "/api/departments/dft", reader))["owes"]
            assert {one["receiver"]["plan"] for one in owed} == {RENEWAL, JOBS}


async def test_to_who_may_not_see_its_plan_a_need_has_days_and_no_name(store: Store) -> None:
    """The plan that needs it is public; what it needs is not."""
    await towns.founded(store, renewal_plan=towns.renewal(visibility="owner"))
    async with doors(store) as client:
        plan = await answer(client, f"/api/plans/{JOBS}")
        [need] = next(one for one in plan["milestones"] if one["milestone"] == "dwp/centre")["needs"]
        assert (need["plan"], need["milestone"], need["lag"], need["waiting"]) == ("", "", 5, "other-plan")
        [waits] = (await answer(client, "/api/departments/dwp"))["waits_for"]
        assert waits["giver"] == {"plan": "", "milestone": "", "title": "", "department": ""}
        history = (await client.get(f"/api/plans/{JOBS}/history?milestone=dwp/centre")).text
        assert "dft/station" not in history
        assert RENEWAL not in history
        told = await answer(client, f"/api/plans/{JOBS}", "dft")
        [need] = next(one for one in told["milestones"] if one["milestone"] == "dwp/centre")["needs"]
        assert (need["plan"], need["milestone"]) == (RENEWAL, "dft/station")


async def test_a_cycle_names_only_whom_the_reader_may_know_of(store: Store) -> None:
    """Two that wait for each other, one of a department that is not listed."""
    ring = [
        towns.needs(RENEWAL, "dfe/campus", "dluhc/square"),
        towns.needs(RENEWAL, "dluhc/square", "dfe/campus"),
    ]
    await towns.founded(store, renewal_plan=[*towns.renewal(), *ring])
    async with doors(store) as client:
        assert (await answer(client, f"/api/plans/{RENEWAL}"))["cycles"] == [["", "dluhc/square"]]
        assert (await answer(client, f"/api/plans/{RENEWAL}", "dluhc"))["cycles"] == [["dfe/campus", "dluhc/square"]]


async def test_a_withdrawn_plan_stays_and_is_marked(store: Store) -> None:
    """Bad news cannot be tidied away."""
    gone = event("plan.withdrawn", RENEWAL, {"reason": "Merged"}, plan=RENEWAL, time="2026-11-25T12:00:01Z")
    await towns.founded(store, renewal_plan=[*towns.renewal(), gone])
    async with doors(store) as client:
        found = await answer(client, f"/api/places/{ALDERMOOR}")
    station = next(one for one in found["here"]["milestones"] if one["milestone"] == "dft/station")
    assert station["withdrawn"] == found["plans"][0]["withdrawn"] == "2026-11-25"


async def test_a_code_or_group_written_by_anybody_harms_no_door(store: Store) -> None:
    """Texts that mean something to the store, to JSON or to HTML come back as they were said."""
    odd = ['{"$gt": ""}', "a|b@c%7C", "<script>", "x\u0000y", "ẞ" * 100]
    said: list[LogRecord] = [
        *towns.renewal(),
        *(towns.observed(RENEWAL, "2026 Q2", "7", group=group) for group in odd),
        *(towns.reported(RENEWAL, theme, 50, period=theme[:40]) for theme in odd),
        *(towns.allocated(RENEWAL, "dluhc/odd", 1, fund=fund) for fund in odd if "\u0000" not in fund),
    ]
    await towns.founded(store, renewal_plan=said)
    async with doors(store) as client:
        found = await answer(client, f"/api/places/{ALDERMOOR}")
        for path in ('/api/places/{"$gt":""}', "/api/departments/%7B%22$ne%22:1%7D", "/api/missions/at|E06000001"):
            assert (await client.get(path)).status_code == 404
    assert {one["group"] for one in found["outcomes"][0]["series"]} == {None, *odd}
    assert {one["theme"] for one in found["experience"]["counts"]} >= set(odd)
    assert json.dumps(found)
