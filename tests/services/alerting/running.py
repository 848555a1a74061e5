"""Running alerting for tests: the service in this process, states for it to hear, receivers that misbehave on wish."""

import asyncio
import contextlib
import datetime as dt
import email
import email.policy
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, TypeVar

import httpx
import uvicorn
from aiosmtpd.smtp import SMTP
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas import topics
from schemas.departments import DepartmentConcluded, DepartmentState
from schemas.states import MilestoneConcluded, MilestoneState, PlanConcluded, PlanState
from services.alerting.app import build
from services.alerting.settings import AlertingSettings
from services.alerting.stream.batch import log_ends
from services.alerting.stream.changes import State
from services.alerting.telling.confirming import Links
from services.kit.identity import Sessions
from services.kit.kafka import Message, partition_of, producer, send
from services.kit.mongo import Database, connect
from services.kit.serve import add_health
from tests.servers import Servers
from tests.services.alerting.examples import NOW, TODAY

SECRET = "for the tests of alerting, and nothing else"
HOST = "127.0.0.1"
LINKS = Links(SECRET, "http://alerts.example")

Value = TypeVar("Value")


async def until(look: Callable[[], Awaitable[Value]], good: Callable[[Value], Any], seconds: float = 20) -> Value:
    """What `look` sees as soon as it is good; fails with what it saw last."""
    seen = await look()
    try:
        async with asyncio.timeout(seconds):
            while not good(seen):
                await asyncio.sleep(0.05)
                seen = await look()
    except TimeoutError:
        raise AssertionError(f"not within {seconds} s; last seen: {seen}") from None
    return seen


def messages(namespace: str, states: Iterable[State]) -> list[Message]:
    """States as plan-tracking and ingest announce them."""
    return [
        _of_department(namespace, state) if isinstance(state, DepartmentState) else _message(namespace, state)
        for state in states
    ]


def _of_department(namespace: str, state: DepartmentState) -> Message:
    name = state.department
    event = DepartmentConcluded(
        id=f"{name}@{state.version}", source="/milepost/ingest", subject=name, time=NOW, data=state
    )
    value = event.model_dump_json(exclude_none=True).encode()
    return Message(topics.departments(namespace).name, partition_of(name), name, value)


def _message(namespace: str, state: MilestoneState | PlanState) -> Message:
    about: dict[str, Any] = {"specversion": "1.0", "source": "/milepost/plan-tracking", "plan": state.plan, "time": NOW}
    event: MilestoneConcluded | PlanConcluded
    if isinstance(state, PlanState):
        topic, key = topics.plans(namespace), state.plan
        event = PlanConcluded(id=f"{key}@{state.version}", subject=key, data=state, **about)
    else:
        topic, key = topics.milestones(namespace), topics.milestone_key(state.plan, state.milestone)
        event = MilestoneConcluded(id=f"{key}@{state.version}", subject=state.milestone, data=state, **about)
    return Message(topic.name, partition_of(state.plan), key, event.model_dump_json(exclude_none=True).encode())


async def announce(servers: Servers, namespace: str, states: Iterable[State]) -> None:
    """Puts states on their topics."""
    writer = producer(servers.kafka)
    await writer.start()
    try:
        await send(writer, messages(namespace, states))
    finally:
        await writer.stop()


