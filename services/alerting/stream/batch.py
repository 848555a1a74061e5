"""Kafka in: states; one batch, one transaction, one cursor, then the announcement of alerts (laws 2 and 4)."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from schemas import topics
from services.alerting.domain.accept import Unfit, department_state, milestone_state, placed, plan_state
from services.alerting.domain.due import QUIET
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules.book import RuleBook
from services.alerting.store import Store
from services.alerting.stream.announce import Announcements
from services.alerting.stream.changes import Arrived, Changes, State, newest, partitioned_by
from services.kit.access import Kafka, access
from services.kit.consume import Records
from services.kit.cursors import Cursor
from services.kit.kafka import partition_of
from services.kit.logs import logger
from services.kit.metrics import ConsumerMetrics
from services.kit.mongo import Session
from services.kit.producer import LastingProducer
from services.kit.rejected import copy

log = logger(__name__)

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
Accept: TypeAlias = Callable[[bytes | None, bytes | None], State]


def state_topics(namespace: str) -> tuple[str, ...]:
    """The topics of states: of milestones, of plans, and of departments."""
    return tuple(topic(namespace).name for topic in (topics.milestones, topics.plans, topics.departments))


def place(tp: TopicPartition) -> str:
    """A topic and partition as one name."""
    return f"{tp.topic}/{tp.partition}"


async def log_ends(kafka: Kafka, namespace: str) -> dict[str, int]:
    """Where the state topics end now, by topic and partition."""
    consumer = AIOKafkaConsumer(**access(kafka).options())
    await consumer.start()
    try:
        wanted = [TopicPartition(name, n) for name in state_topics(namespace) for n in range(topics.PARTITIONS)]
        return {place(tp): end for tp, end in (await consumer.end_offsets(wanted)).items()}
    finally:
        await consumer.stop()


async def first_ends(kafka: Kafka, namespace: str, store: Store) -> dict[str, int]:
    """Where the state topics ended when alerting was first started: stored once, read ever after."""
    if (stored := await store.facts.first_ends()) is None:
        await store.facts.keep_first_ends(await log_ends(kafka, namespace))
        stored = await store.facts.first_ends()
    return stored or {}


@dataclass
class Alerting:
    """The work of alerting on `milepost.milestones`, `milepost.plans` and `milepost.departments`."""

    store: Store
    announcements: Announcements
    rejects: LastingProducer
    metrics: ConsumerMetrics
    namespace: str
    rules: RuleBook
    clock: Callable[[], dt.datetime]
    first_ends: Mapping[str, int] = field(default_factory=dict)
    quiet: dt.timedelta = QUIET

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Partitions of milestones are announced by us from now on."""
        await self.announcements.take(self._announced(partitions))

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Partitions went elsewhere."""
        await self.announcements.drop(self._announced(partitions))

    def _announced(self, partitions: Iterable[TopicPartition]) -> list[int]:
        return [tp.partition for tp in partitions if self._of_milestones(tp)]

    def _of_milestones(self, tp: TopicPartition) -> bool:
        return bool(tp.topic == topics.milestones(self.namespace).name)

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Works on a batch; answers with the cursors as stored."""
        with self.metrics.batch_seconds.labels("read").time():
            arrived = await self._read(records)
        ends = {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}
        now = self.clock()

        async def work(session: Session) -> list[KeptAlert]:
            await self.store.cursors.advance(session, {tp: (cursors[tp], end) for tp, end in ends.items()})
            return await Changes(self.store, session, self.rules, now, self.quiet).take(arrived)

        await self.announcements.commit(work)
        for tp, rows in records.items():
            self.metrics.records.labels(tp.topic).inc(len(rows))
        return ends

    async def _read(self, records: Records) -> Arrived:
        """What the records say; those that are no states go to the rejected topic."""
        read: list[tuple[State, bool]] = []
        refused: list[tuple[Record, str]] = []
        for tp, rows in records.items():
            known = self.first_ends.get(place(tp), 0)
            for record in rows:
                try:
                    read.append((self._state(tp, record), record.offset < known))
                except Unfit as unfit:
                    refused.append((record, str(unfit)))
        if refused:
            await self._reject(refused)
        return newest(read)

    def _state(self, tp: TopicPartition, record: Record) -> State:
        accepts: tuple[Accept, ...] = (milestone_state, plan_state, department_state)
        accept = accepts[state_topics(self.namespace).index(tp.topic)]
        state = accept(record.key, record.value)
        name = partitioned_by(state)
        placed(name, tp.partition, partition_of(name))
        return state

    async def _reject(self, refused: list[tuple[Record, str]]) -> None:
        """Byte for byte to `milepost.rejected`, with the reason and the place in headers."""
        await self.rejects.send([copy(record, why, self.namespace) for record, why in refused])
        self.metrics.rejected.inc(len(refused))
        for record, why in refused:
            log.warning("rejected", topic=record.topic, partition=record.partition, offset=record.offset, reason=why)
