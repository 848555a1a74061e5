"""Every Mongo query of alerting: states and alerts, marks and rows, subscriptions, what was said, notifications.

Only shapes that any store answers without a scan: points by `_id`, equality on one index, two-sided ranges on one.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection
from pymongo import ReplaceOne, UpdateOne

from schemas.states import MilestoneState, PlanState
from services.alerting import documents as kept
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import KeptAlert, Mark, NotificationRecord, Subscription
from services.kit.cursors import Cursors
from services.kit.mongo import Client, Database, Document, Session

SLICE = 500
"""Documents of one read or bulk write."""

_FIRST = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_FIRST_DAY = "0001-01-01"

Collection = AsyncIOMotorCollection[Document]


@dataclass(frozen=True, slots=True)
class Note:
    """An outbox note: which alerts are to be announced for a partition; never the content."""

    id: str
    partition: int
    alerts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A subscription that is due; `stamp` changes with every new reason to tell it."""

    subscription: str
    stamp: str
    due: dt.datetime
    failures: int = 0


class Lost(Exception):
    """Another replica was first: what was composed is void."""


class Store:
    """The database of alerting."""

    def __init__(self, client: Client, database: Database) -> None:
        self.client = client
        self.cursors = Cursors(database["cursors"])
        self._states, self._plans, self._alerts = database["states"], database["plans"], database["alerts"]
        self._marks, self._rows, self._outbox = database["marks"], database["rows"], database["outbox"]
        self._subscriptions, self._said = database["subscriptions"], database["said"]
        self._notifications, self._facts = database["notifications"], database["facts"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        for collection, field in (
            (self._states, "passes"),
            (self._alerts, "firing"),
            (self._alerts, "mark"),
            (self._marks, "due"),
            (self._rows, "due"),
            (self._outbox, "partition"),
            (self._subscriptions, "scope_key"),
            (self._subscriptions, "owner"),
            (self._notifications, "next"),
        ):
            await collection.create_index(field)

    # The first start

    async def first_ends(self) -> dict[str, int] | None:
        """Where the state topics ended at the first start, by topic and partition; None before it."""
        found = await self._facts.find_one({"_id": "first-ends"})
        return dict(found["ends"]) if found else None

    async def keep_first_ends(self, ends: Mapping[str, int]) -> None:
        """Stores them once: what is there already stays."""
        await self._facts.update_one({"_id": "first-ends"}, {"$setOnInsert": {"ends": dict(ends)}}, upsert=True)

    # States and alerts

    async def states(self, keys: Iterable[str], session: Session | None = None) -> dict[str, MilestoneState]:
        """States by milestone key."""
        found = await _by_ids(self._states, keys, session)
        return {doc["_id"]: MilestoneState.model_validate(doc["state"]) for doc in found}

    async def plans(self, names: Iterable[str], session: Session | None = None) -> dict[str, PlanState]:
        """Plan states by name."""
        found = await _by_ids(self._plans, names, session)
        return {doc["_id"]: PlanState.model_validate(doc["state"]) for doc in found}

    async def alerts(self, keys: Iterable[str], session: Session | None = None) -> dict[str, KeptAlert]:
        """Alerts by key, ended ones too."""
        return {doc["_id"]: kept.alert_of(doc) for doc in await _by_ids(self._alerts, keys, session)}

    async def firing(self, scope_key: str, session: Session | None = None) -> list[KeptAlert]:
        """The alerts that fire under a scope (`plan:dluhc/towns-fund`)."""
        found = await self._alerts.find({"firing": scope_key}, session=session).to_list(None)
        return [kept.alert_of(doc) for doc in found]

    async def marked(self, mark_id: str) -> list[KeptAlert]:
        """The alerts that last changed under a due mark."""
        return [kept.alert_of(doc) for doc in await self._alerts.find({"mark": mark_id}).to_list(None)]

    async def passed(self, today: dt.date) -> list[MilestoneState]:
        """Open milestones whose own date is before `today`, and that the clock has not judged that day."""
        day = today.isoformat()
        found = await self._states.find({"passes": {"$gte": _FIRST_DAY, "$lt": day}}).to_list(None)
        return [MilestoneState.model_validate(doc["state"]) for doc in found if doc.get("judged") != day]

    async def touch(self, session: Session, key: str, version: int, day: dt.date) -> bool:
        """Inside a transaction: claims a state as it was read; False when a newer one is there."""
        result = await self._states.update_one(
            {"_id": key, "version": version}, {"$set": {"judged": day.isoformat()}}, session=session
        )
        return result.matched_count == 1

    async def write(
        self,
        session: Session,
        states: Iterable[MilestoneState] = (),
        plans: Iterable[PlanState] = (),
        alerts: Iterable[KeptAlert] = (),
        marks: Iterable[Mark] = (),
        notes: Iterable[Note] = (),
    ) -> None:
        """Inside a transaction: replaces or inserts."""
        for collection, found in (
            (self._states, [kept.state_document(state) for state in states]),
            (self._plans, [kept.plan_document(plan) for plan in plans]),
            (self._alerts, [kept.alert_document(alert) for alert in alerts]),
            (self._marks, [kept.mark_document(mark, _stamp()) for mark in marks]),
            (self._outbox, [_note_document(note) for note in notes]),
        ):
            if found:
                operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in found]
                await collection.bulk_write(operations, session=session, ordered=False)

    # The outbox

    async def notes(self, partitions: Iterable[int]) -> list[Note]:
        """The notes that were left for these partitions, oldest first."""
        found = await self._outbox.find({"partition": {"$in": list(partitions)}}).sort("_id", 1).to_list(None)
        return [Note(doc["_id"], doc["partition"], tuple(doc["alerts"])) for doc in found]

    async def delete_note(self, note: Note) -> bool:
        """Deletes a note; False when it is already gone: another has announced."""
        return (await self._outbox.delete_one({"_id": note.id})).deleted_count == 1

    # Due marks and due rows

    async def marks(self, ids: Iterable[str], session: Session) -> dict[str, Mark]:
        """Due marks by id."""
        return {doc["_id"]: kept.mark_of(doc) for doc in await _by_ids(self._marks, ids, session)}

    async def due_marks(self, now: dt.datetime) -> list[tuple[Mark, str]]:
        """The marks that are due, each with its stamp."""
        found = await self._marks.find({"due": {"$gte": _FIRST, "$lte": now}}).to_list(None)
        return [(kept.mark_of(doc), doc["stamp"]) for doc in found]

    async def delete_mark(self, mark: Mark, stamp: str) -> None:
        """Deletes a mark, unless something has moved since it was read."""
        await self._marks.delete_one({"_id": mark.id, "stamp": stamp})

    async def make_due(self, subscriptions: Sequence[str], due: dt.datetime, session: Session | None = None) -> None:
        """Makes subscriptions due, or gives those that are a new stamp; the earliest time stays."""
        for ids in _slices(subscriptions):
            operations = [UpdateOne({"_id": i}, _made_due(due), upsert=True) for i in ids]
            await self._rows.bulk_write(operations, session=session, ordered=False)

    async def due_rows(self, now: dt.datetime) -> list[Row]:
        """The subscriptions that are due."""
        found = await self._rows.find({"due": {"$gte": _FIRST, "$lte": now}}).to_list(None)
        return [Row(doc["_id"], doc["stamp"], doc["first"], doc.get("failures", 0)) for doc in found]

    async def delete_row(self, row: Row) -> None:
        """Deletes a row, unless it has become due again since it was read."""
        await self._rows.delete_one({"_id": row.subscription, "stamp": row.stamp})

    async def postpone_row(self, row: Row, until: dt.datetime) -> None:
        """After a failure: the row is due later."""
        changes = {"due": until, "failures": row.failures + 1}
        await self._rows.update_one({"_id": row.subscription, "stamp": row.stamp}, {"$set": changes})

    # Subscriptions

    async def listening(self, scope_keys: Iterable[str]) -> list[Subscription]:
        """The active subscriptions to any of these scopes."""
        found: list[Document] = []
        for keys in _slices(list(scope_keys)):
            found += await self._subscriptions.find({"scope_key": {"$in": keys}}).to_list(None)
        return [kept.subscription_of(doc) for doc in found]

    async def subscription(self, identifier: str) -> Subscription | None:
        """A subscription, ended or not."""
        found = await self._subscriptions.find_one({"_id": identifier})
        return kept.subscription_of(found) if found else None

    async def owned(self, departments: Iterable[str]) -> list[Subscription]:
        """The subscriptions of these departments, oldest first."""
        found = await self._subscriptions.find({"owner": {"$in": list(departments)}}).to_list(None)
        return sorted(map(kept.subscription_of, found), key=lambda one: (one.created, one.id))

    async def add_subscription(self, session: Session, subscription: Subscription) -> None:
        """Inside a transaction: a new subscription."""
        await self._subscriptions.insert_one(kept.subscription_document(subscription), session=session)

    async def end_subscription(self, identifier: str, why: str) -> None:
        """Ends it, if it is active: nothing more is said, and its secret is forgotten."""
        await self._subscriptions.update_one(
            {"_id": identifier, "ended": None}, {"$set": {"ended": why, "secret": None}, "$unset": {"scope_key": ""}}
        )
        await self._rows.delete_one({"_id": identifier})

    # What was said, and notifications

    async def chunks(self, subscription: Subscription) -> list[Chunk]:
        """What was said to a subscription."""
        ids = [kept.chunk_id(subscription.id, number) for number in range(subscription.chunks)]
        found = {doc["_id"]: doc for doc in await _by_ids(self._said, ids, None)}
        return [kept.chunk_of(found[i]) for i in ids]

    async def keep_said(self, session: Session, subscription: str, chunks: Mapping[int, Chunk]) -> None:
        """Inside a transaction: the chunks that change."""
        found = [kept.chunk_document(subscription, number, chunk) for number, chunk in chunks.items()]
        if found:
            operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in found]
            await self._said.bulk_write(operations, session=session, ordered=False)

    async def advance(self, session: Session, subscription: Subscription, chunks: int) -> None:
        """Inside a transaction: the next number; raises Lost when it is taken, or the subscription has ended."""
        result = await self._subscriptions.update_one(
            {"_id": subscription.id, "number": subscription.number, "ended": None},
            {"$set": {"number": subscription.number + 1, "chunks": chunks}},
            session=session,
        )
        if result.matched_count != 1:
            raise Lost(subscription.id)

    async def add_notification(self, session: Session, record: NotificationRecord) -> None:
        """Inside a transaction: a notification, to be sent."""
        await self._notifications.insert_one(kept.notification_document(record), session=session)

    async def to_send(self, now: dt.datetime) -> list[tuple[str, str]]:
        """The notifications to be tried now: id and destination of each, the longest waiting first."""
        found = await self._notifications.find(
            {"next": {"$gte": _FIRST, "$lte": now}}, {"destination": 1, "next": 1}
        ).to_list(None)
        return [(doc["_id"], doc["destination"]) for doc in sorted(found, key=lambda doc: doc["next"])]

    async def notifications(self, ids: Iterable[str]) -> list[NotificationRecord]:
        """Notifications by id; those that do not exist are left out."""
        return [kept.notification_of(doc) for doc in await _by_ids(self._notifications, ids, None)]

    async def change_notification(self, before: NotificationRecord, after: NotificationRecord) -> bool:
        """Compare-and-set on the number of attempts; False when another was first."""
        document = kept.notification_document(after)
        changes = {name: document[name] for name in ("state", "next", "attempts", "tries")}
        result = await self._notifications.update_one(
            {"_id": before.id, "state": before.state, "tries": len(before.attempts)}, {"$set": changes}
        )
        return result.matched_count == 1


async def _by_ids(collection: Collection, ids: Iterable[str], session: Session | None) -> list[Document]:
    found: list[Document] = []
    for some in _slices(list(ids)):
        found += await collection.find({"_id": {"$in": some}}, session=session).to_list(None)
    return found


def _slices(items: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), SLICE):
        yield list(items[start : start + SLICE])


def _stamp() -> str:
    return uuid.uuid4().hex


def _made_due(due: dt.datetime) -> dict[str, Any]:
    return {"$set": {"stamp": _stamp(), "failures": 0}, "$min": {"due": due, "first": due}}


def _note_document(note: Note) -> Document:
    return {"_id": note.id, "partition": note.partition, "alerts": list(note.alerts)}
