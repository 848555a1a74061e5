"""One POST to an address that somebody named, and what its answer means."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from services.alerting.domain.attempts import LONGEST_ANSWER, Outcome, cut, patience
from services.alerting.senders.pinned import SECONDS, NotPublic

MOST_READ = 64 * 1024
"""Bytes of an answer that are read at most."""

_GONE = 410
_LATER = (408, 425, 429)
"""Client errors that only say "not now"."""


@dataclass(frozen=True, slots=True)
class Post:
    """Posts by a client that reaches nothing inside."""

    http: httpx.AsyncClient
    clock: Callable[[], dt.datetime]
    seconds: float = SECONDS

    async def __call__(self, url: str, content: str, headers: Mapping[str, str]) -> Outcome:
        """Makes one attempt; a receiver that drips its answer gets `seconds` for all of it."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._post(url, content, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("failed", f"no answer within {self.seconds:g} s")
        except NotPublic as error:
            return Outcome("refused", str(error))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome("failed", cut(f"{type(error).__name__}: {error}"))

    async def _post(self, url: str, content: str, headers: Mapping[str, str]) -> Outcome:
        async with self.http.stream("POST", url, content=content.encode(), headers=dict(headers)) as answer:
            text = await _beginning(answer)
        return outcome(answer.status_code, text, patience(answer.headers.get("retry-after"), self.clock()))


def outcome(status: int, text: str, retry_after: float | None = None) -> Outcome:
    """What an answer means: 2xx is delivered, 410 the end; 5xx, "not now" and redirects are worth another try."""
    answer = cut(f"{status} {text}".strip())
    if 200 <= status < 300:
        return Outcome("delivered", answer)
    if status == _GONE:
        return Outcome("gone", answer)
    if 400 <= status < 500 and status not in _LATER:
        return Outcome("refused", answer)
    return Outcome("failed", answer, retry_after)


async def _beginning(answer: httpx.Response) -> str:
    read = b""
    async for part in answer.aiter_raw():
        read += part
        if len(read) >= MOST_READ:
            break
    return read[: 2 * LONGEST_ANSWER].decode(errors="replace")
