"""Cursors on a real store: a transaction that its owner left open holds nobody off."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from pymongo.errors import OperationFailure

from services.kit.cursors import Cursor, Cursors, LostCursor
from services.kit.mongo import Client, Session, connect, transaction
from tests.servers import Servers

HERE = TopicPartition("events", 3)


@pytest_asyncio.fixture
async def client(servers: Servers) -> AsyncIterator[Client]:
    """A client of the store."""
    fresh = connect(servers.mongo)
    yield fresh
    fresh.close()


@pytest_asyncio.fixture
async def owners(client: Client) -> AsyncIterator[tuple[Cursors, Cursors]]:
    """A former owner of a partition, which began at 0, and its successor."""
    name = f"t-{secrets.token_hex(3)}"
    former, successor = (Cursors(client[name]["cursors"]) for _ in range(2))
    await former.own([HERE])
    await former.start({HERE: 0})
    yield former, successor
    await client.drop_database(name)


async def advanced(client: Client, cursors: Cursors, to: int) -> None:
    """Moves the cursor from 0, in the owner's session."""
    moves = {HERE: (Cursor(0), Cursor(to))}
    await transaction(client, lambda session: cursors.advance(session, moves), await cursors.session())


async def left_open(cursors: Cursors, to: int) -> Session:
    """A transaction that has moved the cursor and does not end: its process was killed, or stopped."""
    session = await cursors.session()
    session.start_transaction()
    await cursors.advance(session, {HERE: (Cursor(0), Cursor(to))})
    return session


async def test_what_a_killed_owner_left_open_is_ended_at_once(client: Client, owners: tuple[Cursors, Cursors]) -> None:
    """MongoDB would let it hold the cursor for a minute."""
    former, successor = owners
    await left_open(former, 7)
    async with asyncio.timeout(10):
        await successor.own([HERE])
        await advanced(client, successor, 5)
    assert await successor.read([HERE]) == {HERE: Cursor(5)}


async def test_an_owner_that_was_stopped_and_comes_back_commits_nothing(
    client: Client, owners: tuple[Cursors, Cursors]
) -> None:
    """Its transaction is gone, and when it is run again the cursor has moved."""
    former, successor = owners
    stopped = await left_open(former, 7)
    await successor.own([HERE])
    await advanced(client, successor, 5)
    with pytest.raises(OperationFailure) as refused:
        await stopped.commit_transaction()
    assert refused.value.has_error_label("TransientTransactionError")
    with pytest.raises(LostCursor):
        await advanced(client, former, 7)
    assert await successor.read([HERE]) == {HERE: Cursor(5)}


async def test_a_session_that_failed_is_not_used_again(client: Client, owners: tuple[Cursors, Cursors]) -> None:
    """Nothing that is still under way in it can reach a later transaction; one that succeeded is kept."""
    former, _ = owners
    await advanced(client, former, 5)
    kept = await former.session()
    assert kept is await former.session()
    with pytest.raises(LostCursor):
        await advanced(client, former, 7)
    assert await former.session() is not kept
