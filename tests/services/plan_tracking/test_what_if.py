"""The door for what if: its wire, who sees what, what is refused; and that nothing is written."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from schemas.events import LogRecord
from services.kit.http import MOST_BYTES
from services.kit.mongo import Database
from services.plan_tracking.store import Store
from tests.events import PLAN, event
from tests.services.plan_tracking.doors import doors, everything, key, said

DOOR = f"/api/plans/{PLAN}/what-if"
MOVE = {"changes": [{"milestone": "dft/a", "forecast": "2027-04-15"}]}


def planned(name: str, title: str, baseline: str, *needs: str) -> list[LogRecord]:
    """A milestone of the plan, and what it needs ten days earlier."""
    first = event("milestone.planned", name, {"title": title, "baseline": baseline}, id="p")
    return [first, *(event("dependency.declared", name, {"needs": need, "lag": 10}, id=need) for need in needs)]


def chain(**plan: Any) -> list[LogRecord]:
    """A plan of dluhc that lists dft: dft/a, then dwp/b (not listed), then dluhc/c."""
    return [
        event("plan.published", PLAN, {"title": "Towns Fund", "target": "2027-04-20", **plan}),
        event("contributor.listed", PLAN, {"department": "dft"}, id="2"),
        *planned("dft/a", "Possession", "2027-03-01"),
        *planned("dwp/b", "Course", "2027-03-20", "dft/a"),
        *planned("dluhc/c", "Opening", "2027-04-10", "dwp/b"),
    ]


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the chain."""
    await said(store, chain())
    async with doors(store) as client:
        yield client


async def test_the_answer_says_who_moves_how_far_and_along_which_path(http: httpx.AsyncClient) -> None:
    """To the lead, who sees everything; and where the plan as a whole would end."""
    answer = await http.post(DOOR, json=MOVE, headers=key("dluhc"))
    assert answer.status_code == 200
    found = answer.json()
    a, b, c = (
        {"plan": PLAN, "milestone": name, "title": title}
        for name, title in (("dft/a", "Possession"), ("dwp/b", "Course"), ("dluhc/c", "Opening"))
    )
    assert found["moved"][0] == {
        **a,
        "department": "dft",
        "from": "2027-03-01",
        "to": "2027-04-15",
        "days": 45,
        "against_baseline": 45,
        "path": [a],
        "money_at_risk": None,
    }
    assert [(one["milestone"], one["days"], one["path"]) for one in found["moved"][1:]] == [
        ("dwp/b", 36, [a, b]),
        ("dluhc/c", 25, [a, b, c]),
    ]
    assert found["target"] == {
        "date": "2027-04-20",
        "from": "2027-04-10",
        "to": "2027-05-05",
        "days": 25,
        "against_target": 15,
    }
    assert (found["plan"], found["hidden"], found["new"], found["superseded"]) == (PLAN, 0, [], [])


async def test_nothing_is_written(http: httpx.AsyncClient, database: Database) -> None:
    """Every document of the database is as before."""
    before = await everything(database)
    assert before["milestones"]
    assert (await http.post(DOOR, json=MOVE)).status_code == 200
    assert await everything(database) == before


async def test_what_a_reader_may_not_see_is_counted_and_not_named(http: httpx.AsyncClient) -> None:
    """A department that is not listed: neither among the moved nor in a path; its own key sees it."""
    found = (await http.post(DOOR, json=MOVE)).json()
    assert [one["milestone"] for one in found["moved"]] == ["dft/a", "dluhc/c"]
    assert found["hidden"] == 1
    assert [node["milestone"] for node in found["moved"][1]["path"]] == ["dft/a", "", "dluhc/c"]
    assert "Course" not in json.dumps(found)
    seen = (await http.post(DOOR, json=MOVE, headers=key("dwp"))).json()
    assert [one["milestone"] for one in seen["moved"]] == ["dft/a", "dwp/b", "dluhc/c"]
    named = (await http.post(DOOR, json={"changes": [{"milestone": "dwp/b", "forecast": "2028-01-01"}]})).json()
    assert ([one["milestone"] for one in named["moved"]], named["hidden"], named["new"]) == (["dluhc/c"], 0, ["dwp/b"])


async def test_it_says_what_money_a_move_puts_at_risk(store: Store) -> None:
    """As the milestone's state would: of what pays for it, whatever is to be spent before it would be met."""
    fund = {"place": "E06000001", "fund": "Towns Fund", "amount": 1000, "financial_year": "2027/28", "use": "capital"}
    paying = {**fund, "route": "grant", "pays_for": ["dluhc/c"], "spend_by": "2027-04-20"}
    await said(store, [*chain(), event("funding.allocated", "dluhc/grant", paying, id="f")])
    async with doors(store) as client:
        found = (await client.post(DOOR, json=MOVE, headers=key("dluhc"))).json()["moved"]
        less = {"changes": [{"milestone": "dft/a", "forecast": "2027-03-25"}]}
        early = (await client.post(DOOR, json=less, headers=key("dluhc"))).json()["moved"]
    assert [one["money_at_risk"] and one["money_at_risk"]["days"] for one in found] == [None, None, 15]
    assert [one["money_at_risk"] for one in early] == [None] * 3


