"""Pages: how long plan-tracking takes for one, and its bytes, where plans are many and where one is large.

HOME_PLANS small plans and one of LARGE milestones are put on the log and worked on by the service itself, which then
answers from the store as it would for anybody.
"""

import contextlib
import datetime as dt
import os
import secrets
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local import stack
from deploy.local.ports import HOST, free_base
from deploy.local.process import Process
from deploy.local.services import service
from services.kit.mongo import connect
from services.kit.settings import Settings
from tests.bench.drain import fill
from tests.bench.measure import cpu_of
from tests.bench.workload import Body, Size, Story
from tests.flow.publisher import until
from tests.servers import Servers, namespace_on

HOME_PLANS, LARGE, ASKED = int(os.environ.get("HOME_PLANS", "1000")), 300, 20
"""Plans on the first page's list; milestones of the large plan; requests of a round."""
MOVES = 200
PLAN = "dluhc/large"
MILESTONE = "dft/project-30/milestone-150"
PAGES = {
    f"home, {HOME_PLANS:,} plans": "/",
    f"plan of {LARGE}, kept": f"/plans/{PLAN}",
    f"plan of {LARGE}, made anew": f"/plans/{PLAN}?anew=",
    "milestone of it": f"/plans/{PLAN}/milestones/{MILESTONE}",
    "department": "/departments/dft",
}
"""What is measured; an address that ends in "=" is another each time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, asked for again and again: milliseconds of the first answer and, for each round, at the median and of
    the server's CPU; bytes as sent, compressed.
    """

    first: float
    rounds: tuple[float, ...]
    cpu: float
    size: int


def records(now: dt.datetime) -> list[bytes]:
    """Many plans of six milestones, a large one, and what moved lately in any of them."""
    small, large = Story(Size(0, HOME_PLANS, 6), now), Story(Size(0, 1, LARGE), now)
    large.plans = [PLAN]
    said = [event for plan in small.plans for event in small.planned(plan)]
    said += small.moves(small.plans[:MOVES], MOVES)
    return small.accept([*said, *(_renamed(event) for event in (*large.planned(PLAN), *large.moves([PLAN], MOVES)))])


def _renamed(event: Body) -> Body:
    """The second story's events have the first one's identities: theirs end otherwise."""
    return {**event, "id": f"{event['id'][:-1]}x{event['id'][-1]}"}


@contextlib.asynccontextmanager
async def running(servers: Servers, directory: Path) -> AsyncIterator[tuple[str, Process]]:
    """The service, when it has worked on everything: its address and its process."""
    said, port = records(dt.datetime.now(dt.UTC)), free_base()
    async with namespace_on(servers, f"bench-{secrets.token_hex(3)}") as namespace:
        await fill(servers.kafka, namespace, said)
        settings = Settings(kafka=servers.kafka, mongo=servers.mongo, namespace=namespace)
        env = {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo, "MILEPOST_NAMESPACE": namespace}
        starting = service("plan_tracking", {**env, "MILEPOST_HOST": HOST, "MILEPOST_PORT": str(port)}, directory)
        async with stack.running([starting], lambda _: None) as [process]:
            await _worked_on(settings, len(said))
            yield f"http://{HOST}:{port}", process


async def _worked_on(settings: Settings, number: int) -> None:
    client = connect(settings.mongo)
    history = client[settings.database("plan_tracking")]["history"]
    try:
        await until(lambda: history.estimated_document_count(), lambda found: found >= number, 1800)
    finally:
        client.close()


async def ask(http: httpx.AsyncClient, process: Process, path: str, rounds: int) -> Asked:
    """Asks for a page ASKED times a round, one after another."""
    first, size = await _once(http, path, "first")
    before, medians = cpu_of(process.pid), list[float]()
    for number in range(rounds):
        spent = [(await _once(http, path, f"{number}-{again}"))[0] for again in range(ASKED)]
        medians.append(statistics.median(spent))
    return Asked(first, tuple(medians), 1e3 * (cpu_of(process.pid) - before) / (rounds * ASKED), size)


async def _once(http: httpx.AsyncClient, path: str, other: str) -> tuple[float, int]:
    """Milliseconds until the whole page is there, and its bytes on the wire."""
    begin = time.perf_counter()
    async with http.stream("GET", path + other if path.endswith("=") else path) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])
    answer.raise_for_status()
    return 1e3 * (time.perf_counter() - begin), len(body)


async def report(servers: Servers, _: Size, rounds: int, directory: Path) -> str:
    """The table."""
    async with running(servers, directory) as (base, process):
        headers = {"accept": "text/html", "accept-encoding": "gzip"}
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as http:
            rows = [_row(what, await ask(http, process, path, rounds)) for what, path in PAGES.items()]
    title = f"pages, {rounds} rounds of {ASKED} requests, one after another"
    head = f"{'':<26}{'first, ms':>10}{'median, ms':>12}{'CPU, ms':>9}{'kB gzipped':>12}   least to greatest round"
    return "\n".join([title, head, *rows])


def _row(what: str, asked: Asked) -> str:
    least, greatest, middle = min(asked.rounds), max(asked.rounds), statistics.median(asked.rounds)
    figures = f"{asked.first:>10.1f}{middle:>12.1f}{asked.cpu:>9.1f}{asked.size / 1000:>12.1f}"
    return f"{what:<26}{figures}   {least:.1f} to {greatest:.1f}"
