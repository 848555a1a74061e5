"""Every Mongo query of ingest."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pymongo import ReplaceOne

from services.kit.cursors import Cursors
from services.kit.mongo import Database, Document, Session


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is stored: its digest, whom it speaks for, the contact mailbox, and when it was made and revoked."""

    digest: str
    departments: tuple[str, ...]
    contact: str
    created: dt.datetime
    revoked: dt.datetime | None = None


class Store:
    """The database of ingest."""

    def __init__(self, database: Database) -> None:
        self.cursors = Cursors(database["cursors"])
        self._keys, self._rejections = database["keys"], database["rejections"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._rejections.create_index([("source", 1), ("id", 1)])

    async def add_rejections(self, session: Session, documents: Sequence[Document]) -> None:
        """Inside a transaction: keeps refused records; one seen again is the same document."""
        operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in documents]
        await self._rejections.bulk_write(operations, session=session, ordered=False)

    async def rejections(self, source: str, identifier: str) -> list[Document]:
        """The refused records that claim this source and id."""
        return await self._rejections.find({"source": source, "id": identifier}).to_list(None)

    async def add_key(self, key: Key) -> None:
        """Stores a new key."""
        await self._keys.insert_one(
            {
                "_id": key.digest,
                "departments": list(key.departments),
                "contact": key.contact,
                "created": key.created,
                "revoked": key.revoked,
            }
        )

    async def key(self, digest: str) -> Key | None:
        """The key with this digest, revoked or not."""
        found = await self._keys.find_one({"_id": digest})
        return _key(found) if found else None

    async def keys(self) -> list[Key]:
        """Every key, oldest first."""
        return [_key(doc) for doc in await self._keys.find({}).sort("created", 1).to_list(None)]

    async def revoke(self, digest: str, now: dt.datetime) -> bool:
        """Revokes a key; False when there is none."""
        result = await self._keys.update_one({"_id": digest}, {"$set": {"revoked": now}})
        return result.matched_count == 1


def _key(document: Document) -> Key:
    return Key(
        digest=document["_id"],
        departments=tuple(document["departments"]),
        contact=document["contact"],
        created=document["created"],
        revoked=document["revoked"],
    )
