"""Notes of the departments whose state is to be announced: an outbox that says whose, and never what."""

import datetime as dt
from collections.abc import Collection

from pymongo import UpdateOne

from services.kit.mongo import Database, Session

_FIRST_DAY = "0001-01-01"


class DepartmentStore:
    """One note for each department of which anything was ever refused.

    Its `version` rises with every change, in the change's own transaction; `left` says that it is to be announced.
    """

    def __init__(self, database: Database) -> None:
        self._departments = database["departments"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._departments.create_index("left")
        await self._departments.create_index("counted")

    async def touch(self, session: Session, names: Collection[str], *, new: bool) -> None:
        """Inside a transaction: the states of these have changed; those without a note get one if they are `new`.

        So whatever was refused before there were notes is announced with the next refusal, and by no answer.
        """
        changed = {"$inc": {"version": 1}, "$set": {"left": True}, "$setOnInsert": {"counted": _FIRST_DAY}}
        operations = [UpdateOne({"_id": name}, changed, upsert=new) for name in sorted(names)]
        if operations:
            await self._departments.bulk_write(operations, session=session, ordered=False)

    async def left(self) -> dict[str, int]:
        """The versions that are to be announced, by department."""
        return {doc["_id"]: doc["version"] for doc in await self._departments.find({"left": True}).to_list(None)}

    async def announced(self, name: str, version: int) -> None:
        """This version is announced; a later one is left to be."""
        await self._departments.update_one({"_id": name, "version": version}, {"$set": {"left": False}})

    async def count_again(self, today: dt.date) -> None:
        """Once a day every state is announced anew, because old refusals leave the store without a word."""
        day = today.isoformat()
        await self._departments.update_many(
            {"counted": {"$gte": _FIRST_DAY, "$lt": day}},
            {"$inc": {"version": 1}, "$set": {"left": True, "counted": day}},
        )
