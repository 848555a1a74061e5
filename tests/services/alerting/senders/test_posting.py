"""Posting: what an answer means, and a receiver that misbehaves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.attempts import Outcome
from services.alerting.senders.pinned import Pinned, client
from services.alerting.senders.posting import Post, outcome
from services.kit.clock import utc_now
from tests.services.alerting.running import HOST


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, "delivered"),
        (204, "delivered"),
        (301, "failed"),
        (400, "refused"),
        (404, "refused"),
        (408, "failed"),
        (410, "gone"),
        (425, "failed"),
        (429, "failed"),
        (500, "failed"),
        (503, "failed"),
    ],
)
def test_what_an_answer_means(status: int, result: str) -> None:
    """Success, the end of a subscription, a refusal for good, or "try again"."""
    assert outcome(status, "").result == result


def test_an_answer_is_kept_to_1_kb() -> None:
    """Bytes, not characters; a character is never cut in two."""
    assert len(outcome(500, "x" * 5_000).answer) == 1_024
    kept = outcome(500, "\u20ac" * 5_000).answer.encode()
    assert 1_020 < len(kept) <= 1_024


@contextlib.asynccontextmanager
async def answering(head: bytes, *, drip: bool = False) -> AsyncIterator[str]:
    """A server that answers with these bytes, and goes on for ever when it drips."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            writer.write(head)
            while drip:
                writer.write(b"x" * 1_000)
                await writer.drain()
                await asyncio.sleep(0.001)
        writer.close()

    async with await asyncio.start_server(talk, HOST, 0) as server:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}/hook"


async def attempt(url: str, seconds: float = 5.0) -> Outcome:
    """One attempt at a target."""
    async with client(Pinned(Allowed(local=True))) as http:
        return await Post(http, utc_now, seconds)(url, "{}", {})


async def test_a_redirect_is_not_followed() -> None:
    """It is a failure: the address that was agreed does not take the message."""
    head = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/inside\r\nContent-Length: 0\r\n\r\n"
    async with answering(head) as url:
        assert (await attempt(url)).answer == "302"


async def test_an_endless_answer_is_read_to_64_kb() -> None:
    """Its beginning is kept, and the connection dropped."""
    async with answering(b"HTTP/1.1 200 OK\r\n\r\n", drip=True) as url:
        found = await attempt(url)
    assert (found.result, len(found.answer)) == ("delivered", 1_024)


async def test_an_answer_that_does_not_come_is_given_up() -> None:
    """The deadline is for the attempt as a whole."""
    async with answering(b"HTTP/1.1 200 OK\r\n", drip=True) as url, answering(b"", drip=False) as silent:
        assert (await attempt(silent, 0.2)).result == "failed"
        assert (await attempt(url, 0.2)).result == "failed"


async def test_bytes_that_are_no_http_are_a_failure() -> None:
    """What the receiver does is an outcome, never an exception."""
    async with answering(b"\x00\xff nonsense\r\n\r\n") as url:
        found = await attempt(url)
    assert found.result == "failed"
    assert found.answer.startswith("RemoteProtocolError")


async def test_a_receiver_asks_for_patience() -> None:
    """Retry-After of an answer that says "not now" is heard."""
    head = b"HTTP/1.1 429 Later\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"
    async with answering(head) as url:
        assert await attempt(url) == Outcome("failed", "429", 30.0)
