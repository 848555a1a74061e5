"""What a person does in a browser, and what is asked of every page that is open in it."""

import asyncio
import pathlib

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.servers import Stack

CHROMIUM = pathlib.Path("/usr/bin/chromium")
HEIGHT = 900

CUT_OFF = """() => [...document.querySelectorAll('main *')].filter(e => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  if (e.closest('.unseen, svg, .scroll, .c-row') || !box.width || style.display === 'inline') return false;
  return box.right > document.documentElement.clientWidth + 1
    || (style.overflowX === 'hidden' && e.scrollWidth > e.clientWidth + 1);
}).slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""


async def send(page: Page, button: str) -> None:
    """Presses a form's button, and returns when its answer is there."""
    async with page.expect_navigation():
        await page.click(button)


async def sign_in(page: Page, stack: Stack, key: str) -> None:
    """As a person does."""
    await page.goto(f"{stack.ingest}/publish")
    await page.fill("#key", key)
    await send(page, "main button")
    assert page.url == f"{stack.ingest}/publish"


async def press_tab(page: Page, times: int) -> None:
    """Presses Tab so many times, without waiting for the echo of each."""
    key = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
    keyboard = await page.context.new_cdp_session(page)
    strokes = [{"type": type_, **key} for _ in range(times) for type_ in ("rawKeyDown", "keyUp")]
    await asyncio.gather(*(keyboard.send("Input.dispatchKeyEvent", stroke) for stroke in strokes))
    await keyboard.detach()


async def violations(page: Page) -> list[str]:
    """What axe finds wrong."""
    # without resultTypes it gathers what is right too, which takes it longer than the checks
    found = (await Axe().run(page, options={"resultTypes": ["violations"]})).response["violations"]
    return [f"axe {one['id']}: {[node['html'][:100] for node in one['nodes'][:3]]}" for one in found]


async def too_wide(page: Page, width: int) -> list[str]:
    """Whether there is anything to scroll sideways to."""
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} pixels wide at {width}"] if wide > width else []


async def cut_off(page: Page) -> list[str]:
    """What is lost at half the width, which is what 200 % makes of it, and at 320 pixels, which is what 400 % does."""
    found = []
    for width in (640, 320):
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"cut off at {width}: {one}" for one in await page.evaluate(CUT_OFF)] + await too_wide(page, width)
    return found


async def fine(page: Page, width: int) -> None:
    """No violation by axe, and nothing to scroll sideways."""
    assert await too_wide(page, width) + await violations(page) == []
