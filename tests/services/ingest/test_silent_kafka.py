"""Kafka falls silent: events are answered 503 with Retry-After, and accepted again when it goes on."""

import asyncio
import contextlib
import datetime as dt
import os
import secrets
import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.kafka import kafka
from deploy.local.ports import HOST, Ports, free_base
from services.ingest.app import build
from services.ingest.domain.keys import digest, new_key
from services.ingest.settings import IngestSettings
from services.ingest.store.keys import Key, KeyStore
from services.kit.mongo import connect
from services.kit.topics import ensure_topics
from tests.events import body
from tests.servers import Servers

HEADERS = {"Content-Type": "application/cloudevents+json"}


@contextlib.asynccontextmanager
async def ingest(servers: Servers, bootstrap: str, namespace: str) -> AsyncIterator[httpx.AsyncClient]:
    """Ingest in this process, on a Kafka of the test's own."""
    settings = IngestSettings(
        kafka=bootstrap, mongo=servers.mongo, namespace=namespace, session_secret="test", publish_seconds=2
    )
    service = await build(settings)
    work = asyncio.create_task(service.work())
    client, key = connect(servers.mongo), new_key()
    keys = KeyStore(client[settings.database("ingest")])
    await keys.add(Key(digest(key), ("dft",), "team@example.org", dt.datetime.now(dt.UTC)))
    transport = httpx.ASGITransport(service.app)
    headers = {"Authorization": f"Bearer {key}", **HEADERS}
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest", headers=headers) as http:
        yield http
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await client.drop_database(settings.database("ingest"))
    client.close()


async def test_a_silent_kafka_is_answered_503_and_a_new_producer_takes_over(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Stopped in its tracks, as by a long pause: nobody is told 202 for what Kafka does not have."""
    ports, namespace = Ports.from_base(free_base()), f"t-{secrets.token_hex(3)}"
    broker = await kafka(tmp_path_factory.mktemp("silent"), ports.kafka)
    try:
        await ensure_topics(f"{HOST}:{ports.kafka}", namespace)
        now = dt.datetime.now(dt.UTC).isoformat()
        event = {**body("milestone.forecast", "dft/x", {"forecast": None, "reason": "Unknown"}), "time": now}
        async with ingest(servers, f"{HOST}:{ports.kafka}", namespace) as http:
            await answered(http, event, 202)
            os.kill(broker.pid, signal.SIGSTOP)
            silent = await http.post("/events", json=event)
            assert (silent.status_code, silent.headers["retry-after"]) == (503, "5")
            assert "does no harm" in silent.json()["detail"]
            os.kill(broker.pid, signal.SIGCONT)
            await answered(http, event, 202)
    finally:
        os.kill(broker.pid, signal.SIGCONT)
        await broker.stop()


async def answered(http: httpx.AsyncClient, event: dict[str, object], status: int) -> None:
    """Posts until it is answered so."""
    async with asyncio.timeout(60):
        while (await http.post("/events", json=event)).status_code != status:
            await asyncio.sleep(0.1)
