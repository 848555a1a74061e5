"""A receiver of webhooks that fails now and then: with 500, with 429 and Retry-After, by silence, by a reset."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from deploy.local.ports import HOST

Ending = Literal["taken", "500", "429", "silence", "reset"]

_FAILURES: tuple[Ending, ...] = ("500", "429", "silence", "reset")
_ANSWERS = {
    "taken": b"HTTP/1.1 204 No Content\r\n\r\n",
    "500": b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
    "429": b"HTTP/1.1 429 Later\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A webhook that came: its id, its body, what it met, and when, by the clock of `time.perf_counter`."""

    id: str
    text: str
    ending: Ending
    at: float


@dataclass
class Fickle:
    """The receiver, which fails in this part of all cases; `arrivals` are in their order."""

    chance: random.Random
    failing: float
    port: int = 0
    arrivals: list[Arrival] = field(default_factory=list)

    def url(self, path: str) -> str:
        """An address there."""
        return f"http://{HOST}:{self.port}/{path}"

    def taken(self) -> list[Arrival]:
        """What was answered with success."""
        return [one for one in self.arrivals if one.ending == "taken"]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while (ending := await self._take(reader)) in _ANSWERS:
                writer.write(_ANSWERS[ending])
                await writer.drain()
            if ending == "silence":
                await reader.read()  # until the sender gives up
        writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader) -> Ending:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        text = (await reader.readexactly(int(headers["content-length"]))).decode()
        ending: Ending = self.chance.choice(_FAILURES) if self.chance.random() < self.failing else "taken"
        self.arrivals.append(Arrival(headers["webhook-id"], text, ending, time.perf_counter()))
        return ending


@contextlib.asynccontextmanager
async def fickle(seed: int, failing: float) -> AsyncIterator[Fickle]:
    """The receiver, on a free port, until the body ends."""
    made = Fickle(random.Random(seed), failing)  # noqa: S311 - no secret
    async with await asyncio.start_server(made.talk, HOST, 0) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made
