"""The page of who waits to be listed: what the lead reads, and that nobody else does."""

import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from schemas.events import ContributorListed
from services.plan_tracking.store import Store
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import doors, key
from tests.services.plan_tracking.pages.test_across import read, text
from tests.services.plan_tracking.towns import JOBS, RENEWAL

WAITING = f"/plans/{RENEWAL}/waiting"


@pytest_asyncio.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over two plans of two leads; dfe waits in one."""
    await towns.founded(store)
    async with doors(store) as client:
        yield client


async def test_the_lead_reads_who_waits_and_how_to_list_them(http: httpx.AsyncClient) -> None:
    """With the event that lists them, which is one that would be taken."""
    page = (await http.get(WAITING, headers=key("dluhc"))).text
    assert "1 department publishes milestones of this plan that nobody else sees" in text(page)
    assert "Campus" in page
    said = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)
    assert said is not None
    listed = ContributorListed.model_validate_json(html.unescape(said[1]))
    assert (listed.source, listed.subject, listed.data.department) == ("/dluhc", RENEWAL, "dfe")


@pytest.mark.parametrize("departments", [(), ("dft",), ("dfe",)])
async def test_who_waits_is_for_the_lead_alone(http: httpx.AsyncClient, departments: tuple[str, ...]) -> None:
    """Nobody else is shown a name; not even how many."""
    got = await http.get(WAITING, headers=key(*departments) if departments else {})
    assert got.status_code == 403
    assert "Only its lead, dluhc, can see who waits." in text(got.text)
    assert "Campus" not in got.text
    assert "dfe" not in got.text


async def test_a_plan_whose_contributors_are_all_listed_says_so(http: httpx.AsyncClient) -> None:
    """And a plan that is not there, or not to be seen, is not found."""
    assert "Nobody waits" in await read(http, f"/plans/{JOBS}/waiting", "dwp")
    html_wanted = {"accept": "text/html"}
    assert (await http.get("/plans/dluhc/nothing/waiting", headers=html_wanted)).status_code == 404
