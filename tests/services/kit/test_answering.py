"""Whether the store answers: said by `/readyz`, before the first answer and after the last."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from services.kit.answering import Answering
from services.kit.mongo import connect
from tests.servers import Servers

CLOSED = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"


@contextlib.asynccontextmanager
async def asking(uri: str, patience: float) -> AsyncIterator[Answering]:
    """Asks every few milliseconds."""
    client = connect(uri, timeout_ms=200)
    answering = Answering(client, every=0.01, patience=patience)
    asked = asyncio.create_task(answering.ask())
    yield answering
    asked.cancel()
    client.close()


async def until(good: Callable[[], object]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(20):
        while not good():
            await asyncio.sleep(0.01)


async def test_a_store_that_answers_lets_serve(servers: Servers) -> None:
    """From its first answer on; when the last is too long ago it does not."""
    async with asking(servers.mongo, patience=20) as answering:
        assert answering.ready() == "MongoDB has not answered yet"
        await until(lambda: answering.ready() is None)
        answering._patience = -1
        assert "has not answered for" in (answering.ready() or "")


async def test_a_store_that_is_away_is_asked_on() -> None:
    """Nothing ends, and nothing is ready."""
    async with asking(CLOSED, patience=0.3) as answering:
        await asyncio.sleep(0)
        for _ in range(30):
            await asyncio.sleep(0.02)
            assert answering.ready() == "MongoDB has not answered yet"
