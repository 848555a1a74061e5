"""Fixtures for tests of plan-tracking's doors: a store of the test's own."""

import secrets
from collections.abc import AsyncIterator

import pytest_asyncio

from services.kit.mongo import Database, connect
from services.plan_tracking.store import Store
from tests.servers import Servers


@pytest_asyncio.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    """An empty database."""
    client = connect(servers.mongo)
    yield client[f"t-{secrets.token_hex(3)}_plan_tracking"]
    client.close()  # the servers' folder goes with the run; dropping a database costs more than the test


@pytest_asyncio.fixture
async def store(database: Database) -> Store:
    """The store over it."""
    made = Store(database.client, database)
    await made.prepare()
    return made
