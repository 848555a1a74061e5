"""Fixtures for tests of alerting: a store of the test's own, and a receiver of webhooks and mails."""

import secrets
from collections.abc import AsyncIterator

import pytest_asyncio

from services.alerting.store import Store
from services.kit.mongo import connect
from tests.servers import Servers
from tests.services.alerting.running import Receiver, receiving


@pytest_asyncio.fixture
async def store(servers: Servers) -> AsyncIterator[Store]:
    """An empty store."""
    client, name = connect(servers.mongo), f"t-{secrets.token_hex(3)}_alerting"
    made = Store(client, client[name])
    await made.prepare()
    await client[name]["bursts"].drop_index("last_1")  # it goes by the store's clock, and tests set theirs by hand
    yield made
    client.close()  # the servers' folder goes with the run; dropping a database costs more than the test


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Where webhooks and mails arrive."""
    async with receiving() as one:
        yield one
