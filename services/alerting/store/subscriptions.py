"""Subscriptions, and what was said to each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from services.alerting import documents as kept
from services.alerting.domain.memory import Chunk
from services.alerting.domain.model import Channel
from services.alerting.domain.rhythm import Hours, WantedRhythm
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store.queries import by_ids, replace, slices
from services.kit.mongo import Database, Document, Session


class Lost(Exception):
    """Another replica was first: what was composed is void."""


class SubscriptionStore:
    """Who listens, and what they were told."""

    def __init__(self, database: Database) -> None:
        self._subscriptions, self._said = database["subscriptions"], database["said"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._subscriptions.create_index("scope_key")
        await self._subscriptions.create_index("owner")
        await self._subscriptions.create_index("channel")

    async def listening(self, scope_keys: Iterable[str]) -> list[Subscription]:
        """The active subscriptions under any of these keys of scopes, each once."""
        found: dict[str, Document] = {}
        for keys in slices(sorted(scope_keys)):
            docs = await self._subscriptions.find({"scope_key": {"$in": keys}}).to_list(None)
            found |= {doc["_id"]: doc for doc in docs}
        return [kept.subscription_of(doc) for doc in found.values()]

    async def find(self, identifier: str) -> Subscription | None:
        """A subscription, ended or not."""
        found = await self._subscriptions.find_one({"_id": identifier})
        return kept.subscription_of(found) if found else None

    async def owned(self, departments: Iterable[str]) -> list[Subscription]:
        """The subscriptions of these departments, oldest first."""
        found = await self._subscriptions.find({"owner": {"$in": list(departments)}}).to_list(None)
        return sorted(map(kept.subscription_of, found), key=lambda one: (one.created, one.id))

    async def add(self, session: Session, subscription: Subscription) -> None:
        """Inside a transaction: a new subscription."""
        await self._subscriptions.insert_one(kept.subscription_document(subscription), session=session)

    async def confirm(self, session: Session, subscription: Subscription) -> bool:
        """Inside a transaction: from now on it is told; False when it is confirmed already, or has ended."""
        result = await self._subscriptions.update_one(
            {"_id": subscription.id, "confirmed": False, "ended": None},
            {"$set": {"confirmed": True, "scope_key": list(subscription.scope.keys)}},
            session=session,
        )
        return result.matched_count == 1

    async def end(self, identifier: str, why: str) -> None:
        """Ends it, if it is active: nothing more is said, and its secret is forgotten."""
        await self._subscriptions.update_one(
            {"_id": identifier, "ended": None},
            {"$set": {"ended": why, "secret": None, "former_secret": None}, "$unset": {"scope_key": ""}},
        )

    async def rotate(self, subscription: Subscription, secret: str, until: dt.datetime) -> bool:
        """A new secret; the one before signs too until then. False when it has ended or changed meanwhile."""
        changes = {"secret": secret, "former_secret": subscription.secret, "former_until": until}
        as_read = {"_id": subscription.id, "secret": subscription.secret, "ended": None}
        return (await self._subscriptions.update_one(as_read, {"$set": changes})).matched_count == 1

    async def mark_bounces(self, subscription: Subscription, bounced: bool) -> None:
        """Counts a mail that the mailbox refused, or begins anew because it took one."""
        change = {"$inc": {"bounces": 1}} if bounced else {"$set": {"bounces": 0}}
        await self._subscriptions.update_one({"_id": subscription.id}, change)

    async def by_channel(self, channel: Channel) -> list[Subscription]:
        """The active subscriptions of a channel."""
        found = await self._subscriptions.find({"channel": channel}).to_list(None)
        return [one for one in map(kept.subscription_of, found) if one.state == "active"]

    async def change(self, identifier: str, rhythm: WantedRhythm, hours: Hours) -> None:
        """When it is told from now on, unless it has ended."""
        changes = {"rhythm": rhythm, "hours": asdict(hours)}
        await self._subscriptions.update_one({"_id": identifier, "ended": None}, {"$set": changes})

    async def advance(self, session: Session, subscription: Subscription, chunks: int, day: dt.date) -> None:
        """Inside a transaction: the next number, on a London date; raises Lost when it is taken, or it has ended."""
        counted = {"counted_on": day.isoformat(), "counted": subscription.told_on(day) + 1}
        result = await self._subscriptions.update_one(
            {"_id": subscription.id, "number": subscription.number, "ended": None},
            {"$set": {"number": subscription.number + 1, "chunks": chunks, **counted}},
            session=session,
        )
        if result.matched_count != 1:
            raise Lost(subscription.id)

    # What was said

    async def chunks(self, subscription: Subscription) -> list[Chunk]:
        """What was said to a subscription."""
        ids = [kept.chunk_id(subscription.id, number) for number in range(subscription.chunks)]
        found = {doc["_id"]: doc for doc in await by_ids(self._said, ids)}
        return [kept.chunk_of(found[i]) for i in ids]

    async def said(self, subscriptions: Iterable[Subscription]) -> dict[str, Chunk]:
        """What was said to each of these subscriptions, by its id."""
        ids = [kept.chunk_id(one.id, number) for one in subscriptions for number in range(one.chunks)]
        found: dict[str, Chunk] = defaultdict(dict)
        for doc in await by_ids(self._said, ids):
            found[kept.subscription_in(doc["_id"])] |= kept.chunk_of(doc)
        return found

    async def keep_said(self, session: Session, subscription: str, chunks: Mapping[int, Chunk]) -> None:
        """Inside a transaction: the chunks that change."""
        documents = [kept.chunk_document(subscription, number, chunk) for number, chunk in chunks.items()]
        await replace(self._said, documents, session)
