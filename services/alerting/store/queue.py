"""What is due: marks of what moved, bursts of what one request moves, and a row for each subscriber to be told."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pymongo import UpdateOne

from schemas.alerts import Rhythm
from services.alerting import documents as kept
from services.alerting.domain.due import QUIET, Burst
from services.alerting.domain.model import Mark
from services.alerting.domain.waiting import Held, Wait
from services.alerting.store.queries import FIRST, by_ids, replace, slices
from services.kit.mongo import Database, Document, Session

BURST_KEPT_SECONDS = 3_600
"""For so long a burst is kept after it last moved anything; by then all of it has been told."""

LONGEST_POSTPONEMENT = dt.timedelta(seconds=60)
"""A row that cannot be worked on is tried again after this, at the latest."""

PROMISED = dt.timedelta(seconds=5)
"""From due to told."""


@dataclass(frozen=True, slots=True)
class Due:
    """A reason to tell a subscriber: in which rhythm, when, and at the latest; of which request, where it was one."""

    subscription: str
    at: dt.datetime
    rhythm: Rhythm = "at_once"
    latest: dt.datetime | None = None
    request: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription that is due; `stamp` changes with every new reason to tell it.

    `due` is when, by rhythm; `requests` are those whose moves are to be told together, and at the `latest` then.
    """

    subscription: str
    stamp: str
    due: Mapping[Rhythm, dt.datetime]
    requests: tuple[str, ...] = ()
    latest: dt.datetime | None = None
    failures: int = 0


class QueueStore:
    """Marks, bursts and rows."""

    def __init__(self, database: Database) -> None:
        self._marks, self._bursts, self._rows = database["marks"], database["bursts"], database["rows"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._marks.create_index("due")
        await self._rows.create_index("due")
        await self._bursts.create_index("last", expireAfterSeconds=BURST_KEPT_SECONDS)

    async def marks(self, ids: Iterable[str], session: Session) -> dict[str, Mark]:
        """Due marks by id."""
        return {doc["_id"]: kept.mark_of(doc) for doc in await by_ids(self._marks, ids, session)}

    async def write_marks(self, session: Session, marks: Iterable[Mark]) -> None:
        """Inside a transaction: marks as they are now, each with a new stamp."""
        await replace(self._marks, [kept.mark_document(mark, _stamp()) for mark in marks], session)

    async def due_marks(self, now: dt.datetime) -> list[tuple[Mark, str]]:
        """The marks that are due, each with its stamp."""
        found = await self._marks.find({"due": {"$gte": FIRST, "$lte": now}}).to_list(None)
        return [(kept.mark_of(doc), doc["stamp"]) for doc in found]

    async def delete_mark(self, mark: Mark, stamp: str) -> None:
        """Deletes a mark, unless something has moved since it was read."""
        await self._marks.delete_one({"_id": mark.id, "stamp": stamp})

    async def bursts(self, requests: Iterable[str], session: Session | None = None) -> dict[str, Burst]:
        """When these requests have moved something; one that is long over is left out."""
        found = await by_ids(self._bursts, requests, session)
        return {doc["_id"]: _burst_of(doc) for doc in found}

    async def write_bursts(self, session: Session, bursts: Mapping[str, Burst]) -> None:
        """Inside a transaction: bursts by request, as they are now."""
        documents = [
            {"_id": request, "first": one.first, "last": one.last, "quiet": one.quiet.total_seconds()}
            for request, one in bursts.items()
        ]
        await replace(self._bursts, documents, session)

    async def make_due(self, reasons: Sequence[Due], session: Session | None = None) -> None:
        """Makes subscriptions due, or gives those that are a new stamp; of each rhythm the earliest time stays."""
        for some in slices(reasons):
            operations = [UpdateOne({"_id": one.subscription}, _made_due(one), upsert=True) for one in some]
            await self._rows.bulk_write(operations, session=session, ordered=False)

    async def due_rows(self, now: dt.datetime) -> list[Row]:
        """The subscriptions that are due."""
        found = await self._rows.find({"due": {"$gte": FIRST, "$lte": now}}).to_list(None)
        return [_row_of(doc) for doc in found]

    async def overdue(self, now: dt.datetime) -> int:
        """How many should have been told by now: nobody has looked at them, or they are postponed after a failure."""
        wanted = {"due": {"$gte": FIRST, "$lte": now + LONGEST_POSTPONEMENT}}
        found = await self._rows.find(wanted, {"due": 1, "failures": 1}).to_list(None)
        return sum(doc["due"] <= now - PROMISED or doc.get("failures", 0) > 0 for doc in found)

    async def settle(self, row: Row, left: Mapping[Rhythm, dt.datetime]) -> None:
        """What was due is done, and this is left; unless it has become due again since it was read."""
        as_read = {"_id": row.subscription, "stamp": row.stamp}
        if not left:
            await self._rows.delete_one(as_read)
            return
        changes = {"rhythms": dict(left), "due": min(left.values()), "requests": [], "failures": 0}
        await self._rows.update_one(as_read, {"$set": changes, "$unset": {"latest": ""}})

    async def hold(self, row: Row, wait: Wait) -> None:
        """Something holds it back: it is looked at again later, unless it has become due again since it was read."""
        requests = row.requests if wait.why is Held.BURST else ()
        changes = {"rhythms": dict(wait.due), "due": wait.until, "requests": list(requests)}
        await self._rows.update_one({"_id": row.subscription, "stamp": row.stamp}, {"$set": changes})

    async def postpone(self, row: Row, until: dt.datetime) -> None:
        """After a failure: the row is tried later."""
        changes = {"due": until, "failures": row.failures + 1}
        await self._rows.update_one({"_id": row.subscription, "stamp": row.stamp}, {"$set": changes})


def _stamp() -> str:
    return uuid.uuid4().hex


def _made_due(one: Due) -> Document:
    earliest: Document = {"due": one.at, f"rhythms.{one.rhythm}": one.at}
    changes: Document = {"$set": {"stamp": _stamp(), "failures": 0}, "$min": earliest}
    if one.request and one.latest and one.rhythm == "at_once":
        earliest["latest"] = one.latest
        changes["$addToSet"] = {"requests": one.request}
    return changes


def _burst_of(document: Document) -> Burst:
    return Burst(
        document["first"], document["last"], dt.timedelta(seconds=document.get("quiet", QUIET.total_seconds()))
    )


def _row_of(document: Document) -> Row:
    due = document.get("rhythms") or {"at_once": document["due"]}
    requests = tuple(document.get("requests", ()))
    return Row(document["_id"], document["stamp"], due, requests, document.get("latest"), document.get("failures", 0))
