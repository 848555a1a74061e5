"""The demo receiver: takes webhooks and mails, keeps them in memory, and lists as JSON what it got."""

import asyncio
import contextlib
import datetime as dt
import email
import email.policy
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEPT = 10_000
"""The newest of each kind that are kept: a receiver that is left running must not grow for ever."""


class Settings(BaseSettings):
    """Where it listens; `port` speaks HTTP."""

    model_config = SettingsConfigDict(env_prefix="MILEPOST_", frozen=True)

    host: str = "127.0.0.1"
    port: int = 8025
    smtp_port: int = 1025


@dataclass(frozen=True, slots=True)
class Received:
    """Everything that has arrived, oldest first."""

    webhooks: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    mails: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))


def now() -> str:
    """This moment in UTC, RFC 3339."""
    return dt.datetime.now(dt.UTC).isoformat()


def parsed(text: str) -> Any:
    """The JSON value of the text; the text itself when it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def mail(envelope: Envelope, received: str) -> dict[str, Any]:
    """A mail as it is listed; `text` is the plain part, `raw` the whole as it came."""
    raw = envelope.original_content or b""
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return {
        "received": received,
        "from": envelope.mail_from,
        "to": list(envelope.rcpt_tos),
        "subject": str(message["subject"] or ""),
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "text": body.get_content() if body else "",
        "raw": raw.decode(errors="replace"),
    }


class Mailbox:
    """What aiosmtpd calls for each mail."""

    def __init__(self, received: Received) -> None:
        self._received = received

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keeps the mail."""
        self._received.mails.append(mail(envelope, now()))
        return "250 OK"


def application(settings: Settings, received: Received) -> Starlette:
    """POST /webhook (or any path below) keeps a webhook; GET /webhook and GET /mail list what came."""

    async def take(request: Request) -> Response:
        text = (await request.body()).decode(errors="replace")
        got = {"received": now(), "path": request.url.path, "headers": dict(request.headers)}
        received.webhooks.append({**got, "body": parsed(text), "text": text})
        return Response(status_code=204)

    async def webhooks(_: Request) -> Response:
        return JSONResponse(list(received.webhooks))

    async def mails(_: Request) -> Response:
        return JSONResponse(list(received.mails))

    async def ready(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    @contextlib.asynccontextmanager
    async def smtp(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        handler = Mailbox(received)
        async with await loop.create_server(
            lambda: SMTP(handler, enable_SMTPUTF8=True, loop=loop), settings.host, settings.smtp_port
        ):
            yield

    routes = [
        Route("/webhook{rest:path}", take, methods=["POST"]),
        Route("/webhook", webhooks),
        Route("/mail", mails),
        Route("/readyz", ready),
    ]
    return Starlette(routes=routes, lifespan=smtp)


def main() -> None:
    """Serves until SIGINT or SIGTERM."""
    settings = Settings()
    uvicorn.run(application(settings, Received()), host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
