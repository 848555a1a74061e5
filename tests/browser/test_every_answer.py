"""Every answer of every service: names made to break it do no harm, and the headers that keep it so are there."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from html.parser import HTMLParser

import httpx
import pytest
import pytest_asyncio
from openpyxl import load_workbook

from services.kit.identity import COOKIE
from services.kit.web import HEADERS
from tests.browser.visits import TODAY, addresses
from tests.browser.world import HOSTILE, NAMES, World
from tests.services.plan_tracking.every_door import GETS

TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
"""Marks that turn the direction of what follows."""
FILES = [
    f"/plans/{HOSTILE}{end}" for end in (".csv", ".json", ".ics", ".oc4ids.json", "/history.jsonl", "/board-pack.xlsx")
]


class Inline(HTMLParser):
    """Keeps what a page says inline: styles, scripts and handlers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at a tag."""
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names) or "style" in names:
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on")]


@pytest_asyncio.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A reader who is signed in."""
    cookies = {COOKIE: world.session}
    async with httpx.AsyncClient(cookies=cookies, timeout=60, headers={"accept": "text/html"}) as client:
        yield client


async def test_a_hostile_name_is_only_a_name_on_every_page(http: httpx.AsyncClient, world: World) -> None:
    """No markup of theirs, nothing evaluated, nothing that turns the reading, nothing inline."""
    told = ""
    for address, visit in addresses(world):
        page = (await http.get(address, follow_redirects=True)).text
        assert "<img src=x" not in page, visit.path
        assert "<script>alert" not in page, visit.path
        assert not TURNS.search(page), visit.path
        assert Inline(page).found == [], visit.path
        told += page
    assert "&lt;img src=x onerror=alert(1)&gt;" in told
    assert "{{7*7}}" in told
    assert not re.search(r"49 (\$\{|sum)", told)


async def test_a_hostile_name_is_only_a_name_in_every_file(http: httpx.AsyncClient, world: World) -> None:
    """Files say what they are; no cell is a formula, no line of a calendar is another's, JSON is JSON."""
    files = {}
    for path in FILES:
        answer = await http.get(
            f"{world.stack.plans}{path}", params={"from": TODAY.isoformat()} if "pack" in path else {}
        )
        assert answer.status_code == 200, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "text/html" not in answer.headers["content-type"]
        files[path.partition("hostile")[2]] = answer
    for cell in _cells(files[".csv"].text):
        assert not re.match(r"[=+\-@\t\r]", cell), cell
    book = load_workbook(io.BytesIO(files["/board-pack.xlsx"].content))
    assert [cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "f"] == []
    calendar = files[".ics"].text.split("\r\n")
    assert calendar.count("END:VCALENDAR") == 1
    assert max(len(line.encode()) for line in calendar) <= 75
    assert NAMES[-6] in json.dumps(files[".json"].json())
    assert all(json.loads(line) for line in files["/history.jsonl"].text.splitlines())


def _cells(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text)):
        yield from row


async def test_every_answer_has_the_headers_that_keep_a_page_to_what_we_wrote(
    http: httpx.AsyncClient, world: World
) -> None:
    """Pages, data, files, errors and metrics alike, of every service."""
    paths = [path for of in GETS.values() for path in of if not path.endswith("/stream")]
    asked = [f"{world.stack.plans}{path}" for path in paths] + [address for address, _ in addresses(world)]
    bases = (world.stack.plans, world.stack.ingest, world.stack.alerts, world.stack.metrics)
    inside = ("/metrics", "/healthz", "/readyz", "/nothing", "/static/milepost.css", "/events", "/api/alerting/alerts")
    asked += [base + path for base in bases for path in inside]
    lacking = [
        (address, name)
        for address in asked
        for answer in [await http.get(address)]
        for name, value in HEADERS.items()
        if answer.headers.get(name) != value
    ]
    assert lacking == []


@pytest.mark.parametrize("word", ["unsafe", "'unsafe-inline'", "*", "http:", "data:"])
def test_the_policy_lets_nothing_in(word: str) -> None:
    """Nothing inline, nothing evaluated, nothing from elsewhere."""
    assert word not in HEADERS["content-security-policy"]
    assert "default-src 'none'" in HEADERS["content-security-policy"]
