"""Every page in a real browser: accessible, quiet, whole without scripts, for the keyboard, the zoom and paper too.

A page is loaded once, and looked at again after the window, the scheme or the paper has changed.
"""

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, Response, Route

from services.kit.identity import COOKIE
from tests.browser.chromium import HEIGHT, cut_off, press_tab, too_wide, violations
from tests.browser.visits import DATA, VISITS, Visit, addresses, routes
from tests.browser.world import World

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
VIEWS = [(width, scheme) for width in (1280, 375) for scheme in SCHEMES]
PAPER = {"A4": 794, "A3": 1123}
"""Widths of a sheet at 96 pixels an inch."""

FOCUSABLE = """() => {
  const seen = e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0;
  const radios = new Map();
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(seen).filter(e => e.type !== 'radio' || !radios.has(e.name) && radios.set(e.name, e)).length;
}"""
WATCH = """() => {
  window.reached = new Set();
  document.addEventListener('focusin', event => {
    const e = event.target, radio = e.type === 'radio';
    if (e.id !== 'main') window.reached.add(radio ? e.name : e);
  });
}"""
ON_PAPER = """() => [...document.querySelectorAll('main svg')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.left < -1 || box.right > innerWidth + 1);
}).map(e => e.outerHTML.slice(0, 120))"""


async def _nothing_new(route: Route) -> None:
    """The answer to who follows a plan: pages that change while they are looked at are the matter of another test."""
    await route.fulfill(content_type="text/event-stream", body="retry: 600000\n\n")


@pytest_asyncio.fixture(scope="module")
async def reader(browser: Browser, world: World) -> AsyncIterator[BrowserContext]:
    """A browser that is signed in."""
    context = await browser.new_context(viewport={"width": 1280, "height": HEIGHT}, color_scheme="light")
    await context.add_cookies([{"name": COOKIE, "value": world.session, "url": world.stack.plans}])
    await context.route("**/stream", _nothing_new)
    yield context
    await context.close()


@pytest_asyncio.fixture(scope="module")
async def scriptless(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser without scripts."""
    context = await browser.new_context(java_script_enabled=False)
    yield context
    await context.close()


def _listen(page: Page, said: list[str]) -> None:
    """Keeps what a page says on the console or in a dialog."""
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))


def _expected(said: str, visit: Visit) -> bool:
    """A browser itself reports the status of a page that is an error."""
    return visit.status >= 400 and f"status of {visit.status}" in said


async def test_every_page_has_a_visit() -> None:
    """And every visit a page: whoever adds a route says how it is looked at."""
    assert set(VISITS) | DATA == await routes()


@pytest.mark.parametrize("route", VISITS)
async def test_a_page_is_for_everyone(
    reader: BrowserContext, scriptless: BrowserContext, world: World, route: str
) -> None:
    """Quiet and whole with and without scripts, for the keyboard, wide and narrow, light and dark, large, on paper."""
    found: list[str] = []
    for address, visit in addresses(world, route):
        found += await _faults(reader, scriptless, address, visit)
    assert found == []


async def _faults(reader: BrowserContext, scriptless: BrowserContext, address: str, visit: Visit) -> list[str]:
    said: list[str] = []
    page, plain = await reader.new_page(), await scriptless.new_page()
    for each in (page, plain):
        _listen(each, said)
    answer = await page.goto(address)
    assert answer is not None
    found = [] if answer.status == visit.status else [f"answers {answer.status}"]
    found += await _otherwise_without_scripts(page, plain, answer)
    for check in (_out_of_reach, _of_views, cut_off, _off_paper):
        found += await check(page)
    await page.close()
    await plain.close()
    return [f"{visit.path}: {fault}" for fault in (*found, *(one for one in said if not _expected(one, visit)))]


async def _otherwise_without_scripts(page: Page, plain: Page, answer: Response) -> list[str]:
    """Whether a word is there with scripts and not without, or the other way round: of the very same answer."""
    body = await answer.body()
    await plain.route(lambda url: url == page.url, lambda route: route.fulfill(content_type="text/html", body=body))
    await plain.goto(page.url)
    found = []
    for width in (375, 1280):
        for each in (plain, page):
            await each.set_viewport_size({"width": width, "height": HEIGHT})
        if await page.inner_text("main") != await plain.inner_text("main"):
            found.append(f"reads otherwise without scripts at {width}")
    return found


async def _out_of_reach(page: Page) -> list[str]:
    """Whether a control is not reached by Tab, from the top."""
    wanted = await page.evaluate(FOCUSABLE)
    await page.evaluate(WATCH)
    parts = 3 * await page.locator("input[type=date]").count()  # each has a day, a month, a year and a button
    await press_tab(page, wanted + parts + 3)
    reached = await page.evaluate("window.reached.size")
    return [] if reached >= wanted else [f"{reached} of {wanted} controls are reached"]


async def _of_views(page: Page) -> list[str]:
    """What axe finds, and what is too wide: wide and narrow, light and dark."""
    found = []
    for width, scheme in VIEWS:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        await page.emulate_media(color_scheme=scheme)
        found += [f"{width} {scheme}: {one}" for one in (*await too_wide(page, width), *await violations(page))]
    return found


async def _off_paper(page: Page) -> list[str]:
    """What of a chart is clipped on A4 and A3, also where the screen was dark; and whether a printer gets a file."""
    found = []
    await page.emulate_media(media="print")
    for paper, width in PAPER.items():
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"clipped on {paper}: {one}" for one in await page.evaluate(ON_PAPER)]
    words, printed = len((await page.inner_text("main")).split()), await page.pdf(format="A4")
    return found if words > 5 and b"/Type /Page\n" in printed else [*found, f"{words} words, {len(printed)} bytes"]