@dataclass
class Receiver:
    """A real HTTP and a real SMTP server. `answers` has statuses for the next webhooks by path, 204 when used up.

    A path that begins with `/slow` is not answered until `release` is set.
    """

    port: int = 0
    smtp_port: int = 0
    webhooks: list[dict[str, Any]] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        """The address of a webhook."""
        return f"http://{HOST}:{self.port}{path}"

    async def at(self, path: str) -> list[dict[str, Any]]:
        """The webhooks that came to a path."""
        return [one for one in self.webhooks if one["path"] == path]

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keeps a mail."""
        self.mails.append(email.message_from_bytes(envelope.content, _class=EmailMessage, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 kept"

    async def take(self, request: Request) -> Response:
        """Keeps a webhook and answers as wished."""
        path, text = request.url.path, (await request.body()).decode()
        self.webhooks.append({"path": path, "headers": dict(request.headers), "text": text})
        if path.startswith("/slow"):
            await self.release.wait()
        status = self.answers[path].pop(0) if self.answers.get(path) else 204
        return Response("no" if status >= 400 else "", status)


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on free ports."""
    receiver, loop = Receiver(), asyncio.get_running_loop()
    app = Starlette(routes=[Route("/{rest:path}", receiver.take, methods=["POST"])])
    config = uvicorn.Config(app, HOST, 0, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    async with await loop.create_server(lambda: SMTP(receiver, enable_SMTPUTF8=True, loop=loop), HOST, 0) as smtp:
        receiver.smtp_port = smtp.sockets[0].getsockname()[1]
        with contextlib.closing(config.bind_socket()) as bound:
            bound.listen()  # whoever connects before uvicorn takes over waits, and is not refused
            receiver.port = bound.getsockname()[1]
            serving = asyncio.create_task(server.serve(sockets=[bound]))
            try:
                yield receiver
            finally:
                receiver.release.set()
                server.should_exit = True
                await serving


@dataclass
class Running:
    """A running alerting: its doors as `dfe` sees them, and its database."""

    http: httpx.AsyncClient
    database: Database
    servers: Servers
    namespace: str

    async def announce(self, *states: State) -> None:
        """States arrive, and everything that follows from them is done."""
        await announce(self.servers, self.namespace, states)
        await self.settled()

    async def subscribe(self, **wanted: Any) -> dict[str, Any]:
        """A new subscription, told at once unless it is said otherwise; answers with what was shown of it."""
        answer = await self.http.post("/api/alerting/subscriptions", json={"rhythm": "at_once", **wanted})
        assert answer.status_code == 201, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def hand(self, department: str, mailbox: str) -> httpx.Response:
        """Hands over the contact of a department."""
        contact = {"department": department, "mailbox": mailbox}
        return await self.http.post("/api/alerting/contacts", json=contact)

    async def told(self) -> list[dict[str, Any]]:
        """What the subscriber was told, newest first."""
        answer = await self.http.get("/api/alerting/notifications")
        notifications: list[dict[str, Any]] = answer.json()["notifications"]
        return notifications

    async def settled(self) -> None:
        """Waits until every state is judged, and nobody is to be told at once or waits for an attempt."""
        await until(self.unsettled, lambda left: not left)

    async def unsettled(self) -> dict[str, int]:
        """What is left to do, by kind."""
        pending, woken = {"state": "pending"}, {"wakes": {"$gte": "0001-01-01", "$lte": TODAY.isoformat()}}
        left = {
            "unread": await self._unread(),
            "states": await self.database["states"].count_documents(woken),
            "plans": await self.database["plans"].count_documents(woken),
            "marks": await self.database["marks"].count_documents({}),
            "rows": await self.database["rows"].count_documents({"rhythms.at_once": {"$exists": True}}),
            "notifications": await self.database["notifications"].count_documents(pending),
        }
        return {kind: count for kind, count in left.items() if count}

    async def _unread(self) -> int:
        ends = await log_ends(self.servers.kafka, self.namespace)
        at = {doc["_id"]: doc["next"] async for doc in self.database["cursors"].find({})}
        return sum(end - at.get(place, 0) for place, end in ends.items())


def clock_from(start: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that shows `start` now and goes on from there."""
    ahead = start - dt.datetime.now(dt.UTC)
    return lambda: dt.datetime.now(dt.UTC) + ahead


@contextlib.asynccontextmanager
async def alerting(
    servers: Servers, namespace: str, receiver: Receiver, *, department: str = "dfe", **more: Any
) -> AsyncIterator[Running]:
    """Alerting, ready, until the body ends; `more` are settings."""
    own = {"kafka": servers.kafka, "mongo": servers.mongo, "namespace": namespace, "session_secret": SECRET}
    mail = {"smtp_host": HOST, "smtp_port": receiver.smtp_port, "mail_from": "milepost@example.gov.uk"}
    quick = {"retry_seconds": (0.2, 0.2, 0.2), "plans_url": "http://plans.example", "alerts_url": "http://alerting"}
    service = await build(AlertingSettings(**{**own, **mail, **quick, **more}), clock_from(NOW))
    add_health(service)
    work, client = asyncio.create_task(service.work()), connect(servers.mongo)
    headers = {"Authorization": f"Bearer {Sessions(SECRET).issue((department,))}"}
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://alerting", headers=headers) as http:
        try:
            await until(lambda: http.get("/readyz"), lambda answer: answer.status_code == 200, 60)
            yield Running(http, client[f"{namespace}_alerting"], servers, namespace)
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            client.close()
