"""Sessions of telling: what a killed process left open holds nobody up."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from pymongo.errors import PyMongoError

from services.alerting.store import Store
from services.kit.mongo import Database, Session, connect, transaction
from tests.servers import Servers
from tests.services.alerting.examples import TODAY
from tests.services.alerting.stored import subscribed, subscription

TO = subscription("s1")


@pytest_asyncio.fixture
async def database(servers: Servers) -> AsyncIterator[Database]:
    """An empty database."""
    client = connect(servers.mongo)
    yield client[f"t-{secrets.token_hex(3)}_alerting"]
    client.close()


def used(database: Database, replica: str) -> Store:
    """The database, as a process of this name uses it."""
    return Store(database.client, database, replica)


async def advance(store: Store, session: Session) -> None:
    """What telling writes to its subscriber."""
    await store.subscriptions.advance(session, TO, 0, TODAY)


async def test_what_a_killed_process_left_open_is_ended_by_its_successor(database: Database) -> None:
    """The subscriber is told at once, and what the dead one had begun can never be written."""
    store = used(database, "0")
    await subscribed(store, TO)
    async with used(database, "1").sessions.one() as left:
        left.start_transaction()
        await advance(store, left)
        successor = used(database, "1")
        await successor.sessions.begin()
        async with asyncio.timeout(20), successor.sessions.one() as session:
            await transaction(store.client, lambda inside: advance(successor, inside), session)
        with pytest.raises(PyMongoError):
            await left.commit_transaction()
    found = await store.subscriptions.find("s1")
    assert found
    assert found.number == 1


async def test_another_replica_s_sessions_are_left_alone(database: Database) -> None:
    """It lives, and commits."""
    store = used(database, "0")
    await subscribed(store, TO)
    async with used(database, "2").sessions.one() as left:
        left.start_transaction()
        await advance(store, left)
        await used(database, "1").sessions.begin()
        await left.commit_transaction()
    found = await store.subscriptions.find("s1")
    assert found
    assert found.number == 1


async def test_a_session_that_failed_is_not_used_again(database: Database) -> None:
    """One that has not is."""
    sessions = used(database, "1").sessions
    async with sessions.one() as first:
        pass
    async with sessions.one() as second, sessions.one() as third:
        assert second is first
        assert third is not second
        await second.end_session()
    async with sessions.one() as fourth:
        assert fourth is third
