"""`make screenshots`: the story of the README in six pictures, taken of a running local stack (`make run`).

A department moves a date by 30 days, with the command that the stack prints; the pictures show what everybody sees of
it. They are written to docs/screenshots/.
"""

import argparse
import datetime as dt
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import CHROMIUM

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
WIDE, PHONE = (1280, 860), (390, 844)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the page, the size of the window, and what is brought into sight or focused."""

    name: str
    path: str
    size: tuple[int, int] = WIDE
    top: str = ""
    focus: str = ""
    dark: bool = False


def story(plan: str, moved: str, last: str, tried: str) -> Iterator[Picture]:
    """The six: what moved, the plan, the path of a cause, why in words, what if, and the same on a phone."""
    at = f"/plans/{plan}"
    yield Picture("1-what-moved", "/")
    yield Picture("2-plan", at)
    yield Picture("3-cause", at, top="#chart-heading", focus=f'[id="chart-{last}"] a')
    yield Picture("4-milestone", f"{at}/milestones/{last}")
    yield Picture("5-what-if", f"{at}/what-if?milestone1={moved}&forecast1={tried}", top="form.trying")
    yield Picture("6-phone", f"{at}?status=late", PHONE, top="#table", dark=True)


def take(browser: Browser, base: str, picture: Picture) -> None:
    """Takes one."""
    size = {"width": picture.size[0], "height": picture.size[1]}
    scheme = "dark" if picture.dark else "light"
    page = browser.new_page(viewport=size, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]
    page.goto(base + picture.path)
    _arrange(page, picture)
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    page.close()


def _arrange(page: Page, picture: Picture) -> None:
    if picture.focus:
        page.locator(picture.focus).focus()
    if picture.top:
        page.locator(picture.top).evaluate("element => element.scrollIntoView({block: 'start'})")


def main() -> None:
    """Moves the date, if it stands where the sample has it, and takes the pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".local"), help="where the running stack keeps its data")
    demo: dict[str, Any] = json.loads((parser.parse_args().data / "demo.json").read_text())
    subprocess.run(demo["command"], shell=True, check=True, capture_output=True)  # noqa: S602 - it is the stack's own
    plan = _plan(demo)
    driven = [one for one in plan["milestones"] if one["path"] and one["path"][0]["milestone"] == demo["moved"]]
    last = max(driven, key=lambda one: (len(one["path"]), one["milestone"]))["milestone"]
    [day] = [dt.date.fromisoformat(one["projected"]) for one in driven if one["milestone"] == demo["moved"]]
    tried = (day + dt.timedelta(days=45)).isoformat()
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for picture in story(demo["plan"], demo["moved"], last, tried):
            take(browser, demo["plans"], picture)
        browser.close()


def _plan(demo: dict[str, Any]) -> dict[str, Any]:
    """The plan once the move has arrived."""
    address = f"{demo['plans']}/api/plans/{demo['plan']}"
    with httpx.stream("GET", f"{address}/stream", timeout=30) as events:
        for line in events.iter_lines():
            plan: dict[str, Any] = httpx.get(address, timeout=30).json()
            [moved] = [one for one in plan["milestones"] if one["milestone"] == demo["moved"]]
            if moved["reason"] and line.startswith("data:"):
                return plan
    raise TimeoutError("the move has not arrived")


if __name__ == "__main__":
    main()
