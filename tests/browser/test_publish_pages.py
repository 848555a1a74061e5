"""Publishing by hand in a real browser: a key, a file, what it means, a receipt; accessible, whole without scripts."""

import asyncio
import pathlib

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.chromium import fine, send, sign_in
from tests.flow.publisher import Publisher, until
from tests.servers import Stack
from tests.services.ingest.readers.books import AS_AT, Line, quarterly_return, saved

PLAN = "dluhc/by-hand"
HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} \u202e"
LINES: tuple[Line, ...] = (
    ("6.01.1", "OBC approval", AS_AT, AS_AT, "Complete"),
    ("6.01.2", HOSTILE, AS_AT, AS_AT.replace(year=2051), "Live", "Late"),
)


@pytest_asyncio.fixture
async def publisher(stack: Stack) -> Publisher:
    """The lead of a plan to which dft returns."""
    lead = Publisher(stack, "dluhc", "dft")
    await lead.say("plan.published", PLAN, {"title": "By hand"}, PLAN)
    await lead.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    await until(lambda: lead.plan(PLAN), lambda plan: plan.get("published"), 60)
    return lead


async def choose(page: Page, file: pathlib.Path) -> None:
    """Sends a file to be looked at."""
    await page.select_option("#department", "dft")
    await page.select_option("#plan", PLAN)
    await page.set_input_files("#file", file)
    await send(page, "text=Show me what it means")
    await page.wait_for_selector("h1:has-text('What this return means')")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
async def test_a_return_is_published_by_hand(
    browser: Browser, stack: Stack, publisher: Publisher, tmp_path: pathlib.Path, width: int, scheme: str
) -> None:
    """Every page on the way is accessible; an attack for a name is only a name; the receipt says what came of it."""
    file = tmp_path / "return.xlsx"
    await asyncio.to_thread(file.write_bytes, saved(quarterly_return(*LINES)))
    page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    await page.goto(f"{stack.ingest}/publish")
    await fine(page, width)
    await sign_in(page, stack, publisher.key)
    await fine(page, width)
    await choose(page, file)
    assert await page.locator("fieldset", has_text="6.01.2").locator("text=The forecast is right").count() == 1
    await fine(page, width)
    await page.click("text=How the columns were understood >> xpath=following::summary[1]")
    await fine(page, width)
    await page.click("button:has-text('Publish 2 milestones')")
    await page.wait_for_url("**/publish/receipts/*")
    await until(lambda: _reloaded(page), lambda text: text.count("Applied") == 2, 60)
    await fine(page, width)
    await page.goto(f"{stack.ingest}/publish/returns?plan={PLAN}")
    await fine(page, width)
    await page.goto(f"{stack.ingest}/publish/rejections")
    assert "What was refused" in await page.inner_text("main")
    await fine(page, width)
    assert said == []
    await page.close()


async def _reloaded(page: Page) -> str:
    await page.reload()
    return await page.inner_text("main")


async def test_it_works_without_scripts_and_a_wrong_key_is_told(
    browser: Browser, stack: Stack, publisher: Publisher, tmp_path: pathlib.Path
) -> None:
    """What cannot be read is said on the form, beside what was already filled in; signing out forgets the session."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{stack.ingest}/publish")
    await page.fill("#key", "mp_wrong")
    await send(page, "main button")
    assert "not known" in await page.inner_text("[role=alert]")
    await sign_in(page, stack, publisher.key)
    file = tmp_path / "odd.bin"
    await asyncio.to_thread(file.write_bytes, b"\x00\x01 nothing that anybody knows")
    await page.select_option("#plan", PLAN)
    await page.set_input_files("#file", file)
    await send(page, "text=Show me what it means")
    assert "file" in await page.inner_text("[role=alert]")
    assert await page.input_value("#plan") == PLAN
    await send(page, "text=Sign out")
    await page.goto(f"{stack.ingest}/publish")
    assert page.url.endswith("/sign-in?next=/publish")
    await context.close()


async def test_a_form_of_another_site_is_refused(stack: Stack, publisher: Publisher) -> None:
    """The session is this browser's; who presses the button must have seen the page."""
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await publisher.http.post(f"{stack.ingest}/publish", data={"plan": PLAN}, headers=headers)
        assert answer.status_code == 403
