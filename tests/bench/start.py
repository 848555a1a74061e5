"""How long a service is away: until a new process is ready, and until records go on when one of two replicas ends."""

import asyncio
import contextlib
import datetime as dt
import itertools
import os
import secrets
import signal
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local import stack
from deploy.local.ports import Ports, free_base
from deploy.local.process import Process
from deploy.local.services import service
from schemas import topics
from schemas.states import MILESTONE_CONCLUDED
from services.kit.kafka import partition_of, producer
from tests.bench.workload import Size, Story
from tests.flow.publisher import until
from tests.servers import Servers, namespace_on

EVERY, CALM = 0.05, 3.0
"""Seconds between two records of the trickle, and how long nothing happens before and after an end."""

PLANS, MILESTONES = 40, 5
"""Of the trickle: so many plans that most partitions have one."""

Starts = Callable[[str, int], Awaitable[Process]]
"""Starts a replica of a service; answers when it is ready."""


async def report(servers: Servers, _: Size, rounds: int, directory: Path) -> str:
    """Seconds, the median and the greatest of the rounds."""
    async with _starts(servers, directory) as (namespace, starts):
        ready = {name: [await _cold(starts, name) for _ in range(rounds)] for name in stack.SERVICES}
        gaps = await _gaps(servers, namespace, starts, rounds)
    lines = ["From a process's start to /readyz (s, median and greatest)"]
    lines += [_row(name, spent) for name, spent in ready.items()]
    lines.append("From a record to its state, the longest while a replica of plan-tracking, one of two, ends and comes")
    return "\n".join(lines + [_row(name, spent) for name, spent in gaps.items()])


def _row(what: str, spent: list[float]) -> str:
    return f"  {what:<36}{statistics.median(spent):>10.2f}{max(spent):>10.2f}"


@contextlib.asynccontextmanager
async def _starts(servers: Servers, directory: Path) -> AsyncIterator[tuple[str, Starts]]:
    bases = [Ports.from_base(free_base()) for _ in range(2)]
    env = stack.environment(bases[0], secrets.token_urlsafe(32), f"bench-{secrets.token_hex(3)}")
    env |= {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo}

    async def start(name: str, number: int) -> Process:
        own = {"MILEPOST_REPLICA": str(number), "MILEPOST_PORT": str(getattr(bases[number - 1], name))}
        return await service(name, env | own, directory / f"{name}.{number}")

    async with namespace_on(servers, env["MILEPOST_NAMESPACE"]) as namespace:
        yield namespace, start


async def _cold(starts: Starts, name: str) -> float:
    begin = time.perf_counter()
    process = await starts(name, 1)
    spent = time.perf_counter() - begin
    sys.stderr.write(f"{name}: {spent:.2f} s\n")
    await process.stop()
    return spent


# The gap


@dataclass
class Trickle:
    """Records, one after another, and the seconds until a state had each in it, in the order of the records."""

    namespace: str
    writer: AIOKafkaProducer
    seconds: list[float] = field(default_factory=list)
    _waiting: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))

    async def write(self) -> None:
        """Until it is cancelled."""
        story = Story(Size(0, PLANS, MILESTONES), dt.datetime.now(dt.UTC))
        setup = [event for plan in story.plans for event in story.planned(plan)]
        for number in itertools.count():
            event = setup[number] if number < len(setup) else story.moves([story.plans[number % PLANS]], 1)[0]
            [record], plan = story.accept([event]), event["plan"]
            topic = topics.events(self.namespace).name
            at = time.perf_counter()
            sent = await self.writer.send_and_wait(topic, record, plan.encode(), partition=partition_of(plan))
            self._waiting[plan][sent.offset] = at
            await asyncio.sleep(EVERY if number >= len(setup) else 0)

    async def read(self, consumer: AIOKafkaConsumer) -> None:
        """Takes note of states, until it is cancelled."""
        async for row in consumer:
            state, now = MILESTONE_CONCLUDED.validate_json(row.value).data, time.perf_counter()
            waiting = self._waiting[state.plan]
            for offset in [offset for offset in waiting if offset <= state.version]:
                self.seconds.append(now - waiting.pop(offset))

    async def waiting(self) -> float:
        """For how many seconds the record waits that has waited longest; none is 0."""
        now = time.perf_counter()
        return max((now - at for records in self._waiting.values() for at in records.values()), default=0.0)


async def _gaps(servers: Servers, namespace: str, starts: Starts, rounds: int) -> dict[str, list[float]]:
    """The longest delay of a record, by what happened meanwhile."""
    replicas = {number: await starts("plan_tracking", number) for number in (1, 2)}
    gaps = defaultdict[str, list[float]](list)
    try:
        async with _trickle(servers, namespace) as trickle:
            for _ in range(rounds):
                for what, happens in (("nothing", _nothing), ("an orderly stop", _stop), ("kill -9", _kill)):
                    gaps[what].append(await _gap(trickle, happens, replicas, starts))
                    sys.stderr.write(f"{what}: {gaps[what][-1]:.2f} s\n")
    finally:
        for process in replicas.values():
            await process.stop()
    return gaps


@contextlib.asynccontextmanager
async def _trickle(servers: Servers, namespace: str) -> AsyncIterator[Trickle]:
    consumer = AIOKafkaConsumer(
        topics.milestones(namespace).name, bootstrap_servers=servers.kafka, isolation_level="read_committed"
    )
    writer = producer(servers.kafka)
    async with consumer, writer:
        trickle = Trickle(namespace, writer)
        tasks = [asyncio.create_task(one) for one in (trickle.write(), trickle.read(consumer))]
        await until(trickle.waiting, bool)
        yield trickle
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gap(
    trickle: Trickle,
    happens: Callable[[dict[int, Process], Starts], Awaitable[None]],
    replicas: dict[int, Process],
    starts: Starts,
) -> float:
    await asyncio.sleep(CALM)
    before = len(trickle.seconds)
    await happens(replicas, starts)
    await asyncio.sleep(CALM)
    await until(trickle.waiting, lambda seconds: seconds < CALM, 120)
    return max(trickle.seconds[before:])


async def _nothing(_: dict[int, Process], __: Starts) -> None:
    await asyncio.sleep(CALM)


async def _stop(replicas: dict[int, Process], starts: Starts) -> None:
    await replicas[2].stop()
    replicas[2] = await starts("plan_tracking", 2)


async def _kill(replicas: dict[int, Process], starts: Starts) -> None:
    os.killpg(replicas[2].pid, signal.SIGKILL)
    await replicas[2].ended()
    replicas[2] = await starts("plan_tracking", 2)
