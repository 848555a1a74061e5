"""Ingest in the test's own process, on real servers."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer

from services.ingest.app import build
from services.ingest.domain.keys import digest, new_key
from services.ingest.settings import IngestSettings
from services.ingest.store.keys import Key, KeyStore
from services.kit.mongo import Database, connect
from tests.servers import Servers

SECRET = "test"


@dataclass(frozen=True, slots=True)
class Running:
    """A running ingest: its application behind a client, and its database."""

    http: httpx.AsyncClient
    database: Database

    async def key_of(self, *departments: str) -> dict[str, str]:
        """The headers of a request with a fresh key for these departments."""
        key = new_key()
        stored = Key(digest(key), departments, "team@example.org", dt.datetime.now(dt.UTC), handed=True)
        await KeyStore(self.database).add(stored)
        return {"Authorization": f"Bearer {key}"}


def settings_for(servers: Servers, namespace: str, **more: Any) -> IngestSettings:
    """Settings of an ingest on these servers."""
    own = {"kafka": servers.kafka, "mongo": servers.mongo, "namespace": namespace, "session_secret": SECRET}
    return IngestSettings(**{**own, "publish_seconds": 5, **more})


@contextlib.asynccontextmanager
async def ingest(settings: IngestSettings) -> AsyncIterator[Running]:
    """Ingest, working until the body ends."""
    service = await build(settings)
    work, client = asyncio.create_task(service.work()), connect(settings.mongo)
    transport = httpx.ASGITransport(service.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
        try:
            async with asyncio.timeout(60):
                while service.ready["kafka"]() and not work.done():
                    await asyncio.sleep(0.02)
            yield Running(http, client[settings.database("ingest")])
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            client.close()


async def read(bootstrap: str, topic: str, least: int) -> list[Any]:
    """At least so many records of a topic, from its beginning."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    found: list[Any] = []
    try:
        async with asyncio.timeout(30):
            while len(found) < least:
                for rows in (await consumer.getmany(timeout_ms=200)).values():
                    found += rows
    except TimeoutError:
        raise AssertionError(f"{topic} has {len(found)} records, not {least}") from None
    finally:
        await consumer.stop()
    return found
