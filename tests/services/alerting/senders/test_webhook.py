"""Webhooks: the signature, what an answer means, and a receiver that misbehaves."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

import pytest

from services.alerting.app import utc_now
from services.alerting.domain.attempts import Outcome
from services.alerting.senders import webhook
from services.alerting.senders.webhook import WebhookSender, client, outcome, signed
from tests.services.alerting.running import HOST
from tests.services.alerting.stored import notification, subscription


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The public example of the specification: id, timestamp and body give its signature."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", '{"test": 2432232314}'
    record = notification(subscription("s"), id="msg_p5jXN8AQM9LWM0D4loKWxJek", body=body)
    headers = signed(record, secret, dt.datetime.fromtimestamp(1614265330, dt.UTC))
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


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
        (429, "failed"),
        (500, "failed"),
        (503, "failed"),
    ],
)
def test_what_an_answer_means(status: int, result: str) -> None:
    """Success, the end of a subscription, a refusal for good, or "try again"."""
    assert outcome(status, "", None).result == result


def test_an_answer_is_kept_short_and_a_wish_for_patience_is_heard() -> None:
    """At most 1,024 characters of an answer are kept; Retry-After in seconds is read, nonsense is not."""
    assert len(outcome(500, "x" * 5_000, None).answer) == 1_024
    assert outcome(429, "", "30").retry_after == 30
    assert outcome(429, "", "soon").retry_after is None


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


async def attempt(url: str) -> Outcome:
    """One attempt at a target."""
    to = subscription("s", url)
    async with client() as http:
        return await WebhookSender(http, utc_now).send(notification(to), to)


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


async def test_an_answer_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline is for the attempt as a whole."""
    monkeypatch.setattr(webhook, "SECONDS", 0.2)
    async with answering(b"HTTP/1.1 200 OK\r\n") as url, answering(b"") as silent:
        assert (await attempt(silent)).result == "failed"
        assert (await attempt(url)).result == "failed"


async def test_bytes_that_are_no_http_are_a_failure() -> None:
    """What the receiver does is an outcome, never an exception."""
    async with answering(b"\x00\xff nonsense\r\n\r\n") as url:
        found = await attempt(url)
    assert found.result == "failed"
    assert found.answer.startswith("RemoteProtocolError")
