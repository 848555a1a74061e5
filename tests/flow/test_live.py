"""An open page follows its plan: from the log, through the store and Kafka, to a reader of the stream."""

import contextlib
import secrets
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import httpx
import pytest_asyncio

from deploy.local import stack as local
from deploy.local.ports import Ports, free_base
from deploy.local.process import Process
from deploy.local.services import service
from schemas import topics
from schemas.events import LOG_RECORD, LogRecord
from services.kit.kafka import Message, partition_of, producer, send
from tests.events import PLAN
from tests.flow.publisher import until
from tests.servers import Servers
from tests.services.plan_tracking.story import SECOND, forecast, story


@contextlib.asynccontextmanager
async def plans(servers: Servers, namespace: str, directory: Path) -> AsyncIterator[tuple[Process, str]]:
    """The service of the plans alone, running, and its address."""
    ports = Ports.from_base(free_base())
    env = local.environment(ports, secrets.token_urlsafe(32), namespace)
    env |= {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo}
    env |= {"MILEPOST_PORT": str(ports.plan_tracking)}
    process = await service("plan_tracking", env, directory)
    try:
        yield process, env["MILEPOST_PLANS_URL"]
    finally:
        await process.stop()


async def put(servers: Servers, namespace: str, records: Iterable[LogRecord]) -> None:
    """Puts accepted records on the log."""
    topic = topics.events(namespace).name
    messages = [
        Message(topic, partition_of(r.plan), r.plan, LOG_RECORD.dump_json(r, exclude_unset=True)) for r in records
    ]
    async with producer(servers.kafka) as to:
        await send(to, messages)


@pytest_asyncio.fixture
async def served(servers: Servers, namespace: str, tmp_path: Path) -> AsyncIterator[tuple[Process, str]]:
    """The service, with the story on the log."""
    await put(servers, namespace, story())
    async with plans(servers, namespace, tmp_path) as running:
        yield running


class Lines:
    """The lines of a stream, one after another."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def event(self) -> int:
        """The id of the next event."""
        return int((await self._next("id: ")).removeprefix("id: "))

    async def _next(self, start: str) -> str:
        async for line in self._lines:
            if line.startswith(start):
                return line
        raise AssertionError("the stream has ended")

    async def rest(self) -> list[str]:
        """Everything until the end."""
        return [line async for line in self._lines]


async def test_a_move_reaches_an_open_page_and_a_stop_ends_it_whole(
    served: tuple[Process, str], servers: Servers, namespace: str
) -> None:
    """The event comes by itself; it is not held back to be compressed; the service takes leave of its readers."""
    process, address = served
    door = f"{address}/api/plans/{PLAN}/stream"
    async with httpx.AsyncClient(timeout=30) as http:
        await until(lambda: http.get(f"{address}/api/plans/{PLAN}"), lambda answer: answer.status_code == 200)
    async with httpx.AsyncClient(timeout=30) as http, http.stream("GET", door) as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "content-encoding" not in answer.headers
        lines = Lines(answer)
        seen = await lines.event()
        while seen < len(story()) - 1:  # the service may still be reading the story
            seen = await lines.event()
        await put(servers, namespace, [forecast("dft/a", "2027-09-01", SECOND.replace(hour=13))])
        await put(servers, namespace, [forecast("dluhc/c", "2027-09-01", SECOND.replace(hour=13))])
        assert await lines.event() > seen
        async with http.stream("GET", door, headers={"Last-Event-ID": str(seen)}) as again:
            assert await Lines(again).event() > seen
        await process.stop()
        assert not [line for line in await lines.rest() if line and not line.startswith((":", "id", "event", "data"))]
