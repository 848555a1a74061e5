"""Two dates compared, and dates tried by form: pages over a real store."""

import datetime as dt
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from services.plan_tracking.store import Store
from tests.events import NOON, PLAN
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.story import FIRST, story

AT = f"/plans/{PLAN}"


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over a plan whose dates have moved over three days."""
    await said(store, story(visibility="public"))
    async with doors(store) as client:
        client.headers["accept"] = "text/html"
        yield client


def read(page: str) -> str:
    """What a reader reads, in single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1].partition(">")[2]).split())


async def test_two_dates_are_compared(http: httpx.AsyncClient) -> None:
    """Who moved between them, from when to when, because of whom and why; and the same as a chart."""
    page = (await http.get(f"{AT}/compare?from={FIRST:%Y-%m-%d}")).text
    assert "Possession Transport 1 March 2027 31 March 2027 30 days later itself" in read(page)
    assert 'class="chart"' in page


async def test_dates_that_cannot_be_compared_are_said_on_the_form(http: httpx.AsyncClient) -> None:
    """The wrong way round, no dates at all, the future: what is filled in stays."""
    for asked in (f"from={NOON:%Y-%m-%d}&to={FIRST:%Y-%m-%d}", "from=nonsense", "from=2999-01-01", "from=<b>"):
        answer = await http.get(f"{AT}/compare?{asked}")
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "<b>" not in answer.text


async def test_a_date_is_tried_and_everything_that_would_move_is_shown(http: httpx.AsyncClient, store: Store) -> None:
    """By how much, against what was agreed, because of whom, and where the plan would end; and nothing is written."""
    before = await store.milestone_states(PLAN)
    page = read((await http.get(f"{AT}/what-if?milestone1=dft/a&forecast1=2027-05-30")).text)
    assert "Possession Transport 31 March 2027 30 May 2027 60 days later" in page
    assert "Because of" in page
    assert "The plan would end on" in page
    assert await store.milestone_states(PLAN) == before


async def test_the_form_is_filled_in_from_a_milestone(http: httpx.AsyncClient) -> None:
    """The link on its page names it."""
    page = (await http.get(f"{AT}/what-if?milestone=dft/a")).text
    assert '<option value="dft/a" selected>' in page


@pytest.mark.parametrize("asked", ["milestone1=dft/a&forecast1=soon", "milestone1=No Name&forecast1=2027-05-30"])
async def test_what_cannot_be_tried_is_said_on_the_form(http: httpx.AsyncClient, asked: str) -> None:
    """With the field that is wrong."""
    answer = await http.get(f"{AT}/what-if?{asked}")
    assert answer.status_code == 422
    assert "This cannot be tried." in answer.text


async def test_what_is_not_public_is_not_there(store: Store) -> None:
    """Neither comparison nor form, but for those whose plan it is."""
    await said(store, story(visibility="owner"))
    async with doors(store) as client:
        for page in ("", "/compare", "/what-if", "/milestones/dft/a"):
            assert (await client.get(AT + page)).status_code == 404
            assert (await client.get(AT + page, headers=key("dluhc"))).status_code == 200, page


async def test_a_plan_on_hold_is_shown_as_it_was_known(store: Store) -> None:
    """To everybody as of that day: pages, the first page and the search; what came later only to its lead."""
    day = FIRST.date()
    await said(store, story(visibility="public", hold=day.isoformat()))
    async with doors(store, clock=NOON + dt.timedelta(days=1)) as client:
        frozen, open_now = await client.get(AT), await client.get(AT, headers=key("dluhc"))
        assert "31 March 2027" not in frozen.text
        assert "Publication is on hold" in frozen.text
        assert "31 March 2027" in open_now.text
        assert "Possession</a>" not in (await client.get("/")).text
        assert "Possession" in (await client.get("/", headers=key("dluhc"))).text
        tried = await client.get(f"{AT}/what-if?milestone1=dft/a&forecast1=2027-05-30")
        assert tried.status_code == 403
