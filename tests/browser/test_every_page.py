"""Every page in a real browser: accessible, quiet, whole without scripts, for the keyboard, the zoom and paper too."""

import pathlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from services.kit.identity import COOKIE
from tests.browser.visits import DATA, VISITS, Visit, addresses, routes
from tests.browser.world import World

CHROMIUM = pathlib.Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed at /usr/bin/chromium")

HEIGHT = 900
VIOLATIONS = {"resultTypes": ["violations"]}
"""All that axe is to gather: the rest takes it longer than the checks."""
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
CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(e => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  if (e.closest('.unseen, svg, .scroll, .c-row') || !box.width || style.display === 'inline') return false;
  return box.right > document.documentElement.clientWidth + 1
    || (style.overflowX === 'hidden' && e.scrollWidth > e.clientWidth + 1);
}).slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""
ON_PAPER = """() => [...document.querySelectorAll('main svg')].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.left < -1 || box.right > innerWidth + 1);
}).map(e => e.outerHTML.slice(0, 120))"""

Check = Callable[[Page], Awaitable[list[str]]]


@pytest_asyncio.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


async def reader(browser: Browser, world: World, width: int, scheme: str = "light", *, scripts: bool = True) -> Page:
    """A page of a browser that is signed in."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,  # type: ignore[arg-type]
        java_script_enabled=scripts,
    )
    await context.add_cookies([{"name": COOKIE, "value": world.session, "url": world.stack.plans}])
    return await context.new_page()


async def faults(page: Page, world: World, check: Check) -> list[str]:
    """What is wrong with any page: its status, what it says on the console or in a dialog, and what the check finds."""
    found: list[str] = []
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    for address, visit in addresses(world):
        said.clear()
        answer = await page.goto(address)
        assert answer is not None
        if answer.status != visit.status:
            found.append(f"{visit.path}: {answer.status}")
        found += [f"{visit.path}: {fault}" for fault in await check(page)]
        found += [f"{visit.path}: {one}" for one in said if not _expected(one, visit)]
    await page.context.close()
    return found


def _expected(said: str, visit: Visit) -> bool:
    """A browser itself reports the status of a page that is an error."""
    return visit.status >= 400 and f"status of {visit.status}" in said


async def test_every_page_has_a_visit() -> None:
    """And every visit a page: whoever adds a route says how it is looked at."""
    assert set(VISITS) | DATA == await routes()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 375])
async def test_pages_are_accessible_quiet_and_fit(browser: Browser, world: World, width: int, scheme: str) -> None:
    """No violation by axe, nothing on the console, nothing to scroll sideways; wide and narrow, light and dark."""
    axe = Axe()

    async def check(page: Page) -> list[str]:
        violations = (await axe.run(page, options=VIOLATIONS)).response["violations"]
        wide = await page.evaluate("document.documentElement.scrollWidth")
        return [
            *(f"axe {one['id']}: {[node['html'][:100] for node in one['nodes'][:3]]}" for one in violations),
            *([f"{wide} pixels wide"] if wide > width else []),
        ]

    assert await faults(await reader(browser, world, width, scheme), world, check) == []


@pytest.mark.parametrize("width", [1280, 375])
async def test_pages_read_the_same_without_scripts(browser: Browser, world: World, width: int) -> None:
    """Every word that is there with scripts is there without."""
    scripted = await reader(browser, world, width)

    async def check(page: Page) -> list[str]:
        await scripted.goto(page.url)
        same = await scripted.inner_text("main") == await page.inner_text("main")
        return [] if same else ["reads otherwise without scripts"]

    assert await faults(await reader(browser, world, width, scripts=False), world, check) == []
    await scripted.context.close()


async def test_the_keyboard_alone_reaches_every_control(browser: Browser, world: World) -> None:
    """By Tab, from the top."""

    async def check(page: Page) -> list[str]:
        wanted = await page.evaluate(FOCUSABLE)
        await page.evaluate(WATCH)
        parts = 3 * await page.locator("input[type=date]").count()  # each has a day, a month, a year and a button
        for _ in range(wanted + parts + 3):
            await page.keyboard.press("Tab")
        reached = await page.evaluate("window.reached.size")
        return [] if reached >= wanted else [f"{reached} of {wanted} controls are reached"]

    assert await faults(await reader(browser, world, 1280), world, check) == []


async def test_twice_as_large_nothing_is_lost(browser: Browser, world: World) -> None:
    """At half the width, which is what 200 % makes of it, and at 320 pixels, which is what 400 % does."""

    async def check(page: Page) -> list[str]:
        found = []
        for width in (640, 320):
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            found += [f"cut off at {width}: {one}" for one in await page.evaluate(CUT_OFF)]
            if await page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"scrolls sideways at {width}")
        return found

    assert await faults(await reader(browser, world, 640), world, check) == []


@pytest.mark.parametrize("paper", PAPER)
async def test_pages_print_whole(browser: Browser, world: World, paper: str) -> None:
    """On A4 and A3: words, charts inside the sheet, and a file that has pages."""
    page = await reader(browser, world, PAPER[paper], "dark")
    await page.emulate_media(media="print")

    async def check(page: Page) -> list[str]:
        clipped = [f"clipped: {one}" for one in await page.evaluate(ON_PAPER)]
        words = len((await page.inner_text("main")).split())
        printed = await page.pdf(format=paper)
        return clipped + (
            [] if words > 5 and printed.count(b"/Type /Page\n") else [f"{words} words, {len(printed)} bytes"]
        )

    assert await faults(page, world, check) == []
