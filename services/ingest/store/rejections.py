"""What was refused, byte for byte, and how far the rejected topic has been read."""

from collections.abc import Sequence

from pymongo import ReplaceOne

from services.kit.cursors import Cursors
from services.kit.mongo import Database, Document, Session


class RejectionStore:
    """The refused records, and the cursor of the topic that they came from."""

    def __init__(self, database: Database) -> None:
        self.cursors = Cursors(database["cursors"])
        self._rejections = database["rejections"]

    async def prepare(self) -> None:
        """Creates the index."""
        await self._rejections.create_index([("source", 1), ("id", 1)])

    async def add(self, session: Session, documents: Sequence[Document]) -> None:
        """Inside a transaction: keeps refused records; one seen again is the same document."""
        operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in documents]
        await self._rejections.bulk_write(operations, session=session, ordered=False)

    async def of(self, source: str, identifier: str) -> list[Document]:
        """The refused records that claim this source and id."""
        return await self._rejections.find({"source": source, "id": identifier}).to_list(None)
