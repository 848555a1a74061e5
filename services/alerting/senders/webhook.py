"""Webhooks, signed and identified as Standard Webhooks has it (https://www.standardwebhooks.com)."""

import asyncio
import datetime as dt
from collections.abc import Callable

import httpx
from standardwebhooks.webhooks import Webhook

from services.alerting.domain.attempts import LONGEST_ANSWER, Outcome
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.kit.http import CORRELATION

SECONDS = 5.0
"""For the whole attempt: a receiver that drips its answer gets no more."""

MOST_READ = 64 * 1024
"""Bytes of an answer that are read at most."""

_GONE = 410
_LATER = (408, 425, 429)
"""Client errors that only say "not now"."""


def client() -> httpx.AsyncClient:
    """A client for webhooks: no redirect is followed, and no proxy of the environment used."""
    return httpx.AsyncClient(
        timeout=SECONDS,
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": "Milepost"},
        limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
    )


class WebhookSender:
    """Posts the body, byte for byte the same in every attempt, with a fresh timestamp and signature."""

    def __init__(self, http: httpx.AsyncClient, clock: Callable[[], dt.datetime]) -> None:
        self._http, self._clock = http, clock

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._post(record, to)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("failed", f"no answer within {SECONDS:.0f} s")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome("failed", f"{type(error).__name__}: {error}"[:LONGEST_ANSWER])

    async def _post(self, record: NotificationRecord, to: Subscription) -> Outcome:
        headers = signed(record, to.secret or "", self._clock())
        async with self._http.stream("POST", to.target, content=record.body.encode(), headers=headers) as answer:
            text = await _beginning(answer)
        return outcome(answer.status_code, text, answer.headers.get("retry-after"))


def signed(record: NotificationRecord, secret: str, now: dt.datetime) -> dict[str, str]:
    """The headers of an attempt; the id is the notification's own, so that a receiver can drop a repeat."""
    headers = {
        "content-type": "application/json",
        "webhook-id": record.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(record.id, now, record.body),
    }
    return headers | ({CORRELATION: record.correlationid} if record.correlationid else {})


def outcome(status: int, text: str, retry_after: str | None) -> Outcome:
    """What an answer means: 2xx is delivered, 410 the end; 5xx, "not now" and redirects are worth another try."""
    answer = f"{status} {text}".strip()[:LONGEST_ANSWER]
    if 200 <= status < 300:
        return Outcome("delivered", answer)
    if status == _GONE:
        return Outcome("gone", answer)
    if 400 <= status < 500 and status not in _LATER:
        return Outcome("refused", answer)
    seconds = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
    return Outcome("failed", answer, seconds)


async def _beginning(answer: httpx.Response) -> str:
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= MOST_READ:
            break
    return read[: 4 * LONGEST_ANSWER].decode(errors="replace")