async def test_new_milestones_are_listed_as_such(http: httpx.AsyncClient) -> None:
    """A return may plan new ones; they move nobody."""
    changes = [{"milestone": "dft/z", "title": "Signals", "forecast": "2027-09-01"}, *MOVE["changes"]]
    found = (await http.post(DOOR, json={"changes": changes})).json()
    assert found["new"] == ["dft/z"]
    assert [one["milestone"] for one in found["moved"]] == ["dft/a", "dluhc/c"]


async def test_an_older_word_changes_nothing_that_was_said_later(http: httpx.AsyncClient) -> None:
    """As at the day before: the baseline of today stands, and the answer says so."""
    old = {"changes": [{"milestone": "dft/a", "baseline": "2027-09-01"}], "time": "2026-11-24T12:00:00Z"}
    found = (await http.post(DOOR, json=old)).json()
    assert (found["moved"], found["superseded"]) == ([], [{"milestone": "dft/a", "registers": ["baseline"]}])


async def test_a_plan_that_is_not_public_is_there_for_its_readers_only(store: Store) -> None:
    """404 as if there were none; to a contributor it answers."""
    await said(store, chain(visibility="owner"))
    async with doors(store) as client:
        assert (await client.post(DOOR, json=MOVE)).status_code == 404
        assert (await client.post(DOOR, json=MOVE, headers=key("dfe"))).status_code == 404
        assert (await client.post(DOOR, json=MOVE, headers=key("dft"))).status_code == 200


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "changes"),
        ({"changes": "all"}, "changes"),
        ({"changes": [{"forecast": "2027-04-15"}]}, "changes[0].milestone"),
        ({"changes": [{"milestone": "No Name"}]}, "changes[0].milestone"),
        ({"changes": [{"milestone": "dft/a", "forecast": "15/04/2027"}]}, "changes[0].forecast.date"),
        ({"changes": [{"milestone": "dft/a", "forecast": {"date": "2027-04-15", "precision": "age"}}]}, "precision"),
        ({"changes": [{"milestone": "dft/a", "actual": "2027-04-15T00:00:00Z"}]}, "changes[0].actual"),
        ({"changes": [{"milestone": "dft/a", "state": "late"}]}, "changes[0].state"),
        ({"changes": [{"milestone": "dft/a", "state": "open", "actual": "2026-04-15"}]}, "changes[0]"),
        ({"changes": [{"milestone": "dft/a", "forcast": "2027-04-15"}]}, "changes[0].forcast"),
        ({"changes": [{"milestone": "dft/a"}, {"milestone": "dft/a"}]}, "changes"),
        ({"changes": [{"milestone": f"dft/m{n}"} for n in range(5001)]}, "changes"),
        ({"changes": [], "time": "2026-11-25"}, "time"),
        ({"changes": [], "when": "now"}, "when"),
    ],
)
async def test_a_bad_change_is_refused_and_named(http: httpx.AsyncClient, asked: dict[str, Any], field: str) -> None:
    """422, a problem that names the field."""
    answer = await http.post(DOOR, json=asked)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert any(field in error["field"] for error in answer.json()["errors"])


async def test_a_body_that_is_no_json_or_too_large_is_refused(http: httpx.AsyncClient) -> None:
    """422 and 413, problems both, however it is sent."""
    headers = {"Content-Type": "application/json"}
    assert (await http.post(DOOR, content=b"{", headers=headers)).status_code == 422

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 1000 + 1):
            yield b" " * 1000

    for content in (b" " * (MOST_BYTES + 1), parts()):
        answer = await http.post(DOOR, content=content, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_a_stuck_plan_cannot_be_judged(http: httpx.AsyncClient, database: Database) -> None:
    """409: what would follow is not known while its newest records are not folded."""
    await database["plans"].update_one({"_id": PLAN}, {"$set": {"stuck": True}})
    assert (await http.post(DOOR, json=MOVE)).status_code == 409


async def test_what_only_the_day_has_moved_is_counted_from_today(store: Store) -> None:
    """A plan not heard of for three weeks: its overdue milestone stands at today, from where it is counted."""
    then = {"time": "2026-11-02T12:00:00Z", "acceptedtime": "2026-11-02T12:00:00Z"}
    published = event("plan.published", PLAN, {"title": "Towns Fund"}, **then)
    await said(
        store, [published, event("milestone.planned", "dluhc/a", {"title": "A", "baseline": "2026-11-01"}, **then)]
    )
    async with doors(store) as client:
        asked = {"changes": [{"milestone": "dluhc/a", "forecast": "2026-12-05"}]}
        [moved] = (await client.post(DOOR, json=asked)).json()["moved"]
    assert (moved["from"], moved["to"], moved["days"]) == ("2026-11-25", "2026-12-05", 10)
