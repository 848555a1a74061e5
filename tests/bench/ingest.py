"""Ingest and another one under the same load, in turns: batches of 100, and single events."""

import contextlib
import datetime as dt
import json
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local import stack
from deploy.local.ports import HOST, free_base
from deploy.local.process import Process, output
from deploy.local.services import module, service
from schemas.envelope import BATCH, STRUCTURED
from services.ingest.domain.keys import digest, new_key
from services.ingest.store.keys import Key, KeyStore
from services.kit.mongo import connect
from services.kit.settings import Settings
from tests.bench.measure import Row, Spent, cpu_of, table, told
from tests.bench.workload import DEPARTMENTS, LEAD, Body, Size, Story
from tests.servers import Servers, namespace_on

CONCURRENCY, OF_A_BATCH = 8, 100


@dataclass(frozen=True, slots=True)
class Other:
    """What ingest is compared with: a module that serves, where it takes single events, and the Python that runs it."""

    name: str
    module: str
    single_path: str = "/events"
    python: str = sys.executable


NAIVE = Other("naive", "tests.bench.naive", "/event")


@dataclass(frozen=True, slots=True)
class Side:
    """A running ingest: its port, its process, its namespace, and where it takes single events."""

    port: int
    process: Process
    namespace: str
    single_path: str = "/events"


@dataclass(frozen=True, slots=True)
class Load:
    """The same requests for both sides: a file with a body on each line, and how many events they carry."""

    what: str
    bodies: Path
    events: int
    content_type: str


@dataclass(frozen=True, slots=True)
class Figures:
    """One side's round: events a second, the server's CPU in us an event, and the load's share of a CPU."""

    speed: float
    cpu: float
    load: float


@dataclass(frozen=True, slots=True)
class Ingests:
    """Both sides, and the key that opens them."""

    ours: Side
    other: Side
    key: str

    async def round(self, load: Load) -> tuple[Figures, Figures]:
        """One round: the other side's figures, and ours."""
        ours = await self.post(self.ours, load)
        return await self.post(self.other, load), ours

    async def post(self, side: Side, load: Load) -> Figures:
        """Has one side take the load, which ends with the last answer."""
        path = "/events" if load.content_type == BATCH else side.single_path
        arguments = (str(side.port), path, load.content_type, self.key, str(CONCURRENCY), str(load.bodies))
        before = cpu_of(side.process.pid)
        spent: Spent = told(await output("load", [sys.executable, "-m", "tests.bench.load", *arguments]))
        used = cpu_of(side.process.pid) - before
        return Figures(load.events / spent.wall, 1e6 * used / load.events, spent.cpu / spent.wall)


@contextlib.asynccontextmanager
async def running(servers: Servers, directory: Path, other: Other = NAIVE) -> AsyncIterator[Ingests]:
    """Both sides ready, in namespaces of their own on the same servers."""
    key, base, name = new_key(), free_base(2), f"bench-{secrets.token_hex(3)}"
    async with namespace_on(servers, f"{name}-ours") as ours, namespace_on(servers, f"{name}-other") as theirs:
        settings = [Settings(kafka=servers.kafka, mongo=servers.mongo, namespace=one) for one in (ours, theirs)]
        for one in settings:
            await _add_key(one, key)
        envs = [_environment(one, base + number) for number, one in enumerate(settings)]
        starting = (
            service("ingest", envs[0], directory / "ours"),
            module(other.module, other.name, base + 1, envs[1], directory / other.name, python=other.python),
        )
        async with stack.running(starting) as processes:
            by_name = {process.name: process for process in processes}
            sides = (
                Side(base, by_name["ingest"], ours),
                Side(base + 1, by_name[other.name], theirs, other.single_path),
            )
            yield Ingests(*sides, key)


async def _add_key(settings: Settings, key: str) -> None:
    client = connect(settings.mongo)
    added = Key(digest(key), (LEAD, *DEPARTMENTS), "bench@example.org", dt.datetime.now(dt.UTC))
    await KeyStore(client[settings.database("ingest")]).add(added)
    client.close()


def _environment(settings: Settings, port: int) -> dict[str, str]:
    return {
        "MILEPOST_KAFKA": settings.kafka,
        "MILEPOST_MONGO": settings.mongo,
        "MILEPOST_NAMESPACE": settings.namespace,
        "MILEPOST_HOST": HOST,
        "MILEPOST_PORT": str(port),
        "MILEPOST_REQUESTS_A_MINUTE": "100000000",
    }


def loads(size: Size, directory: Path) -> tuple[Load, Load]:
    """The events of a size in batches, and a quarter of them one by one."""
    events = Story(size, dt.datetime.now(dt.UTC)).published()
    singles = events[: max(1, len(events) // 4)]
    return (
        batches(events, directory / "batches"),
        Load("single events", _write(directory / "singles", singles), len(singles), STRUCTURED),
    )


def batches(events: list[Body], path: Path) -> Load:
    """These events in batches."""
    bodies = [events[at : at + OF_A_BATCH] for at in range(0, len(events), OF_A_BATCH)]
    return Load(f"batches of {OF_A_BATCH}", _write(path, bodies), len(events), BATCH)


def _write(path: Path, bodies: list[list[Body]] | list[Body]) -> Path:
    path.write_text("\n".join(json.dumps(body) for body in bodies))
    return path


async def report(servers: Servers, size: Size, rounds: int, directory: Path, other: Other = NAIVE) -> str:
    """A table for each load, after a round that is not counted."""
    tables = []
    async with running(servers, directory, other) as ingests:
        for load in loads(size, directory):
            await ingests.round(load)
            tables.append(_table(load, other.name, [await ingests.round(load) for _ in range(rounds)]))
    return "\n\n".join(tables)


def _table(load: Load, other: str, figures: list[tuple[Figures, Figures]]) -> str:
    theirs, ours = [one for one, _ in figures], [one for _, one in figures]
    busiest = max(one.load for one in theirs + ours)
    title = (
        f"ingest, {load.what}, {load.events:,} events, concurrency {CONCURRENCY}, {len(figures)} rounds; "
        f"ratio = how many times as good as {other} (the load took at most {busiest:.0%} of a CPU)"
    )
    rows = [
        Row("events a second", [one.speed for one in theirs], [one.speed for one in ours], more_is_better=True),
        Row("server CPU, us an event", [one.cpu for one in theirs], [one.cpu for one in ours]),
    ]
    return table(title, other, rows)
