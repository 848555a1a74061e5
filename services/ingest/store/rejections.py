"""What was refused, byte for byte, and how far the rejected topic has been read."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne

from schemas.names import owner
from services.kit.cursors import Cursors
from services.kit.mongo import Database, Document, Session

KEPT_SECONDS = 90 * 86_400
"""As long as `milepost.rejected` keeps them."""

SLICE = 250
"""Ids of one read."""

_FIRST, _BEHIND_ALL = "0", ":"
"""Bounds of `order`, which begins with a digit: a range with two ends is what every store serves from its index."""


class RejectionStore:
    """The refused records, and the cursor of the topic that they came from.

    `order` is when a record was refused, to the millisecond, and its `_id`: unique, and ascending with time.
    """

    def __init__(self, database: Database) -> None:
        self.cursors = Cursors(database["cursors"])
        self._rejections = database["rejections"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._rejections.create_index([("source", 1), ("id", 1)])
        await self._rejections.create_index([("department", 1), ("order", 1)])
        await self._rejections.create_index("rejected", expireAfterSeconds=KEPT_SECONDS)

    async def add(self, session: Session, documents: Sequence[Document]) -> None:
        """Inside a transaction: keeps refused records; one that is kept already stays as it is."""
        operations = [UpdateOne({"_id": doc["_id"]}, {"$setOnInsert": doc}, upsert=True) for doc in documents]
        await self._rejections.bulk_write(operations, session=session, ordered=False)

    async def of(self, source: str, identifier: str) -> list[Document]:
        """The refused records of this source and id."""
        return await self._rejections.find({**_said_by(source), "id": identifier}).to_list(None)

    async def refused(self, source: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids of a source a refused record has."""
        found: set[str] = set()
        for start in range(0, len(ids), SLICE):
            wanted = {**_said_by(source), "id": {"$in": list(ids[start : start + SLICE])}}
            found |= {doc["id"] for doc in await self._rejections.find(wanted, {"id": 1}).to_list(None)}
        return found

    async def page(self, departments: Sequence[str], before: str | None, most: int) -> list[Document]:
        """The departments' latest `most`, newest first; `before` is the `order` of the last on the page before."""
        wanted = {"department": {"$in": list(departments)}, "order": {"$gte": _FIRST, "$lt": before or _BEHIND_ALL}}
        return await self._rejections.find(wanted).sort("order", -1).limit(most).to_list(None)

    async def find(self, identifier: str) -> Document | None:
        """One of them."""
        return await self._rejections.find_one({"_id": identifier})

    async def counts(self, departments: Sequence[str]) -> list[Document]:
        """How many there are that nothing was sent again for: {"department", "field", "count"}, the most first."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"department": {"$in": list(departments)}, "answered": None}},
            {"$group": {"_id": {"department": "$department", "field": "$field"}, "count": {"$sum": 1}}},
        ]
        found = await self._rejections.aggregate(pipeline).to_list(None)
        return sorted(({**one["_id"], "count": one["count"]} for one in found), key=lambda one: -one["count"])

    async def answer(self, identifier: str, source: str, event: str, now: dt.datetime) -> None:
        """Notes which event was sent again instead."""
        answered = {"source": source, "id": event, "at": now}
        await self._rejections.update_one({"_id": identifier}, {"$set": {"answered": answered}})


def _said_by(source: str) -> Document:
    """Records of this source, without those in which another department has claimed it."""
    return {"source": source, "department": owner(source.removeprefix("/"))}
