"""Queries in slices that every store answers quickly."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReplaceOne

from services.kit.mongo import Document, Session

SLICE = 500
"""Documents of one read or bulk write."""

FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Before every instant that is kept: a range needs two ends."""

Collection = AsyncIOMotorCollection[Document]
Item = TypeVar("Item")


async def by_ids(collection: Collection, ids: Iterable[str], session: Session | None = None) -> list[Document]:
    """The documents with these ids; those that do not exist are left out."""
    found: list[Document] = []
    for some in slices(list(ids)):
        found += await collection.find({"_id": {"$in": some}}, session=session).to_list(None)
    return found


async def replace(collection: Collection, documents: Iterable[Document], session: Session) -> None:
    """Inside a transaction: replaces or inserts documents."""
    for some in slices(list(documents)):
        operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in some]
        await collection.bulk_write(operations, session=session, ordered=False)


def slices(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items, at most SLICE at a time."""
    for start in range(0, len(items), SLICE):
        yield list(items[start : start + SLICE])
