"""A browser for a test, and what a person does first in it."""

import pathlib
from collections.abc import AsyncIterator

import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from tests.servers import Stack

CHROMIUM = pathlib.Path("/usr/bin/chromium")


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        await launched.close()


async def sign_in(page: Page, stack: Stack, key: str) -> None:
    """As a person does."""
    await page.goto(f"{stack.ingest}/publish")
    await page.fill("#key", key)
    await page.click("main button")
    await page.wait_for_url("**/publish")


async def fine(page: Page, width: int) -> None:
    """No violation by axe, and nothing to scroll sideways."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert (await Axe().run(page)).response["violations"] == []
