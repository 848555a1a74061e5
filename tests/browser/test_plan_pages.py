"""The plan pages in a real browser: accessible, quiet, whole without scripts, and alike to pointer and keyboard."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page

from tests.browser.chromium import cut_off, fine
from tests.browser.served import served
from tests.services.plan_tracking.examples import PLAN, Spec, plan_state, shelf, states
from tests.services.plan_tracking.paging import app

POSSESSION = "dft/riverside-halt/possession"
PLANS = (PLAN, "dluhc/edges", "dluhc/three-hundred")


def _app() -> FastAPI:
    made = shelf()
    edges = states(
        [
            Spec("dft/wide", "W" * 300, "2027-01-01", "2027-03-01", reason="W" * 300),
            Spec("dft/past", "Enabling act", "1998-03-31", actual="1998-04-30"),
            *(Spec(f"dft/m-{i}", f"Stage {i}", f"2027-{i:02}-01", needs=[("dft/wide", 0)]) for i in range(1, 13)),
            Spec("dft/concession", "Concession ends", "2086-03-31", needs=[("dft/m-3", 0), ("dft/nobody", 0)]),
        ],
        plan="dluhc/edges",
    )
    made.put(plan_state(edges, plan="dluhc/edges", title="Edges"), edges)
    return app(made)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of a server of the pages."""
    with served(_app()) as address:
        yield address


async def test_a_plan_of_odd_dates_and_endless_names_is_accessible_and_fits(page: Page, base: str) -> None:
    """Wide and narrow, and twice as large; every page of ordinary plans is looked at by another test."""
    await page.goto(f"{base}/plans/dluhc/edges")
    await fine(page, 1280)
    assert await cut_off(page) == []
    await page.set_viewport_size({"width": 375, "height": 900})
    await fine(page, 375)


async def test_the_chart_is_for_wide_screens_and_cards_for_phones(page: Page, base: str) -> None:
    """On a phone each milestone is a card in one column, and the chart is gone."""
    await page.goto(f"{base}/plans/{PLAN}")
    assert await page.locator(".chart-body").is_visible()
    await page.set_viewport_size({"width": 375, "height": 900})
    assert not await page.locator(".chart-body").is_visible()
    card = page.locator(f'[id="{POSSESSION}"]')
    box = await card.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert "49 days later than agreed" in await card.inner_text()
    assert await card.get_attribute("role") == "row"


async def test_the_page_is_whole_without_scripts(browser: Browser, base: str) -> None:
    """Chart, table and details need no script."""
    context = await browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = await context.new_page()
    await page.goto(f"{base}/plans/{PLAN}")
    assert await page.locator(".chart-body .c-row").count() == 36
    await page.locator(".missing summary").click()
    assert await page.locator(".missing li").is_visible()
    await context.close()


async def test_the_path_of_a_cause_shows_on_hover_and_on_focus(page: Page, base: str) -> None:
    """Hidden at rest, visible under the pointer, and as visible to the keyboard."""
    await page.goto(f"{base}/plans/{PLAN}")
    row = page.locator('[id="chart-dfe/skills-centre/build"]')
    path = row.locator(".c-why")
    assert not await path.is_visible()
    await row.locator("text.c-date").hover()
    await path.wait_for(state="visible")
    await page.mouse.move(0, 0)
    await path.wait_for(state="hidden")
    await row.locator("a").focus()
    await path.wait_for(state="visible")
    assert await path.locator("use").count() >= 3


async def test_no_label_of_the_chart_runs_into_another(page: Page, base: str) -> None:
    """Titles, dates, slips, and the dates at the ends of the axis: each stays in its place."""
    for plan in PLANS:
        await page.goto(f"{base}/plans/{plan}")
        overlaps = await page.evaluate(
            """() => {
              const boxes = [...document.querySelectorAll('.chart-axis, .chart-body')].flatMap(svg =>
                [[...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])]);
              return boxes.flatMap(all => all.flatMap(([a, p], i) => all.slice(i + 1, i + 9).filter(([b, q]) =>
                p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 4 && q.top < p.bottom - 4
              ).map(([b]) => [a, b])));
            }"""
        )
        assert overlaps == []


async def test_no_line_runs_under_a_label(page: Page, base: str) -> None:
    """Lines keep to the plot, whose labels stand at its ends; a line to a milestone beyond keeps off its date."""
    for plan in PLANS:
        await page.goto(f"{base}/plans/{plan}")
        under = await page.evaluate(
            """() => {
              const texts = [...document.querySelectorAll('.chart-body text')].map(t => t.getBoundingClientRect());
              const lines = [...document.querySelectorAll('.chart-body > g > g .c-line')];
              const hits = [];
              for (const line of lines) {
                const matrix = line.getScreenCTM(), length = line.getTotalLength();
                for (let at = 0; at <= length; at += 4) {
                  const p = line.getPointAtLength(at).matrixTransform(matrix);
                  if (texts.some(t => t.left < p.x && p.x < t.right && t.top < p.y && p.y < t.bottom))
                    { hits.push(line.getAttribute('d')); break; }
                }
              }
              return hits;
            }"""
        )
        assert under == []


async def test_the_axis_stays_in_sight(page: Page, base: str) -> None:
    """In a long plan the months are still there after scrolling."""
    await page.goto(f"{base}/plans/dluhc/three-hundred")
    await page.mouse.wheel(0, 4000)
    await page.wait_for_function("scrollY > 3000")
    box = await page.locator(".chart-axis").bounding_box()
    assert box is not None
    assert box["y"] == 0


async def test_the_keyboard_can_pass_over_the_chart(page: Page, base: str) -> None:
    """The link before the chart leads to the table."""
    await page.goto(f"{base}/plans/{PLAN}")
    skip = page.get_by_role("link", name="Skip the chart: go to the table")
    await skip.focus()
    assert await skip.evaluate("e => e.getBoundingClientRect().left") >= 0
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.id === 'table'")


async def test_a_milestone_can_be_reached_from_chart_and_table(page: Page, base: str) -> None:
    """Both links lead to the same page."""
    await page.goto(f"{base}/plans/{PLAN}")
    await page.locator(f'[id="chart-{POSSESSION}"] a').click()
    await page.wait_for_url(f"**/milestones/{POSSESSION}")
    await page.go_back()
    await page.locator(f'[id="{POSSESSION}"] th a').click()
    await page.wait_for_url(f"**/milestones/{POSSESSION}")
    assert await page.locator("h1").inner_text() == "Track possession agreed with the infrastructure manager"


async def test_a_plan_prints_with_its_chart(page: Page, base: str) -> None:
    """On paper the chart is there whatever the width, and what only serves the screen is not."""
    await page.set_viewport_size({"width": 794, "height": 1123})
    await page.emulate_media(media="print")
    await page.goto(f"{base}/plans/{PLAN}")
    assert await page.locator(".chart-body").is_visible()
    assert await page.locator("table.milestones thead").is_visible()
    assert not await page.locator(".top nav").is_visible()
    assert (await page.pdf(format="A4", landscape=True)).startswith(b"%PDF")
