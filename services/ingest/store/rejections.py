"""What was refused, byte for byte, and how far the rejected topic has been read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pymongo import UpdateOne

from schemas.names import owner
from services.ingest.store.departments import DepartmentStore
from services.kit.cursors import Cursors
from services.kit.mongo import Database, Document, Session, transaction

KEPT_SECONDS = 90 * 86_400
"""As long as `milepost.rejected` keeps them."""

SLICE = 250
"""Ids of one read."""

_FIRST, _BEHIND_ALL = "0", ":"
"""Bounds of `order`, which begins with a digit: a range with two ends is what every store serves from its index."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What nothing was sent again for: how many by the field at fault, and when the first and the last were refused."""

    fields: dict[str, int]
    since: dt.datetime | None
    newest: dt.datetime | None


class Answer(NamedTuple):
    """A refused record, and the source and id of the event that was sent instead."""

    refused: Document
    source: str
    id: str


class RejectionStore:
    """The refused records, the cursor of the topic that they came from, and notes of whose state has changed.

    `order` is when a record was refused, to the millisecond, and its `_id`: unique, and ascending with time.
    """

    def __init__(self, database: Database) -> None:
        self.cursors = Cursors(database["cursors"])
        self.departments = DepartmentStore(database)
        self._client, self._rejections = database.client, database["rejections"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._rejections.create_index([("source", 1), ("id", 1)])
        await self._rejections.create_index([("department", 1), ("order", 1)])
        await self._rejections.create_index("rejected", expireAfterSeconds=KEPT_SECONDS)
        await self.departments.prepare()

    async def add(self, session: Session, documents: Sequence[Document]) -> None:
        """Inside a transaction: keeps refused records; one that is kept already stays as it is."""
        operations = [UpdateOne({"_id": doc["_id"]}, {"$setOnInsert": doc}, upsert=True) for doc in documents]
        await self._rejections.bulk_write(operations, session=session, ordered=False)
        await self.departments.touch(session, {doc["department"] for doc in documents} - {None}, new=True)

    async def of(self, source: str, identifier: str) -> list[Document]:
        """The refused records of this source and id."""
        return await self._rejections.find({**_said_by(source), "id": identifier}).to_list(None)

    async def refused(self, source: str, ids: Sequence[str]) -> set[str]:
        """Which of these ids of a source a refused record has."""
        return {doc["id"] for doc in await self._named(source, ids)}

    async def unanswered(self, said: Iterable[tuple[str, str]]) -> list[Document]:
        """Those with one of these sources and ids that nothing was sent again for, without their bytes."""
        ids: dict[str, list[str]] = defaultdict(list)
        for source, identifier in said:
            ids[source].append(identifier)
        found = [doc for source, some in ids.items() for doc in await self._named(source, some)]
        return [doc for doc in found if doc["answered"] is None]

    async def _named(self, source: str, ids: Sequence[str]) -> list[Document]:
        found, shown = list[Document](), {"source": 1, "id": 1, "department": 1, "answered": 1}
        for start in range(0, len(ids), SLICE):
            wanted = {**_said_by(source), "id": {"$in": list(ids[start : start + SLICE])}}
            found += await self._rejections.find(wanted, shown).to_list(None)
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
        found = await self._counted(departments)
        return sorted(({**one["_id"], "count": one["count"]} for one in found), key=lambda one: -one["count"])

    async def waiting(self, department: str) -> Waiting:
        """The same of one department, and since when."""
        found = await self._counted([department])
        return Waiting(
            {one["_id"]["field"]: one["count"] for one in found},
            min((one["since"] for one in found), default=None),
            max((one["newest"] for one in found), default=None),
        )

    async def _counted(self, departments: Sequence[str]) -> list[Document]:
        of_each = {"count": {"$sum": 1}, "since": {"$min": "$rejected"}, "newest": {"$max": "$rejected"}}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"department": {"$in": list(departments)}, "answered": None}},
            {"$group": {"_id": {"department": "$department", "field": "$field"}, **of_each}},
        ]
        return await self._rejections.aggregate(pipeline).to_list(None)

    async def answer(self, answers: Sequence[Answer], now: dt.datetime, session: Session | None = None) -> None:
        """Notes which events were sent again instead; inside a transaction, or in one of its own."""
        if session is None:
            await transaction(self._client, lambda own: self.answer(answers, now, own))
            return
        operations = [
            UpdateOne({"_id": kept["_id"]}, {"$set": {"answered": {"source": source, "id": event, "at": now}}})
            for kept, source, event in answers
        ]
        if operations:
            await self._rejections.bulk_write(operations, session=session, ordered=False)
            await self.departments.touch(session, {one.refused["department"] for one in answers}, new=False)


def _said_by(source: str) -> Document:
    """Records of this source, without those in which another department has claimed it."""
    return {"source": source, "department": owner(source.removeprefix("/"))}
