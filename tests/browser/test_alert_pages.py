"""The pages of alerting in a real browser: accessible, whole without scripts, wide and narrow, light and dark."""

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.browser.chromium import fine, send, sign_in
from tests.flow.publisher import Publisher, until
from tests.servers import Stack

PLAN = "dluhc/answered"
HOSTILE = "<img src=x onerror=alert(1)> {{7*7}} \u202e"


@pytest_asyncio.fixture
async def publisher(stack: Stack) -> Publisher:
    """The lead of a plan in which one milestone is late, and another because of it."""
    lead = Publisher(stack, "dluhc", "dft")
    await lead.say("plan.published", PLAN, {"title": "Answered", "visibility": "public"}, PLAN)
    await lead.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    for name, title in (("dft/rail", HOSTILE), ("dft/halt", "Halt opens")):
        planned = {"title": title, "baseline": {"date": "2045-03-01"}, "contact": "rail@dft.example"}
        await lead.say("milestone.planned", name, planned, PLAN)
    await lead.say("dependency.declared", "dft/halt", {"needs": "dft/rail"}, PLAN)
    moved = {"forecast": {"date": "2045-06-01"}, "reason": "Possession refused"}
    await lead.say("milestone.forecast", "dft/rail", moved, PLAN)
    address = f"{stack.alerts}/api/alerting/alerts?plan={PLAN}"
    await until(lambda: _count(lead, address), lambda count: count == 2, 60)
    return lead


async def _count(lead: Publisher, address: str) -> int:
    return len((await lead.http.get(address)).json().get("alerts", ()))


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")])
async def test_what_holds_is_read_answered_and_subscribed_to(
    browser: Browser, stack: Stack, publisher: Publisher, width: int, scheme: str
) -> None:
    """Every page on the way is accessible; an attack for a name is only a name; the answer stands on the alert."""
    page = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for path in ("/alerts", f"/alerts?plan={PLAN}", "/notifications"):
        await page.goto(f"{stack.alerts}{path}")
        await fine(page, width)
    await sign_in(page, stack, publisher.key)
    await page.goto(f"{stack.alerts}/alerts?plan={PLAN}")
    await page.select_option("select[name=rule]", "inherited-slip")
    await page.click("text=Show")
    await page.wait_for_url("**rule=inherited-slip*")
    assert await page.locator(".needed > li").count() == 1
    await page.click(".needed a:has-text('Answer')")
    await page.fill("#why", "A new possession is being agreed")
    await fine(page, width)
    await send(page, "main button")
    assert "Acknowledged" in await page.inner_text("h1")
    await fine(page, width)
    await page.goto(f"{stack.alerts}/alerts?plan={PLAN}")
    await until(lambda: _reloaded(page), lambda text: "Acknowledged by dluhc until" in text, 60)
    await fine(page, width)
    await page.click("text=Since it began >> nth=0")
    await fine(page, width)
    await page.goto(f"{stack.alerts}/subscriptions?plan={PLAN}&milestone=dft/rail")
    assert (await page.input_value("#scope"), await page.input_value("#name")) == ("downstream", "dft/rail")
    await page.goto(f"{stack.alerts}/subscriptions?plan={PLAN}")
    await page.fill("#target", "team@dft.example")
    assert (await page.input_value("#scope"), await page.input_value("#name")) == ("plan", PLAN)
    await send(page, "form[action='/subscriptions'] button")
    assert "team@dft.example" in await page.inner_text("[role=status]")
    await fine(page, width)
    await page.goto(f"{stack.alerts}/notifications")
    await page.click("summary >> nth=0")
    await fine(page, width)
    assert said == []
    await page.close()


async def _reloaded(page: Page) -> str:
    await page.reload()
    return await page.inner_text("main")


async def test_it_works_without_scripts(browser: Browser, stack: Stack, publisher: Publisher) -> None:
    """A subscription is made, its rhythm changed, and it is ended."""
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, stack, publisher.key)
    await page.goto(f"{stack.alerts}/subscriptions")
    await page.fill("#target", "scriptless@dft.example")
    await page.fill("#name", PLAN)
    await send(page, "form[action='/subscriptions'] button")
    mine = ".needed > li:has-text('Mail to scriptless@dft.example')"
    await page.select_option(f"{mine} select", "weekly")
    await send(page, f"{mine} button:has-text('Change')")
    assert await page.input_value(f"{mine} select") == "weekly"
    await send(page, f"{mine} button:has-text('End it')")
    assert await page.locator(mine).count() == 0
    await context.close()
