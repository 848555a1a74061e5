"""The door to history: who said what, when, why, what it won and what it moved."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.plan_tracking.store import Store
from tests.events import NOON, PLAN
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.story import SECOND, at, story

DOOR = f"/api/plans/{PLAN}/history"


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the story, with a word that comes too late to count."""
    late = {"acceptedtime": NOON.isoformat(), "id": "late"}
    old = at("milestone.forecast", "dft/a", {"forecast": "2027-12-01", "reason": "Old"}, SECOND.replace(hour=9), **late)
    await said(store, [*story(), old])
    async with doors(store) as client:
        yield client


async def history(client: httpx.AsyncClient, *departments: str, **query: Any) -> dict[str, Any]:
    """A page of history."""
    answer = await client.get(DOOR, params=query, headers=key(*departments) if departments else {})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_each_record_says_who_when_why_and_what_it_won(http: httpx.AsyncClient) -> None:
    """Of one milestone, in the order of acceptance; what had been said later already won nothing of its date."""
    found = await history(http, milestone="dft/a")
    assert [(one["offset"], one["type"].split(".")[3]) for one in found["history"]] == [
        (2, "planned"),
        (7, "forecast"),
        (8, "forecast"),
        (9, "forecast"),
    ]
    moved, late = found["history"][1], found["history"][3]
    assert (moved["department"], moved["reason"]) == ("dft", "Possession moved")
    assert moved["time"] == moved["accepted"] == SECOND.isoformat().replace("+00:00", "Z")
    assert set(moved["won"]) == {"forecast", "reason"}
    assert (late["won"], late["time"] < late["accepted"]) == ([], True)
    assert found["next"] is None
    assert "moved" not in moved


async def test_a_record_says_what_it_moved(http: httpx.AsyncClient) -> None:
    """From which date to which, and everything behind it as far as the caller may know; the rest is counted."""
    found = await history(http, "dluhc", milestone="dft/a", moves="true")
    assert [[(step["milestone"], step["days"]) for step in one["moved"]] for one in found["history"]] == [
        [("dft/a", None)],
        [("dft/a", 45), ("dluhc/c", 25), ("dwp/b", 36)],
        [("dft/a", -15), ("dluhc/c", -15), ("dwp/b", -15)],
        [],
    ]
    first = found["history"][1]["moved"][0]
    assert (first["from"], first["to"]) == ("2027-03-01", "2027-04-15")
    seen = (await history(http, milestone="dft/a", moves="true"))["history"][1]
    assert ([step["milestone"] for step in seen["moved"]], seen["more"]) == (["dft/a", "dluhc/c"], 1)


async def test_history_comes_page_by_page(http: httpx.AsyncClient) -> None:
    """Each record once, also while more is said."""
    found, after = list[int](), -1
    while after is not None:
        page = await history(http, milestone="dft/a", limit=2, after=after)
        assert len(page["history"]) <= 2
        found += [one["offset"] for one in page["history"]]
        after = page["next"]
    assert found == [2, 7, 8, 9]


async def test_what_is_said_of_the_plan_itself_is_its_history(http: httpx.AsyncClient) -> None:
    """Without a milestone."""
    found = await history(http)
    assert [one["type"] for one in found["history"]] == [
        "org.milepost.plan.published.v1",
        "org.milepost.contributor.listed.v1",
    ]


async def test_a_milestone_that_the_caller_may_not_know_has_no_name(http: httpx.AsyncClient) -> None:
    """The opening needs a milestone of a department that is not listed."""
    declared = (await history(http, milestone="dluhc/c"))["history"][1]
    assert (declared["data"], declared["won"]) == ({"needs": "", "lag": 10}, ["needs:"])
    declared = (await history(http, "dluhc", milestone="dluhc/c"))["history"][1]
    assert declared["data"]["needs"] == "dwp/b"


async def test_messages_between_plans_are_not_told(store: Store) -> None:
    """They name plans that the caller may not know of."""
    cuts = {"cuts": [{"needs": "mod/secret|mod/x", "milestone": "dft/a"}], "version": 1}
    own = at("links.judged", PLAN, cuts, NOON, source="/milepost/plan-tracking")
    await said(store, [*story(), own])
    async with doors(store) as client:
        answer = await client.get(DOOR, headers=key("dluhc"))
    assert len(answer.json()["history"]) == 2
    assert "mod" not in answer.text


@pytest.mark.parametrize("name", ["dwp/b", "dft/nothing", "x"])
async def test_of_a_milestone_that_is_not_to_be_seen_there_is_no_history(http: httpx.AsyncClient, name: str) -> None:
    """As if it were not there."""
    assert (await http.get(DOOR, params={"milestone": name})).status_code == 404


async def test_a_bad_page_is_refused(http: httpx.AsyncClient) -> None:
    """With the field."""
    for query in ({"limit": 0}, {"limit": 1001}, {"after": -2}, {"after": "x"}):
        answer = await http.get(DOOR, params=query)
        assert answer.status_code == 422
        assert next(iter(query)) in answer.json()["detail"]
