"""Open pages follow their plan: renewed at once, without a poll, the reader's place kept; and again after a break."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, Request

from services.plan_tracking.followers import Followers
from tests.browser.served import served
from tests.services.plan_tracking.examples import PLAN, Shelf, shelf
from tests.services.plan_tracking.paging import app

POSSESSION = "dft/riverside-halt/possession"
PATH = f"/plans/{PLAN}"


@dataclass(frozen=True, slots=True)
class Live:
    """Pages of a shelf whose plans can be changed while they are open."""

    base: str
    shelf: Shelf

    def rename(self, title: str) -> None:
        """Gives a milestone a new title, and the plan its next version."""
        plan = self.shelf.plans[PLAN]
        self.shelf.milestones[PLAN] = [
            state.model_copy(update={"title": title}) if state.milestone == POSSESSION else state
            for state in self.shelf.milestones[PLAN]
        ]
        self.shelf.plans[PLAN] = plan.model_copy(update={"version": plan.version + 1})

    async def post(self, path: str) -> None:
        """Does to the service what the path says: look, leave, return."""
        async with httpx.AsyncClient() as http:
            (await http.post(f"{self.base}{path}")).raise_for_status()


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    """The pages, served."""
    plans = shelf()
    made = app(plans)
    followers: Followers = made.state.followers

    async def leave() -> None:
        followers.leave()

    async def come_back() -> None:
        followers.leaving = False

    for path, does in {"/look": followers.look, "/leave": leave, "/return": come_back}.items():
        made.post(path)(does)
    with served(made) as base:
        yield Live(base, plans)


@pytest_asyncio.fixture
async def following(page: Page, live: Live) -> AsyncIterator[Page]:
    """The page of the plan, once it has been told the present version; nothing goes wrong on it."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    network, told = await page.context.new_cdp_session(page), asyncio.Event()
    network.on("Network.eventSourceMessageReceived", lambda _: told.set())
    await network.send("Network.enable")
    await page.goto(live.base + PATH)
    async with asyncio.timeout(30):
        await told.wait()
    yield page
    assert wrong == []


async def test_an_open_page_is_renewed_and_its_reader_keeps_the_place(following: Page, live: Live) -> None:
    """Without loading anew: focus, scroll and what was unfolded stay, and it is said to who cannot see it."""
    await following.evaluate("window.mine = 1")
    await following.locator("text=Take the data away").click()
    await following.locator(f'[id="{POSSESSION}"] th a').focus()
    place = await following.evaluate("scrollY")
    live.rename("Possession renamed")
    await live.post("/look")
    # what is said is gone after some seconds: seen in the same moment as what is new
    await following.wait_for_function(
        """() => [...document.querySelectorAll('th a')].some(a => a.textContent === 'Possession renamed')
            && document.getElementById('news').textContent === 'This page was renewed: dates have changed.'"""
    )
    assert await following.evaluate("window.mine") == 1
    assert await following.evaluate("scrollY") == place > 0
    assert await following.evaluate("document.activeElement.textContent") == "Possession renamed"
    assert await following.locator("text=Table (CSV)").is_visible()


async def test_a_page_asks_once_for_each_change_and_never_else(following: Page, live: Live) -> None:
    """One stream, one fetch for one change: nothing polls. Its icon a browser loads when it likes."""
    requests: list[Request] = []
    following.on("request", lambda request: requests.append(request))
    for title in ("Once", "Twice"):
        live.rename(title)
        await live.post("/look")
        await following.wait_for_selector(f"th a:text-is('{title}')")
    asked = [request for request in requests if "/static/" not in request.url]
    assert [request.url.removeprefix(live.base) for request in asked] == [PATH, PATH]


async def test_a_page_follows_again_after_a_break(following: Page, live: Live) -> None:
    """What changed while the service was away is there when it is back."""
    await live.post("/leave")
    live.rename("While it was away")
    await live.post("/return")
    await following.wait_for_selector("th a:text-is('While it was away')")
    assert await following.evaluate("performance.getEntriesByType('navigation').length") == 1
