"""Notifications, each with its attempts."""

import datetime as dt
from collections.abc import Collection, Iterable

from services.alerting import documents as kept
from services.alerting.domain.model import NotificationRecord
from services.alerting.store.queries import FIRST, by_ids
from services.kit.mongo import Database, Session


class NotificationStore:
    """What was composed, and what came of it."""

    def __init__(self, database: Database) -> None:
        self._notifications = database["notifications"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._notifications.create_index("next")

    async def add(self, session: Session, record: NotificationRecord) -> None:
        """Inside a transaction: a notification, to be sent."""
        await self._notifications.insert_one(kept.notification_document(record), session=session)

    async def to_send(self, now: dt.datetime, resting: Collection[str] = ()) -> list[tuple[str, str]]:
        """The notifications to be tried now: id and destination of each, the longest waiting first.

        Those to destinations that are `resting` are left out.
        """
        wanted = {"next": {"$gte": FIRST, "$lte": now}} | ({"destination": {"$nin": list(resting)}} if resting else {})
        found = await self._notifications.find(wanted, {"destination": 1, "next": 1}).to_list(None)
        return [(doc["_id"], doc["destination"]) for doc in sorted(found, key=lambda doc: doc["next"])]

    async def count(self) -> int:
        """How many there are, about."""
        return int(await self._notifications.estimated_document_count())

    async def find(self, ids: Iterable[str]) -> list[NotificationRecord]:
        """Notifications by id; those that do not exist are left out."""
        return [kept.notification_of(doc) for doc in await by_ids(self._notifications, ids)]

    async def change(self, before: NotificationRecord, after: NotificationRecord) -> bool:
        """Compare-and-set on the number of attempts; False when another was first."""
        document = kept.notification_document(after)
        changes = {name: document[name] for name in ("state", "next", "attempts", "tries")}
        result = await self._notifications.update_one(
            {"_id": before.id, "state": before.state, "tries": len(before.attempts)}, {"$set": changes}
        )
        return result.matched_count == 1
