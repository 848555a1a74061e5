"""The doors to plans: what a caller sees, as it is and as it was known."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.plan_tracking.store import Store
from tests.events import NOON, PLAN, event
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.story import DAY, planned, story

DOOR = f"/api/plans/{PLAN}"


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the story."""
    await said(store, story())
    async with doors(store) as client:
        yield client


async def plan(client: httpx.AsyncClient, *departments: str, **query: str) -> dict[str, Any]:
    """The plan, milestones by name."""
    answer = await client.get(DOOR, params=query, headers=key(*departments) if departments else {})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return {**found, "milestones": {m["milestone"]: m for m in found["milestones"]}}


async def test_a_plan_says_where_it_ends_and_how_much_room_there_is(http: httpx.AsyncClient) -> None:
    """The path to the milestone expected last; total floats; when each department was last heard."""
    found = await plan(http, "dluhc")
    assert (found["outlook"]["last"]["milestone"], found["outlook"]["days"]) == ("dluhc/c", 0)
    assert [node["milestone"] for node in found["outlook"]["path"]] == ["dft/a", "dwp/b", "dluhc/c"]
    assert [m["total_float"] for m in found["milestones"].values()] == [0, 0, 0]
    assert found["last_heard"]["dft"] == NOON.isoformat().replace("+00:00", "Z")
    assert found["as_known_on"] is None


async def test_what_a_caller_may_not_know_of_has_no_name(http: httpx.AsyncClient) -> None:
    """A department that waits to be listed: neither among the milestones, nor in needs, paths and causes."""
    answer = await http.get(DOOR)
    assert "dwp" not in answer.text
    opening = (await plan(http))["milestones"]["dluhc/c"]
    assert [node["milestone"] for node in opening["path"]] == ["dft/a", "", "dluhc/c"]
    [need] = opening["needs"]
    assert (need["milestone"], need["projected"], need["float_days"]) == ("", None, -10)
    assert set((await plan(http, "dwp"))["milestones"]) == {"dft/a", "dwp/b", "dluhc/c"}


@pytest.mark.parametrize(
    ("known_on", "projected", "version"),
    [
        ("2026-11-23", "2027-03-01", 6),
        ("2026-11-24", "2027-04-15", 7),
        ("2026-11-24T11:59:59Z", "2027-03-01", 6),
        ("2026-11-24T12:00:00Z", "2027-04-15", 7),
        ("2026-11-25", "2027-03-31", 8),
    ],
)
async def test_a_plan_is_shown_as_it_was_known(
    http: httpx.AsyncClient, known_on: str, projected: str, version: int
) -> None:
    """A date means its end in London; what was accepted later changes nothing of it."""
    found = await plan(http, known_on=known_on)
    assert (found["milestones"]["dft/a"]["projected"], found["version"]) == (projected, version)
    assert (found["day"], found["known_on"]) == (known_on[:10], known_on)


@pytest.mark.parametrize(
    ("known_on", "status", "said"),
    [("2026-11-26", 422, "has not come yet"), ("soon", 422, "known_on"), ("2026-11-22", 404, "nothing had been said")],
)
async def test_a_moment_that_cannot_be_shown_is_refused(
    http: httpx.AsyncClient, known_on: str, status: int, said: str
) -> None:
    """With the field and the reason."""
    answer = await http.get(DOOR, params={"known_on": known_on})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert said in answer.json()["detail"]


async def test_what_is_accepted_late_still_counts(store: Store) -> None:
    """A record that was accepted before the moment, and came after the plan was asked for as of it."""
    await said(store, story()[:-1])
    async with doors(store) as client:
        assert (await plan(client, known_on="2026-11-25"))["milestones"]["dft/a"]["projected"] == "2027-04-15"
        await said(store, story()[-1:], offset=8)
        assert (await plan(client, known_on="2026-11-25"))["milestones"]["dft/a"]["projected"] == "2027-03-31"


async def test_a_caller_that_has_it_is_sent_nothing(store: Store) -> None:
    """Until the plan moves, the day passes, or another asks."""
    await said(store, story())
    async with doors(store) as client, doors(store, NOON + DAY) as tomorrow:
        first = await client.get(DOOR)
        tag = {"If-None-Match": first.headers["etag"]}
        assert not first.headers["etag"].startswith("W/")
        again = await client.get(DOOR, headers=tag)
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get(DOOR, headers=tag | key("dwp"))).status_code == 200
        assert (await client.get(DOOR, headers=tag, params={"known_on": "2026-11-24"})).status_code == 200
        assert (await tomorrow.get(DOOR, headers=tag)).status_code == 200
        await said(store, planned("dft/z", "New", "2027-01-01"), offset=9)
        assert (await client.get(DOOR, headers=tag)).status_code == 200


