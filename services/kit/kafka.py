"""Kafka: safe producers, the partition of a plan, and announcements that fence a zombie's."""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from faststream.kafka import KafkaBroker

from schemas.topics import PARTITIONS
from services.kit.logs import logger

log = logger(__name__)

SEND_SECONDS = 15.0
"""Deadline of every send: an idempotent producer never gives up by itself."""


def partition_of(plan: str) -> int:
    """The partition of everything about a plan, the same that Kafka's own clients choose for the key."""
    return int(murmur2(plan.encode()) & 0x7FFFFFFF) % PARTITIONS


def broker(bootstrap: str) -> KafkaBroker:
    """FastStream's broker for batch subscribers: no injection, no topics made by accident."""
    return KafkaBroker(
        bootstrap, apply_types=False, allow_auto_create_topics=False, logger=logging.getLogger("faststream")
    )


def producer(bootstrap: str, *, transactional_id: str | None = None) -> AIOKafkaProducer:
    """A producer that loses nothing: acks=all, idempotent."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_request_size=2_097_152,
        request_timeout_ms=5_000,
        metadata_max_age_ms=30_000,
        retry_backoff_ms=100,
        transactional_id=transactional_id,
        transaction_timeout_ms=60_000,
    )


@dataclass(frozen=True, slots=True)
class Message:
    """One record to be written: full topic name, partition, key and value."""

    topic: str
    partition: int
    key: str | bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


async def send(to: AIOKafkaProducer, messages: Iterable[Message]) -> None:
    """Writes all messages and waits until every one is acknowledged, under a deadline."""
    async with asyncio.timeout(SEND_SECONDS):
        sent = [
            await to.send(
                m.topic,
                m.value,
                key=m.key.encode() if isinstance(m.key, str) else m.key,
                partition=m.partition,
                headers=list(m.headers),
            )
            for m in messages
        ]
        await asyncio.gather(*sent)


def _bytes(key: str | bytes | None) -> bytes | None:
    return key.encode() if isinstance(key, str) else key


async def close(old: AIOKafkaProducer) -> None:
    """Closes a producer, for at most SEND_SECONDS; a broker that is away must not keep a successor waiting."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await old.stop()
    except (TimeoutError, KafkaError) as error:
        log.warning("producer not closed cleanly", error=str(error) or "timed out")
        await old.client.close()


class Announcer:
    """One transactional producer per assigned partition, so that Kafka fences a zombie's announcement."""

    def __init__(self, bootstrap: str, prefix: str) -> None:
        self._bootstrap, self._prefix = bootstrap, prefix
        self._producers: dict[int, AIOKafkaProducer] = {}

    async def take(self, partitions: Iterable[int]) -> None:
        """Initialises a producer for each partition; from then on a former owner's is fenced."""
        await self.drop(partitions)
        await asyncio.gather(*(self._take(partition) for partition in partitions))

    async def _take(self, partition: int) -> None:
        fresh = producer(self._bootstrap, transactional_id=f"{self._prefix}.{partition}")
        self._producers[partition] = fresh
        async with asyncio.timeout(SEND_SECONDS):
            await fresh.start()
            async with fresh.transaction():
                pass

    async def announce(self, partition: int, messages: list[Message]) -> None:
        """Writes the messages in one Kafka transaction."""
        if messages:
            async with asyncio.timeout(SEND_SECONDS), self._producers[partition].transaction():
                await send(self._producers[partition], messages)

    async def drop(self, partitions: Iterable[int]) -> None:
        """Closes the producers of partitions that are no longer ours."""
        gone = [self._producers.pop(p) for p in partitions if p in self._producers]
        await asyncio.gather(*(close(old) for old in gone))

    async def close(self) -> None:
        """Closes all."""
        await self.drop(list(self._producers))
