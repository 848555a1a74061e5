"""Open data: what is beside the page of a plan."""

import csv
import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from icalendar import Calendar

from schemas.events import EVENT
from services.plan_tracking.store import Store
from tests.events import NOON, PLAN
from tests.services.plan_tracking.domain.hostile import HOSTILE
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.story import forecast, planned, story
from tests.services.plan_tracking.test_packs import hostile

AT = f"/plans/{PLAN}"
ENDINGS = (".csv", ".json", ".ics", ".oc4ids.json", "/history.jsonl")


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over the story."""
    await said(store, story())
    async with doors(store) as client:
        yield client


@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_feed_names_its_licence_and_nobody_who_may_not_be_named(
    http: httpx.AsyncClient, ending: str
) -> None:
    """As a link in the headers."""
    answer = await http.get(AT + ending)
    assert answer.status_code == 200
    assert answer.headers["link"] == '<https://example.org/licence>; rel="license"'
    assert "dwp" not in answer.text
    assert "dft/a" in answer.text


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_plan_that_is_not_public_is_data_for_its_readers_only(store: Store, ending: str) -> None:
    """404 as if there were none; what its readers are sent is kept by no shared cache."""
    await said(store, story(visibility="owner"))
    async with doors(store) as client:
        assert (await client.get(AT + ending)).status_code == 404
        answer = await client.get(AT + ending, headers=key("dft"))
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith("private")
        assert "Authorization" in answer.headers["vary"]


@pytest.mark.parametrize("ending", ENDINGS[:4])
async def test_a_reader_that_has_it_is_sent_nothing_until_it_changes(store: Store, ending: str) -> None:
    """A strong tag; compressed, another."""
    await said(store, story())
    async with doors(store) as client:
        plain = {"Accept-Encoding": "identity"}
        first = await client.get(AT + ending, headers=plain)
        packed = await client.get(AT + ending, headers={"Accept-Encoding": "gzip"})
        assert first.headers["etag"] != packed.headers["etag"]
        tag = {"If-None-Match": first.headers["etag"], **plain}
        assert (await client.get(AT + ending, headers=tag)).status_code == 304
        await said(store, planned("dft/z", "New", "2027-01-01"), offset=9)
        again = await client.get(AT + ending, headers=tag)
        assert again.status_code == 200
        assert "dft/z" in again.text


async def test_the_table_has_a_row_for_each_milestone(http: httpx.AsyncClient) -> None:
    """With the mark that spreadsheets need; to be saved under the plan's name."""
    answer = await http.get(f"{AT}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert 'filename="dluhc-towns-fund.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbfplan,milestone,")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [(row["milestone"], row["slip_days"]) for row in rows] == [("dft/a", "30"), ("dluhc/c", "10")]


async def test_the_calendar_leads_to_the_pages(http: httpx.AsyncClient) -> None:
    """By absolute addresses."""
    answer = await http.get(f"{AT}.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    [first, _] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert first["url"] == f"https://milepost.example/plans/{PLAN}/milestones/dft/a"


async def test_json_has_the_states_as_the_api_has_them(http: httpx.AsyncClient) -> None:
    """And the licence."""
    found = (await http.get(f"{AT}.json")).json()
    api = (await http.get(f"/api/plans/{PLAN}")).json()
    assert found["licence"] == {"name": "Open Licence", "url": "https://example.org/licence"}
    assert found["milestones"] == api["milestones"]


async def test_the_whole_history_is_a_line_for_each_event(http: httpx.AsyncClient) -> None:
    """Each an event of the contract; all of them for the lead, and for everyone those that it may know of."""
    answer = await http.get(f"{AT}/history.jsonl", headers=key("dluhc"))
    assert answer.headers["content-type"] == "application/x-ndjson"
    events = [json.loads(line) for line in answer.text.splitlines()]
    assert len(events) == len(story())
    assert [EVENT.validate_python(event).id for event in events] == [event.id for event in story()]
    public = (await http.get(f"{AT}/history.jsonl")).text.splitlines()
    assert len(public) == len(story()) - 3  # the milestone, its need, and what needs it


async def test_a_long_history_comes_whole(store: Store) -> None:
    """In pieces, none lost between them."""
    moves = [forecast("dft/a", f"2027-05-{1 + number % 28:02}", NOON) for number in range(600)]
    await said(store, [*story(), *moves])
    async with doors(store) as client:
        answer = await client.get(f"{AT}/history.jsonl", headers=key("dluhc"))
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.text.splitlines()) == len(story()) + 600


async def test_hostile_titles_break_no_feed(store: Store) -> None:
    """Each milestone is there, once; JSON has its title as it was said."""
    await said(store, hostile())
    titles = [text.strip() for text in HOSTILE if text.strip()]
    async with doors(store) as client:
        bodies = {ending: (await client.get(AT + ending)).content for ending in ENDINGS}
    rows = list(csv.DictReader(io.StringIO(bodies[".csv"].decode("utf-8-sig"), newline="")))
    assert sorted(row["milestone"] for row in rows) == sorted(f"dluhc/m{number}" for number in range(len(titles)))
    assert len(Calendar.from_ical(bodies[".ics"]).walk("VEVENT")) == len(titles)
    said_titles = {m["milestone"]: m["title"] for m in json.loads(bodies[".json"])["milestones"]}
    assert [said_titles[f"dluhc/m{number}"] for number in range(len(titles))] == titles
    assert len(bodies["/history.jsonl"].split(b"\n")) == len(hostile()) + 1


async def test_what_it_all_means_is_said_at_data(http: httpx.AsyncClient) -> None:
    """The licence, the addresses, every column."""
    found = (await http.get("/data")).json()
    assert found["licence"]["url"] == "https://example.org/licence"
    header = (await http.get(f"{AT}.csv")).content.decode("utf-8-sig").partition("\r\n")[0]
    assert [column["name"] for column in found["columns"]] == header.split(",")
    assert {one["address"].removeprefix("/plans/LEAD/PLAN") for one in found["formats"]} == set(ENDINGS)
