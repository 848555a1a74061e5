"""Announcing: alerts are written and announced by whoever owns their partition, one thing after the other."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field

from schemas import topics
from schemas.alerts import AlertChanged
from services.alerting.domain.model import KeptAlert
from services.alerting.store import Store
from services.alerting.store.alerts import Note
from services.kit.kafka import Announcer, Message, partition_of
from services.kit.metrics import ConsumerMetrics
from services.kit.mongo import Session, transaction

SOURCE = "/milepost/alerting"


def messages(namespace: str, alerts: Iterable[KeptAlert], now: dt.datetime) -> list[Message]:
    """The records that announce these alerts, as structured CloudEvents on the compacted topic."""
    topic = topics.alerts(namespace).name
    return [Message(topic, partition_of(one.alert.plan), one.key, _changed(one, now)) for one in alerts]


def _changed(kept: KeptAlert, now: dt.datetime) -> bytes:
    event = AlertChanged(
        specversion="1.0",
        id=f"{kept.key}@{now.isoformat()}",
        source=SOURCE,
        subject=kept.alert.about or kept.alert.plan,
        plan=kept.alert.plan,
        time=now,
        correlationid=kept.correlationid,
        data=kept.alert,
    )
    return event.model_dump_json(exclude_none=True).encode()


@dataclass
class Announcements:
    """Writes alerts and announces them.

    `owned` are the partitions that are ours; `working` keeps the batch and the clock from announcing at once.
    """

    store: Store
    announcer: Announcer
    namespace: str
    metrics: ConsumerMetrics
    clock: Callable[[], dt.datetime]
    owned: frozenset[int] = frozenset()
    working: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, partitions: Collection[int]) -> None:
        """Makes partitions ours: fences a predecessor, and announces what it left."""
        async with self.working:
            await self.announcer.take(partitions)
            await self._announce_left(partitions)
            self.owned |= frozenset(partitions)

    async def drop(self, partitions: Collection[int]) -> None:
        """Partitions are no longer ours."""
        async with self.working:
            self.owned -= frozenset(partitions)
            await self.announcer.drop(partitions)

    async def announce_left(self) -> None:
        """Announces what a failed announcement of ours left."""
        async with self.working:
            await self._announce_left(self.owned)

    async def _announce_left(self, partitions: Collection[int]) -> None:
        for note in await self.store.alerts.notes(partitions):
            await self._announce_stored(note)

    async def commit(self, work: Callable[[Session], Awaitable[list[KeptAlert]]]) -> None:
        """Runs `work` in one transaction, with a note of the alerts it changed; then announces these.

        `work` is run again when the transaction is, so it must read inside it whatever it decides by.
        """
        async with self.working:
            notes: dict[Note, list[KeptAlert]] = {}

            async def write(session: Session) -> None:
                nonlocal notes
                notes = _notes(await work(session))
                await self.store.alerts.write_notes(session, notes)

            with self.metrics.batch_seconds.labels("transaction").time():
                await transaction(self.store.client, write, await self.store.cursors.session())
            with self.metrics.batch_seconds.labels("announce").time():
                for note, alerts in notes.items():
                    await self._announce(note, alerts)

    async def _announce(self, note: Note, alerts: list[KeptAlert]) -> None:
        await self.announcer.announce(note.partition, messages(self.namespace, alerts, self.clock()))
        if not await self.store.alerts.delete_note(note):
            await self._announce_stored(note)

    async def _announce_stored(self, note: Note) -> None:
        """Announces what a note names, from the store, and deletes it; again if another was there first."""
        for _ in range(2):
            alerts = await self.store.alerts.find(note.alerts)
            await self.announcer.announce(note.partition, messages(self.namespace, alerts.values(), self.clock()))
            if await self.store.alerts.delete_note(note):
                return


def _notes(changed: Iterable[KeptAlert]) -> dict[Note, list[KeptAlert]]:
    """One note for each partition that has alerts to announce; of what is of no plan nobody else is to know."""
    grouped: dict[int, list[KeptAlert]] = {}
    for one in (one for one in changed if one.plan):
        grouped.setdefault(partition_of(one.alert.plan), []).append(one)
    return {
        Note(f"{partition:03d}/{uuid.uuid4().hex}", partition, tuple(one.key for one in alerts)): alerts
        for partition, alerts in grouped.items()
    }
