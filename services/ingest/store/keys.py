"""Keys as they are stored: by their digest."""

import datetime as dt
from dataclasses import dataclass

from services.kit.mongo import Database, Document


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is stored: its digest, whom it speaks for, the contact mailbox, and when it was made and revoked."""

    digest: str
    departments: tuple[str, ...]
    contact: str
    created: dt.datetime
    revoked: dt.datetime | None = None


class KeyStore:
    """The keys."""

    def __init__(self, database: Database) -> None:
        self._keys = database["keys"]

    async def add(self, key: Key) -> None:
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

    async def find(self, digest: str) -> Key | None:
        """The key with this digest, revoked or not."""
        found = await self._keys.find_one({"_id": digest})
        return _key(found) if found else None

    async def all(self) -> list[Key]:
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
