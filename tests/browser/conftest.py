"""What every test of the pages looks with and at: one browser and one world for all, said once."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.chromium import CHROMIUM, HEIGHT
from tests.browser.world import World, founded
from tests.servers import Stack


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One headless Chromium for the whole run."""
    if not CHROMIUM.exists():
        pytest.skip(f"chromium is not installed at {CHROMIUM}")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


@pytest_asyncio.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of a context of its own, 1280 pixels wide."""
    context = await browser.new_context(viewport={"width": 1280, "height": HEIGHT})
    yield await context.new_page()
    await context.close()


@pytest_asyncio.fixture(scope="session")
async def world(stack: Stack) -> World:
    """The services with everything in them."""
    return await founded(stack)
