"""MongoDB: one factory for clients, and one way to run a transaction."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo.errors import BulkWriteError, ConnectionFailure, PyMongoError
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Client = AsyncIOMotorClient[Document]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession

OF_THE_SERVER = (1, 14031)
"""Codes of a server that fails by itself: an internal error, and a full disk."""

DUPLICATE = 11000
"""The code of a write of what is there already."""

TRANSACTION_SECONDS = 40.0
"""Bound of one transaction with its retries; below the consumers' rebalance timeout."""


def connect(uri: str, *, timeout_ms: int = 20_000, watched_by: Sequence[CommandListener] = ()) -> Client:
    """A client whose writes are acknowledged by a majority and whose every operation has a deadline."""
    return AsyncIOMotorClient(
        uri,
        w="majority",
        timeoutMS=timeout_ms,
        serverSelectionTimeoutMS=min(timeout_ms, 5_000),
        tz_aware=True,
        event_listeners=list(watched_by),
    )


def is_away(error: PyMongoError) -> bool:
    """Whether the store cannot be reached or fails by itself, so that the same may succeed later."""
    return isinstance(error, ConnectionFailure) or error.timeout or getattr(error, "code", None) in OF_THE_SERVER


def is_duplicate(error: BulkWriteError) -> bool:
    """Whether a bulk failed because a document that it inserts is there already."""
    return any(one.get("code") == DUPLICATE for one in (error.details or {}).get("writeErrors", ()))


async def transaction(
    client: Client, work: Callable[[Session], Coroutine[Any, Any, None]], lasting: Session | None = None
) -> None:
    """Runs `work` in one transaction, again on a transient error, for at most TRANSACTION_SECONDS.

    It has a session of its own, or a `lasting` one, which is ended only by a failure: nothing that is still under way
    in it can then reach a later transaction.
    """
    session = lasting or await client.start_session()
    done = False
    try:
        async with asyncio.timeout(TRANSACTION_SECONDS):
            await session.with_transaction(
                work, read_concern=ReadConcern("snapshot"), write_concern=WriteConcern("majority")
            )
        done = True
    finally:
        if not (done and lasting):
            await session.end_session()
