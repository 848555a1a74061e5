"""Open pages follow their plan: renewed at once, without a poll, the reader's place kept; and again after a break."""

import pathlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, sync_playwright

from services.plan_tracking.followers import Followers
from tests.services.plan_tracking.examples import PLAN, Shelf, shelf
from tests.services.plan_tracking.paging import app

CHROMIUM = pathlib.Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed at /usr/bin/chromium")

POSSESSION = "dft/riverside-halt/possession"
PATH = f"/plans/{PLAN}"


@dataclass
class Served:
    """Pages of a shelf whose plans can be changed while they are open."""

    base: str
    shelf: Shelf
    followers: Followers

    def rename(self, title: str) -> None:
        """Gives a milestone a new title, and the plan its next version."""
        plan = self.shelf.plans[PLAN]
        self.shelf.milestones[PLAN] = [
            state.model_copy(update={"title": title}) if state.milestone == POSSESSION else state
            for state in self.shelf.milestones[PLAN]
        ]
        self.shelf.plans[PLAN] = plan.model_copy(update={"version": plan.version + 1})

    def look(self) -> None:
        """Tells whoever follows."""
        httpx.post(f"{self.base}/look").raise_for_status()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The pages, served in a thread of its own."""
    plans = shelf()
    made = app(plans)
    followers: Followers = made.state.followers
    made.post("/look")(followers.look)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(made, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", plans, followers)
    server.should_exit = server.force_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of this file."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """The page of the plan, following it."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    with opened.expect_response("**/stream"):
        opened.goto(served.base + PATH)
    yield opened
    opened.close()


def test_an_open_page_is_renewed_and_its_reader_keeps_the_place(page: Page, served: Served) -> None:
    """Without loading anew: focus, scroll and what was unfolded stay, and it is said to who cannot see it."""
    page.evaluate("window.mine = 1")
    page.locator("text=Take the data away").click()
    page.locator(f'[id="{POSSESSION}"] th a').focus()
    place = page.evaluate("scrollY")
    served.rename("Possession renamed")
    served.look()
    page.wait_for_selector("th a:text-is('Possession renamed')")
    assert page.evaluate("window.mine") == 1
    assert page.evaluate("scrollY") == place > 0
    assert page.evaluate("document.activeElement.textContent") == "Possession renamed"
    assert page.locator("text=Table (CSV)").is_visible()
    assert page.locator("#news").inner_text() == "This page was renewed: dates have changed."


def test_a_page_asks_once_for_each_change_and_never_else(page: Page, served: Served) -> None:
    """One stream, one fetch for one change: nothing polls. Its icon a browser loads when it likes."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    served.rename("Once")
    served.look()
    page.wait_for_selector("th a:text-is('Once')")
    served.rename("Twice")
    served.look()
    page.wait_for_selector("th a:text-is('Twice')")
    asked = [request for request in requests if "/static/" not in request.url]
    assert [request.url.removeprefix(served.base) for request in asked] == [PATH, PATH]


def test_a_page_follows_again_after_a_break(page: Page, served: Served) -> None:
    """What changed while the service was away is there when it is back."""
    served.followers.leave()
    served.look()
    served.rename("While it was away")
    served.followers.leaving = False
    page.wait_for_selector("th a:text-is('While it was away')")
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1