async def test_plans_are_listed_page_by_page(store: Store) -> None:
    """By name; each once, those that the caller may not see left out; the last page says that it is the last."""
    for number in range(7):
        visibility = "owner" if number in (2, 3) else "public"
        name = f"dluhc/p{number}"
        published = event("plan.published", name, {"title": "T", "visibility": visibility}, plan=name)
        await said(store, [published], plan=name)
    async with doors(store) as client:
        found, after = list[str](), ""
        while after is not None:
            page = (await client.get("/api/plans", params={"limit": 3, "after": after})).json()
            found += [plan["plan"] for plan in page["plans"]]
            after = page["next"]
            assert after not in ("dluhc/p2", "dluhc/p3")  # it would name what is not to be seen
        assert found == [f"dluhc/p{number}" for number in range(7) if number not in (2, 3)]
        assert after is None
        whole = (await client.get("/api/plans", headers=key("dluhc"))).json()
        assert ([plan["plan"][-1] for plan in whole["plans"]], whole["next"]) == (list("0123456"), None)
        assert (await client.get("/api/plans", params={"limit": 0})).status_code == 422


async def test_milestones_are_listed_page_by_page(http: httpx.AsyncClient) -> None:
    """By name, as far as the caller may see them; the last page says that it is the last."""
    for caller, wanted in (({}, ["dft/a", "dluhc/c"]), (key("dluhc"), ["dft/a", "dluhc/c", "dwp/b"])):
        found, after = list[str](), ""
        while after is not None:
            answer = await http.get(f"{DOOR}/milestones", params={"limit": 1, "after": after}, headers=caller)
            page = answer.json()
            found += [one["milestone"] for one in page["milestones"]]
            after = page["next"]
            assert after is None or after in wanted
        assert found == wanted
    whole = (await http.get(f"{DOOR}/milestones")).json()
    assert whole["next"] is None
    stays = ("milestone", "projected", "slip", "path", "needs")
    states = {m["milestone"]: m for m in (await http.get(DOOR)).json()["milestones"]}
    assert all(
        {n: one[n] for n in stays} == {n: states[one["milestone"]][n] for n in stays} for one in whole["milestones"]
    )
    tag = {"If-None-Match": (await http.get(f"{DOOR}/milestones")).headers["etag"]}
    assert (await http.get(f"{DOOR}/milestones", headers=tag)).status_code == 304
    assert (await http.get(f"{DOOR}/milestones", params={"limit": 1}, headers=tag)).status_code == 200


async def milestone(client: httpx.AsyncClient, name: str, *departments: str) -> dict[str, Any]:
    """One milestone."""
    answer = await client.get(f"{DOOR}/milestones/{name}", headers=key(*departments) if departments else {})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_milestone_says_what_its_forecasts_are_worth(http: httpx.AsyncClient) -> None:
    """Two moves: by 45 days, and back by 15."""
    found = await milestone(http, "dft/a", "dluhc")
    assert found["credibility"] == {"moves": 2, "average_days": 15}
    assert (found["total_float"], found["overdue"], found["slip"]) == (0, False, 30)
    [course] = found["dependents"]
    assert (course["milestone"], course["title"], course["lag"], course["float_days"]) == ("dwp/b", "Course", 10, -21)
    assert (await milestone(http, "dft/a"))["dependents"] == []


async def test_a_milestone_that_is_not_there_or_not_to_be_seen_is_not_found(http: httpx.AsyncClient) -> None:
    """The same answer to both."""
    for name in ("dwp/b", "dft/nothing"):
        assert (await http.get(f"{DOOR}/milestones/{name}")).status_code == 404
    assert (await http.get(f"{DOOR}/milestones/dwp/b", headers=key("dwp"))).status_code == 200


async def test_who_needs_it_in_other_plans_is_named_as_far_as_they_may_be_seen(store: Store) -> None:
    """Not what waits to be listed, but to the lead; a plan that is not to be seen is counted."""
    await said(store, story())
    for lead, visibility in (("dfe", "public"), ("mod", "owner")):
        name = f"{lead}/jobs"
        need = {"needs": "dft/a", "needs_plan": PLAN, "lag": 3}
        other = [
            event("plan.published", name, {"title": "Jobs", "visibility": visibility}, plan=name),
            event("milestone.planned", f"{lead}/x", {"title": "Jobs open"}, plan=name),
            event("dependency.declared", f"{lead}/x", need, plan=name, id="need"),
            event("dependency.declared", "hmt/waits", need, plan=name, id="unlisted"),
        ]
        await said(store, other, plan=name)
        wanted = {"milestone": "dft/a", "by": name, "wanted": True, "version": 3}
        own = {"source": "/milepost/plan-tracking", "id": f"want-{lead}"}
        await said(store, [event("port.wanted", PLAN, wanted, **own)], offset=9 if lead == "dfe" else 10)
    async with doors(store) as client:
        found = await milestone(client, "dft/a")
        assert [(d["plan"], d["milestone"], d["lag"]) for d in found["dependents"]] == [("dfe/jobs", "dfe/x", 3)]
        assert found["hidden_plans"] == 1
        assert "mod" not in str(found)
        found = await milestone(client, "dft/a", "mod")
        assert [d["milestone"] for d in found["dependents"]] == ["dfe/x", "hmt/waits", "mod/x"]
