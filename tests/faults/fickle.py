"""A receiver of webhooks that may be slow, fail (500, 429 and Retry-After, silence, a reset) or lie."""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from deploy.local.ports import HOST

Ending = Literal["taken", "500", "429", "silence", "reset", "redirect", "cut", "huge", "gone"]

FAILURES: tuple[Ending, ...] = ("500", "429", "silence", "reset")
LIES: tuple[Ending, ...] = ("cut", "redirect", "huge")
"""An answer of success that breaks off, a way to itself again, a success of many megabytes."""

GONE = "/gone"
"""Paths that begin so are answered with 410: the receiver wants no more."""

_HUGE = 8 * 1024 * 1024

_ANSWERS: dict[Ending, bytes] = {
    "taken": b"HTTP/1.1 204 No Content\r\n\r\n",
    "500": b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
    "429": b"HTTP/1.1 429 Later\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 307 Elsewhere\r\nLocation: /webhook/elsewhere\r\nContent-Length: 0\r\n\r\n",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "huge": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % _HUGE + bytes(_HUGE),
}
_CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nall is w"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A webhook that came: its id, its body, what it met, and when, by the clock of `time.perf_counter`."""

    id: str
    text: str
    ending: Ending
    at: float


@dataclass
class Fickle:
    """The receiver, which fails in this part of all cases, in one of these ways, and waits so many seconds in all.

    `arrivals` are in their order.
    """

    chance: random.Random = field(default_factory=random.Random)
    failing: float = 0.0
    endings: Sequence[Ending] = FAILURES
    slow: float = 0.0
    port: int = 0
    arrivals: list[Arrival] = field(default_factory=list)

    def url(self, path: str) -> str:
        """An address there."""
        return f"http://{HOST}:{self.port}/{path}"

    def taken(self) -> list[Arrival]:
        """What was answered with success."""
        return [one for one in self.arrivals if one.ending in ("taken", "huge")]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while (ending := await self._take(reader)) in _ANSWERS:
                await asyncio.sleep(self.slow)
                writer.write(_ANSWERS[ending])
                await writer.drain()
            if ending == "cut":
                writer.write(_CUT)
                await writer.drain()
            if ending == "silence":
                await reader.read()  # until the sender gives up
        writer.transport.abort()

    async def _take(self, reader: asyncio.StreamReader) -> Ending:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        text = (await reader.readexactly(int(headers["content-length"]))).decode()
        ending = self._ending(head.split(" ", 2)[1])
        self.arrivals.append(Arrival(headers["webhook-id"], text, ending, time.perf_counter()))
        return ending

    def _ending(self, path: str) -> Ending:
        if path.startswith(GONE):
            return "gone"
        return self.chance.choice(self.endings) if self.chance.random() < self.failing else "taken"


@contextlib.asynccontextmanager
async def listening(made: Fickle) -> AsyncIterator[Fickle]:
    """The receiver, on its port or else a free one, until the body ends."""
    async with await asyncio.start_server(made.talk, HOST, made.port) as server:
        made.port = server.sockets[0].getsockname()[1]
        yield made


@contextlib.asynccontextmanager
async def fickle(seed: int, failing: float) -> AsyncIterator[Fickle]:
    """One that fails by chance."""
    async with listening(Fickle(random.Random(seed), failing)) as made:  # noqa: S311 - no secret
        yield made
