"""The plan pages in a real browser: accessible, quiet, whole without scripts, and alike to pointer and keyboard."""

import pathlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services.plan_tracking.examples import PLAN, Spec, plan_state, shelf, states
from tests.services.plan_tracking.paging import app

CHROMIUM = pathlib.Path("/usr/bin/chromium")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed at /usr/bin/chromium")

POSSESSION = "dft/riverside-halt/possession"
PATHS = [
    "/",
    "/?q=northgate",
    f"/plans/{PLAN}",
    f"/plans/{PLAN}?group=state&range=year&sort=-slip&status=late",
    f"/plans/{PLAN}/milestones/{POSSESSION}",
    f"/plans/{PLAN}/what-if",
    "/plans/dluhc/edges",
]
VIEWS = [(width, scheme) for width in (1280, 375) for scheme in ("light", "dark")]


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
    """The address of a server of the pages, in a thread of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(_app(), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        thread.join(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all tests of this file."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page, 1280 pixels wide."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
@pytest.mark.parametrize("path", PATHS)
def test_pages_are_accessible_quiet_and_fit(browser: Browser, base: str, path: str, width: int, scheme: str) -> None:
    """No violation by axe, nothing on the console, nothing to scroll sideways; wide and narrow, light and dark."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(base + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
    assert said == []
    page.close()


def test_the_chart_is_for_wide_screens_and_cards_for_phones(page: Page, base: str) -> None:
    """On a phone each milestone is a card in one column, and the chart is gone."""
    page.goto(f"{base}/plans/{PLAN}")
    assert page.locator(".chart-body").is_visible()
    page.set_viewport_size({"width": 375, "height": 900})
    assert not page.locator(".chart-body").is_visible()
    card = page.locator(f'[id="{POSSESSION}"]')
    box = card.bounding_box()
    assert box is not None
    assert box["width"] > 300
    assert "49 days later than agreed" in card.inner_text()
    assert card.get_attribute("role") == "row"


def test_the_page_is_whole_without_scripts(browser: Browser, base: str) -> None:
    """Chart, table and details need no script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{base}/plans/{PLAN}")
    assert page.locator(".chart-body .c-row").count() == 36
    page.locator(".missing summary").click()
    assert page.locator(".missing li").is_visible()
    context.close()


def test_the_path_of_a_cause_shows_on_hover_and_on_focus(page: Page, base: str) -> None:
    """Hidden at rest, visible under the pointer, and as visible to the keyboard."""
    page.goto(f"{base}/plans/{PLAN}")
    row = page.locator('[id="chart-dfe/skills-centre/build"]')
    path = row.locator(".c-why")
    assert not path.is_visible()
    row.locator("text.c-date").hover()
    assert path.is_visible()
    page.mouse.move(0, 0)
    assert not path.is_visible()
    row.locator("a").focus()
    assert path.is_visible()
    assert path.locator("use").count() >= 3


def test_no_label_of_the_chart_runs_into_another(page: Page, base: str) -> None:
    """Titles, dates, slips, and the dates at the ends of the axis: each stays in its place."""
    for plan in (PLAN, "dluhc/edges", "dluhc/three-hundred"):
        page.goto(f"{base}/plans/{plan}")
        overlaps = page.evaluate(
            """() => {
              const boxes = [...document.querySelectorAll('.chart-axis, .chart-body')].flatMap(svg =>
                [[...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])]);
              return boxes.flatMap(all => all.flatMap(([a, p], i) => all.slice(i + 1, i + 9).filter(([b, q]) =>
                p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 4 && q.top < p.bottom - 4
              ).map(([b]) => [a, b])));
            }"""
        )
        assert overlaps == []


def test_no_line_runs_under_a_label(page: Page, base: str) -> None:
    """Lines keep to the plot, whose labels stand at its ends; a line to a milestone beyond keeps off its date."""
    for plan in (PLAN, "dluhc/edges", "dluhc/three-hundred"):
        page.goto(f"{base}/plans/{plan}")
        under = page.evaluate(
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


def test_the_axis_stays_in_sight(page: Page, base: str) -> None:
    """In a long plan the months are still there after scrolling."""
    page.goto(f"{base}/plans/dluhc/three-hundred")
    page.mouse.wheel(0, 4000)
    page.wait_for_function("scrollY > 3000")
    box = page.locator(".chart-axis").bounding_box()
    assert box is not None
    assert box["y"] == 0


def test_the_keyboard_can_pass_over_the_chart(page: Page, base: str) -> None:
    """The link before the chart leads to the table."""
    page.goto(f"{base}/plans/{PLAN}")
    skip = page.get_by_role("link", name="Skip the chart: go to the table")
    skip.focus()
    assert skip.evaluate("e => e.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "table"


def test_a_milestone_can_be_reached_from_chart_and_table(page: Page, base: str) -> None:
    """Both links lead to the same page."""
    page.goto(f"{base}/plans/{PLAN}")
    page.locator(f'[id="chart-{POSSESSION}"] a').click()
    page.wait_for_url(f"**/milestones/{POSSESSION}")
    page.go_back()
    page.locator(f'[id="{POSSESSION}"] th a').click()
    page.wait_for_url(f"**/milestones/{POSSESSION}")
    assert page.locator("h1").inner_text() == "Track possession agreed with the infrastructure manager"


def test_a_plan_prints_with_its_chart(page: Page, base: str) -> None:
    """On paper the chart is there whatever the width, and what only serves the screen is not."""
    page.set_viewport_size({"width": 794, "height": 1123})
    page.emulate_media(media="print")
    page.goto(f"{base}/plans/{PLAN}")
    assert page.locator(".chart-body").is_visible()
    assert page.locator("table.milestones thead").is_visible()
    assert not page.locator(".top nav").is_visible()
    assert page.pdf(format="A4", landscape=True).startswith(b"%PDF")
