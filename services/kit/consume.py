"""Consumption that loses nothing: the cursor lives with the state, and every start and failure seeks to it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from services.kit.cursors import Cursor, Cursors, LostCursor
from services.kit.logs import logger
from services.kit.refusal import Refused
from services.kit.unreadable import read_carefully

log = logger(__name__)

Records = dict[TopicPartition, list[ConsumerRecord[bytes | None, bytes | None]]]
MOST_RECORDS = 500
"""Records of one batch, where a service says nothing else."""
REBALANCE_MS = 60_000
HEARTBEAT_MS = 300
"""Those that stay learn by a heartbeat that another has come or gone: for as long nobody works on its partitions."""
STUCK_SECONDS = 60.0
"""A consumer that has only failed for this long, or whose batch has run for so long, is not well."""
_BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)


class Work(Protocol):
    """What a service does with its records."""

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Partitions are ours (again): forget what is cached, finish what a predecessor left."""

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Partitions are no longer ours."""

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Works on the records, which begin at the cursors; answers with the new cursors, stored."""


class CursorConsumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One FastStream batch subscriber whose position is the service's own cursor.

    `failed` is resolved with the reason when the service must stop. `retried` is told what ("batch", "assignment") has
    failed and is tried again.
    """

    def __init__(
        self,
        broker: KafkaBroker,
        topics: Sequence[str],
        *,
        group: str,
        replica: str,
        cursors: Cursors,
        work: Work,
        most: int = MOST_RECORDS,
        retried: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._cursors, self._work, self._retried = cursors, work, retried
        self._running = asyncio.Lock()
        self._at: dict[TopicPartition, Cursor] = {}
        self._failures = 0
        self.failed: asyncio.Future[Refused] = asyncio.get_running_loop().create_future()
        self.failing_since: float | None = None
        self.stuck_seconds = STUCK_SECONDS
        self._busy_since: float | None = None
        self.subscriber: Any = broker.subscriber(
            *topics,
            batch=True,
            max_records=most,
            batch_timeout_ms=10,
            group_id=group,
            group_instance_id=f"{group}.{replica}",
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            ack_policy=AckPolicy.MANUAL,
            parser=self._parse,
            decoder=self._decode,
            listener=self,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=HEARTBEAT_MS,
            rebalance_timeout_ms=REBALANCE_MS,
        )
        self.subscriber(self._handle)
        self._fetch = self.subscriber.get_msg
        self.subscriber.get_msg = self._get  # type: ignore[method-assign]

    @property
    def _consumer(self) -> AIOKafkaConsumer:
        return self.subscriber.consumer

    async def _get(self, consumer: AIOKafkaConsumer) -> tuple[Any, ...]:
        """The next records; an error that is not Kafka's would end the consume loop."""
        try:
            return await self._fetch(consumer)
        except UnicodeDecodeError:
            log.warning("a record cannot be decoded; reading on one by one")
            async with self._running:
                return tuple(await read_carefully(consumer, {tp: cursor.next for tp, cursor in self._at.items()}))

    async def _parse(self, records: Any) -> KafkaAckableMessage:
        """Touches no header and no value, so that it cannot raise."""
        return KafkaAckableMessage(raw_message=records, body=records, consumer=self._consumer)

    async def _decode(self, message: Any) -> Any:
        return message

    async def run(self) -> None:
        """Waits, on a broker that is started, until the service must stop; raises why, and leaves the group by then.

        The running batch ends first. A member that is killed leaves nothing: its successor under the same name goes on.
        """
        try:
            raise await self.failed
        finally:
            # aiokafka would let a static member only fall silent, and its partitions wait until its session expires
            self._consumer._coordinator._group_instance_id = None
            await self.subscriber.stop()
            self._at = {}

    def well(self) -> str | None:
        """None while the consume loop lives and makes progress, else what is wrong."""
        if not self.subscriber.running:
            return None  # not started yet: /readyz says so
        if all(task.done() for task in self.subscriber.tasks):
            return "the consume loop has ended"
        for since, what in ((self.failing_since, "no batch has succeeded"), (self._busy_since, "one batch has run")):
            if since and time.monotonic() - since > self.stuck_seconds:
                return f"{what} for {time.monotonic() - since:.0f} s"
        return None

    def working(self) -> str | None:
        """None when partitions are assigned and their cursors read."""
        return None if self._at else "no partition is assigned yet"

    async def lag(self) -> dict[TopicPartition, int]:
        """Records of each of our partitions that are not yet worked on; the ends of transactions are no records."""
        at = dict(self._at)
        ends = await self._consumer.end_offsets(list(at)) if at else {}
        held = self._consumer.assignment() if at else frozenset()
        resting = {tp for tp in held & at.keys() if not self._busy_since and await self._read_to(tp, ends[tp])}
        return {tp: 0 if tp in resting else max(0, ends[tp] - cursor.next) for tp, cursor in at.items()}

    async def _read_to(self, tp: TopicPartition, end: int) -> bool:
        return bool(await self._consumer.position(tp) >= end)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Lets the running batch end before the group moves on."""
        async with self._running:
            gone = list(revoked)
            self._at = {tp: cursor for tp, cursor in self._at.items() if tp not in gone}
            await self._work.revoked(gone)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Reads the cursors and seeks to them; tries until it can, or refuses."""
        async with self._running:
            await self._assign(list(assigned), granted=True)

    async def _assign(self, partitions: list[TopicPartition], *, granted: bool = False) -> None:
        """Until it succeeds; only what the group has just granted is taken from a former owner, who may live."""
        while not self.failed.done():
            try:
                if granted:
                    await self._cursors.own(partitions)
                await self._seek(partitions)
            except Refused as refusal:
                log.critical("refused", reason=str(refusal))
                self.failed.set_result(refusal)
            except Exception as error:
                self._retried("assignment")
                await self._back_off("assignment failed", error)
            else:
                return

    async def _seek(self, wanted: list[TopicPartition]) -> None:
        held = self._consumer.assignment()
        partitions = [tp for tp in wanted if tp in held]
        cursors = await self._cursors.read(partitions)
        first = await self._consumer.beginning_offsets(partitions)
        last = await self._consumer.end_offsets(partitions)
        fresh = {tp: first[tp] for tp in partitions if tp not in cursors}
        await self._cursors.start(fresh)
        cursors |= {tp: Cursor(offset) for tp, offset in fresh.items()}
        for tp, cursor in cursors.items():
            refuse_outside(tp, cursor, first[tp], last[tp])
        await self._work.assigned(partitions)
        for tp, cursor in cursors.items():
            self._consumer.seek(tp, cursor.next)
        self._at |= cursors

    async def _handle(self, message: Any) -> None:
        async with self._running:
            self._busy_since = time.monotonic()
            await self._work_on(_by_partition(message.raw_message))
            self._busy_since = None
            try:
                await message.ack()  # one OffsetCommit, only so that lag shows
            except (CommitFailedError, IllegalStateError):
                log.debug("moved away before the commit: the cursor has it")

    async def _work_on(self, fetched: Records) -> None:
        """Works on a batch; a failure of any kind is handled as an assignment: read the cursors, seek, go on."""
        try:
            records = await self._fresh(fetched)
            if records:
                self._at |= await self._work.batch(records, {tp: self._at[tp] for tp in records})
            self._failures, self.failing_since = 0, None
        except LostCursor as lost:
            log.info("cursor moved by another replica", partition=str(lost))
            await self._assign(list(fetched))
        except Exception as error:
            self._retried("batch")
            await self._back_off("batch failed, trying again from the cursor", error)
            await self._assign(list(fetched))

    async def _fresh(self, fetched: Records) -> Records:
        """The records from the cursors on; without those fetched before the last seek, which come again."""
        fresh: Records = {}
        for tp, records in fetched.items():
            if tp in self._at and await self._consumer.position(tp) > records[-1].offset:
                wanted = [record for record in records if record.offset >= self._at[tp].next]
                if wanted:
                    fresh[tp] = wanted
        return fresh

    async def _back_off(self, what: str, error: Exception) -> None:
        self.failing_since = self.failing_since or time.monotonic()
        wait = _BACKOFF[min(self._failures, len(_BACKOFF) - 1)]
        self._failures += 1
        log.warning(what, error=f"{type(error).__name__}: {error}", attempt=self._failures, wait_s=wait, exc_info=True)
        await asyncio.sleep(wait)


def refuse_outside(partition: TopicPartition, cursor: Cursor, first: int, last: int) -> None:
    """Raises Refused when the cursor is outside what the partition has: it belongs to another log, or a lost one."""
    if not first <= cursor.next <= last:
        raise Refused(
            f"{partition.topic} partition {partition.partition} has offsets {first} to {last}, but the stored cursor "
            f"is at {cursor.next}: this store and this Kafka do not belong together. Restore the matching one; nothing "
            "was reset."
        )


def _by_partition(records: Iterable[ConsumerRecord[bytes | None, bytes | None]]) -> Records:
    grouped: Records = {}
    for record in records:
        grouped.setdefault(TopicPartition(record.topic, record.partition), []).append(record)
    return grouped
