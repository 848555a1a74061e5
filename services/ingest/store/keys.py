"""Keys as they are stored: by their digest."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pymongo import UpdateOne

from services.kit.mongo import Database, Document


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is stored: by its digest, never itself.

    It speaks for `departments`. `contact` is the mailbox of the team that answers for it, and `handed` says whether
    alerting has taken that as the departments' first subscriber; `used` is its last use, to the minute.
    """

    digest: str
    departments: tuple[str, ...]
    contact: str
    created: dt.datetime
    revoked: dt.datetime | None = None
    used: dt.datetime | None = None
    handed: bool = False

    @property
    def id(self) -> str:
        """What people call it by."""
        return self.digest[:16]


class KeyStore:
    """The keys."""

    def __init__(self, database: Database) -> None:
        self._keys = database["keys"]

    async def add(self, key: Key) -> None:
        """Stores a new key."""
        document = asdict(key)
        await self._keys.insert_one({"_id": document.pop("digest"), **document})

    async def find(self, digest: str) -> Key | None:
        """The key with this digest, revoked or not."""
        found = await self._keys.find_one({"_id": digest})
        return _key(found) if found else None

    async def all(self) -> list[Key]:
        """Every key, oldest first."""
        return [_key(doc) for doc in await self._keys.find({}).sort("created", 1).to_list(None)]

    async def departments(self) -> frozenset[str]:
        """Every department that a key was ever issued for."""
        return frozenset(await self._keys.distinct("departments"))

    async def revoke(self, digest: str, now: dt.datetime) -> bool:
        """Revokes a key; False when there is none."""
        result = await self._keys.update_one({"_id": digest}, {"$set": {"revoked": now}})
        return result.matched_count == 1

    async def note_uses(self, uses: Mapping[str, dt.datetime]) -> None:
        """Writes when keys, by their digest, were last used; an earlier moment changes nothing."""
        if uses:
            await self._keys.bulk_write([UpdateOne({"_id": d}, {"$max": {"used": at}}) for d, at in uses.items()])

    async def unhanded(self) -> list[Key]:
        """The keys in force whose contact alerting has not taken yet."""
        return [_key(doc) for doc in await self._keys.find({"handed": {"$ne": True}, "revoked": None}).to_list(None)]

    async def hand(self, digest: str) -> None:
        """Notes that alerting has taken the key's contact."""
        await self._keys.update_one({"_id": digest}, {"$set": {"handed": True}})


def _key(document: Document) -> Key:
    return Key(
        digest=document["_id"],
        departments=tuple(document["departments"]),
        contact=document["contact"],
        created=document["created"],
        revoked=document["revoked"],
        used=document.get("used"),
        handed=document.get("handed", False),
    )
