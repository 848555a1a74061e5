"""Where a service stands in each partition: kept with its state, compared and advanced in the same transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aiokafka import TopicPartition
from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import UpdateOne

from services.kit.mongo import Document, Session


@dataclass(frozen=True, slots=True)
class Cursor:
    """`next` is the first offset not yet worked on; `cut` counts the partial transactions since `next` last moved."""

    next: int
    cut: int = 0


class LostCursor(Exception):
    """Another replica has advanced the cursor: what was computed from it is void."""


def _id(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


class Cursors:
    """The cursors of one service, one document per partition."""

    def __init__(self, collection: AsyncIOMotorCollection[Document]) -> None:
        self._collection = collection
        self._session: Session | None = None

    async def session(self) -> Session:
        """The session of all transactions that advance these cursors: always the same, until one has failed in it."""
        if self._session is None or self._session.delegate.has_ended:
            self._session = await self._collection.database.client.start_session()
        return self._session

    async def own(self, partitions: Iterable[TopicPartition]) -> None:
        """Makes the partitions ours: a transaction that a former owner has left open is ended.

        Its process may have been killed or stopped inside it, and MongoDB would let it hold the cursors, and everyone
        else off, until it expires (60 s by default). An owner that still lives merely runs its transaction again.
        """
        ours, wanted = (
            (await self.session()).delegate.session_id["id"],
            {"_id": {"$in": [_id(tp) for tp in partitions]}},
        )
        found = await self._collection.find(wanted, {"owner": 1}).to_list(None)
        others = {doc["owner"] for doc in found if doc.get("owner") not in (None, ours)}
        if others:
            await self._collection.database.client.admin.command("killSessions", [{"id": one} for one in others])
        await self._collection.update_many(wanted, {"$set": {"owner": ours}})

    async def read(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, Cursor]:
        """The stored cursors; a partition never worked on is absent."""
        by_id = {_id(partition): partition for partition in partitions}
        found = await self._collection.find({"_id": {"$in": list(by_id)}}).to_list(None)
        return {by_id[doc["_id"]]: Cursor(doc["next"], doc["cut"]) for doc in found}

    async def start(self, starts: Mapping[TopicPartition, int]) -> None:
        """Writes first cursors, ours; one that exists stays as it is."""
        ours = (await self.session()).delegate.session_id["id"]
        for partition, offset in starts.items():
            first = {"next": offset, "cut": 0, "owner": ours}
            await self._collection.update_one({"_id": _id(partition)}, {"$setOnInsert": first}, upsert=True)

    async def advance(self, session: Session, moves: Mapping[TopicPartition, tuple[Cursor, Cursor]]) -> None:
        """Inside a transaction: each cursor from what was read to what follows; raises LostCursor if one has moved."""
        operations = [
            UpdateOne(
                {"_id": _id(partition), "next": read.next, "cut": read.cut},
                {"$set": {"next": to.next, "cut": to.cut}},
            )
            for partition, (read, to) in moves.items()
        ]
        result = await self._collection.bulk_write(operations, session=session, ordered=True)
        if result.matched_count != len(operations):
            raise LostCursor(", ".join(_id(partition) for partition in moves))
