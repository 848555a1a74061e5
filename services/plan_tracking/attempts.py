"""What has failed before: attempts at a plan, and starts of a partition that came to nothing."""

from collections.abc import Mapping

from aiokafka import TopicPartition
from motor.motor_asyncio import AsyncIOMotorCollection

from services.kit.cursors import Cursor
from services.kit.mongo import Document


class Attempts:
    """How often each plan was tried alone and did not get through."""

    def __init__(self, collection: AsyncIOMotorCollection[Document]) -> None:
        self._collection = collection

    async def add(self, plan: str) -> int:
        """Counts one more attempt, before it is made; answers with the count."""
        await self._collection.update_one({"_id": plan}, {"$inc": {"count": 1}}, upsert=True)
        found = await self._collection.find_one({"_id": plan})
        return int(found["count"]) if found else 1

    async def forget(self, plan: str) -> None:
        """The plan got through."""
        await self._collection.delete_one({"_id": plan})


class Starts:
    """Where each partition stood when it was last assigned."""

    def __init__(self, collection: AsyncIOMotorCollection[Document]) -> None:
        self._collection = collection

    async def without_progress(self, cursors: Mapping[TopicPartition, Cursor]) -> set[TopicPartition]:
        """The partitions that stand where they stood at their last assignment: an owner may have died of a record."""
        now = {f"{tp.topic}/{tp.partition}": [cursor.next, cursor.cut] for tp, cursor in cursors.items()}
        found = await self._collection.find({"_id": {"$in": list(now)}}).to_list(None)
        before = {doc["_id"]: doc["at"] for doc in found}
        for name, at in now.items():
            if before.get(name) != at:
                await self._collection.replace_one({"_id": name}, {"at": at}, upsert=True)
        return {tp for tp in cursors if before.get(name := f"{tp.topic}/{tp.partition}") == now[name]}
