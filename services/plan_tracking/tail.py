"""Kafka in, for open pages: a tail of `milepost.plans`, all partitions, without a group, from the end."""

import asyncio
import time
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from schemas import topics
from services.kit.access import Kafka, access
from services.kit.serve import wait_for
from services.plan_tracking.followers import Followers

STUCK_SECONDS = 60.0


class Tail:
    """Tells followers that the state of their plan has changed. Only the records' keys are read; the rest is stored."""

    def __init__(self, kafka: Kafka, namespace: str, followers: Followers) -> None:
        self._kafka, self._followers = kafka, followers
        topic = topics.plans(namespace)
        self._partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        self._polled: float | None = None

    def working(self) -> str | None:
        """None once changes reach the followers."""
        return None if self._polled else "the plans' states are not followed yet"

    def well(self) -> str | None:
        """None while polls come back; before the first there is nothing to say."""
        idle = time.monotonic() - self._polled if self._polled else 0.0
        return f"no poll has come back for {idle:.0f} s" if idle > STUCK_SECONDS else None

    async def run(self) -> None:
        """Follows for ever; the topic must be there."""
        consumer = AIOKafkaConsumer(
            **access(self._kafka).options(),
            enable_auto_commit=False,
            auto_offset_reset="latest",
            isolation_level="read_committed",
        )
        await wait_for("Kafka", consumer.start)
        try:
            await self._follow(consumer)
        finally:
            await consumer.stop()

    async def _follow(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign(self._partitions)
        await asyncio.gather(*map(consumer.position, self._partitions))  # from here on nothing is missed
        await self._look(None)
        while True:
            found = await consumer.getmany(timeout_ms=500)
            self._polled = time.monotonic()
            await self._look({plan for records in found.values() for plan in _plans(records)})

    async def _look(self, plans: set[str] | None) -> None:
        await wait_for("MongoDB", lambda: self._followers.look(plans))


def _plans(records: Iterable[ConsumerRecord[bytes, bytes]]) -> Iterable[str]:
    return (record.key.decode(errors="replace") for record in records if record.key)
