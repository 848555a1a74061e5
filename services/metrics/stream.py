"""Kafka in: the newest state of every plan, all partitions, without a group; replicas are identical."""

import asyncio
import time
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import ValidationError

from schemas import topics
from schemas.states import PLAN_CONCLUDED, PlanState
from services.kit.access import Kafka, access
from services.kit.logs import logger
from services.kit.serve import wait_for
from services.kit.topics import require_topics

log = logger(__name__)

STUCK_SECONDS = 60.0
Rows = Iterable[ConsumerRecord[bytes, bytes]]


class Plans:
    """A tail of `milepost.plans`; the highest version of each plan is kept."""

    def __init__(self, kafka: Kafka, namespace: str) -> None:
        self._kafka, self._namespace = kafka, namespace
        topic = topics.plans(namespace)
        self._partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        self._kept: dict[str, PlanState] = {}
        self._polled: float | None = None
        self._caught_up = False

    def states(self) -> list[PlanState]:
        """The newest state of every plan."""
        return list(self._kept.values())

    def working(self) -> str | None:
        """None once everything that was on the topic at the start has been read."""
        return None if self._caught_up else "still reading the plans' states"

    def well(self) -> str | None:
        """None while polls come back; before the first there is nothing to say."""
        idle = time.monotonic() - self._polled if self._polled else 0.0
        return f"no poll has come back for {idle:.0f} s" if idle > STUCK_SECONDS else None

    async def follow(self) -> None:
        """Reads from the beginning, for ever; waits for Kafka first."""
        consumer = AIOKafkaConsumer(
            **access(self._kafka).options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # not seek_to_beginning: it loses a race with a reset to the end
            isolation_level="read_committed",
        )
        await wait_for("the topics", lambda: require_topics(self._kafka, self._namespace))
        await wait_for("Kafka", consumer.start)
        try:
            await self._tail(consumer)
        finally:
            await consumer.stop()

    async def _tail(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign(self._partitions)
        ends = await consumer.end_offsets(self._partitions)
        while True:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                self.keep(records)
            self._polled = time.monotonic()
            if not self._caught_up:
                at = await asyncio.gather(*(consumer.position(tp) for tp in self._partitions))
                self._caught_up = all(now >= ends[tp] for tp, now in zip(self._partitions, at, strict=True))

    def keep(self, records: Rows) -> None:
        """Takes over the states that are newer than what is kept; a record that cannot be read is said and passed."""
        for record in records:
            try:
                state = PLAN_CONCLUDED.validate_json(record.value or b"").data
            except ValidationError as error:
                log.error("unreadable plan state", partition=record.partition, offset=record.offset, error=str(error))
                continue
            kept = self._kept.get(state.plan)
            if kept is None or state.version >= kept.version:
                self._kept[state.plan] = state
