"""The drain of a prefilled `milepost.events`: plan-tracking and the floor, in turns, each in a process of its own."""

import contextlib
import datetime as dt
import json
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.process import output
from schemas import topics
from services.kit.kafka import Message, partition_of, producer, send
from services.kit.topics import ensure_topics
from tests.bench.measure import Row, Spent, table, told
from tests.bench.workload import Size, Story
from tests.servers import Servers

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Drain:
    """Both sides' namespaces, each with the same records on its `events` and nothing in its database."""

    servers: Servers
    ours: str
    floor: str
    size: Size
    script: Path

    async def run(self) -> tuple[Spent, Spent]:
        """What the floor spent, and ours; the floor replays what ours has just written."""
        ours = await self._run("ours", self.ours, str(self.script), str(self.size.events))
        return await self._run("floor", self.floor, str(self.script)), ours

    async def _run(self, side: str, namespace: str, *arguments: str) -> Spent:
        env = {
            "MILEPOST_KAFKA": self.servers.kafka,
            "MILEPOST_MONGO": self.servers.mongo,
            "MILEPOST_NAMESPACE": namespace,
        }
        return told(await output(side, [sys.executable, "-m", f"tests.bench.{side}", *arguments], env=env))


@contextlib.asynccontextmanager
async def prefilled(servers: Servers, size: Size, directory: Path) -> AsyncIterator[Drain]:
    """A drain that can be run once: filled topics, which are deleted afterwards, and databases, which are not.

    To drop a database of thousands of documents takes the embedded store longer than to drain them.
    """
    events, name = Story(size, dt.datetime.now(dt.UTC)).accepted(), f"bench-{secrets.token_hex(3)}"
    drain = Drain(servers, f"{name}-ours", f"{name}-floor", size, directory / "script.bson")
    try:
        for namespace in (drain.ours, drain.floor):
            await ensure_topics(servers.kafka, namespace)
            await fill(servers.kafka, namespace, events)
        yield drain
    finally:
        await _delete_topics(servers.kafka, drain.ours, drain.floor)


async def _delete_topics(bootstrap: str, *namespaces: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.delete_topics([topic.name for namespace in namespaces for topic in topics.topics(namespace)])
    await admin.close()


async def fill(bootstrap: str, namespace: str, events: list[bytes]) -> None:
    """Puts accepted events on a namespace's log, each keyed and partitioned by its plan."""
    topic, plans = topics.events(namespace).name, [json.loads(event)["plan"] for event in events]
    messages = [Message(topic, partition_of(p), p, event) for p, event in zip(plans, events, strict=True)]
    to = producer(bootstrap)
    await to.start()
    try:
        for at in range(0, len(messages), AT_ONCE):
            await send(to, messages[at : at + AT_ONCE])
    finally:
        await to.stop()


async def report(servers: Servers, size: Size, rounds: int, directory: Path) -> str:
    """The table of `rounds` rounds, after a small one that is not counted: servers are slow at first."""
    await _round(servers, replace(size, events=size.events // 8, plans=max(1, size.plans // 8)), directory)
    spent = [await _round(servers, size, directory) for _ in range(rounds)]
    floor, ours = [one for one, _ in spent], [one for _, one in spent]
    title = (
        f"plan-tracking's drain, {size.events:,} events of {size.plans} plans x {size.milestones} milestones, "
        f"{rounds} rounds; ratio = floor / ours"
    )
    return table(title, "floor", _rows(size.events, floor, ours))


async def _round(servers: Servers, size: Size, directory: Path) -> tuple[Spent, Spent]:
    async with prefilled(servers, size, directory) as drain:
        return await drain.run()


def _rows(events: int, floor: list[Spent], ours: list[Spent]) -> list[Row]:
    return [
        Row("wall, s", [one.wall for one in floor], [one.wall for one in ours]),
        Row("CPU, s", [one.cpu for one in floor], [one.cpu for one in ours]),
        Row("CPU, us an event", [1e6 * one.cpu / events for one in floor], [1e6 * one.cpu / events for one in ours]),
    ]
