"""Finds what the first page asks for, over all plans: the records of the last days, and milestones by their title."""

import datetime as dt
import re
from dataclasses import dataclass

from services.kit.mongo import Database
from services.plan_tracking.documents import entry_of
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.parts import Whole

MOST_RECORDS = 400
"""Records of the last days that are looked at: the newest."""


@dataclass(frozen=True, slots=True)
class Said:
    """A record about a milestone of a plan."""

    plan: str
    milestone: str
    entry: HistoryEntry


class Recent:
    """Reads of milestones and of history, whatever their plan."""

    def __init__(self, database: Database) -> None:
        self._history, self._milestones = Whole(database, "history"), Whole(database, "milestones")

    async def prepare(self) -> None:
        """Creates the index."""
        await self._history.collection.create_index([("event.acceptedtime", 1)])

    async def said(self, since: dt.datetime) -> list[Said]:
        """The newest records about milestones that were accepted since a moment, the newest first."""
        after = since.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        wanted = {"event.acceptedtime": {"$gte": after}}
        found = await self._history.find(wanted, sort="-event.acceptedtime", limit=MOST_RECORDS)
        about = [(*doc["about"].split("|", 1), doc) for doc in found if "|" in doc["about"]]
        return [Said(plan, milestone, entry_of(doc)) for plan, milestone, doc in about]

    async def titled(self, text: str, limit: int) -> list[tuple[str, str]]:
        """Some milestones, by plan and name, whose title has this text in it, large and small letters alike."""
        wanted = {"state.title": {"$regex": re.escape(text), "$options": "i"}}
        found = await self._milestones.find(wanted, ("plan", "milestone"), sort="_id", limit=limit)
        return [(doc["plan"], doc["milestone"]) for doc in found]
