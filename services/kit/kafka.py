"""Kafka: safe producers, the partition of a plan, and announcements that fence a zombie's."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from faststream.kafka import KafkaBroker

from schemas.topics import PARTITIONS
from services.kit.access import Kafka, access
from services.kit.logs import logger

log = logger(__name__)

SEND_SECONDS = 15.0
"""Deadline of every send: an idempotent producer never gives up by itself."""

LARGEST_BATCH = 65_536
"""Bytes of records that go together to one partition; a larger record goes alone. Each batch is made at this size."""


@lru_cache(maxsize=4096)
def partition_of(plan: str) -> int:
    """The partition of everything about a plan, the same that Kafka's own clients choose for the key."""
    return int(murmur2(plan.encode()) & 0x7FFFFFFF) % PARTITIONS


def broker(kafka: Kafka) -> KafkaBroker:
    """FastStream's broker for batch subscribers: no injection, no topics made by accident."""
    reached = access(kafka)
    return KafkaBroker(
        reached.servers.split(","),
        security=reached.security(),
        apply_types=False,
        allow_auto_create_topics=False,
        logger=logging.getLogger("faststream"),
    )


def producer(kafka: Kafka, *, transactional_id: str | None = None) -> AIOKafkaProducer:
    """A producer that loses nothing: acks=all, idempotent.

    It does not linger: what is sent while a request is under way goes together in the next one.
    """
    return AIOKafkaProducer(
        **access(kafka).options(),
        acks="all",
        enable_idempotence=True,
        max_batch_size=LARGEST_BATCH,
        max_request_size=2_097_152,
        request_timeout_ms=5_000,
        metadata_max_age_ms=30_000,
        retry_backoff_ms=100,
        transactional_id=transactional_id,
        transaction_timeout_ms=60_000,
    )


class Message(NamedTuple):
    """One record to be written: full topic name, partition, key and value."""

    topic: str
    partition: int
    key: str | bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...] = ()

    @property
    def key_bytes(self) -> bytes | None:
        """The key as it is sent."""
        return self.key.encode() if isinstance(self.key, str) else self.key


async def send(to: AIOKafkaProducer, messages: Iterable[Message]) -> None:
    """Writes all messages and waits until every one is acknowledged, under a deadline.

    Those of a partition go together, in their order: one by one they take aiokafka four times the CPU.
    """
    places: dict[tuple[str, int], list[Message]] = {}
    for message in messages:
        places.setdefault((message.topic, message.partition), []).append(message)
    async with asyncio.timeout(SEND_SECONDS):
        sent = [
            await to.send_batch(batch, topic, partition=partition)
            for (topic, partition), rows in places.items()
            for batch in _batches(to, rows)
        ]
        await asyncio.gather(*sent)


def _batches(to: AIOKafkaProducer, messages: Iterable[Message]) -> Iterator[BatchBuilder]:
    """One partition's messages in as few of the producer's batches as they fit into; a large message goes alone."""
    batch = to.create_batch()
    for message in messages:
        if not _add(batch, message):
            yield batch
            batch = to.create_batch()
            _add(batch, message)
    yield batch


def _add(batch: BatchBuilder, message: Message) -> bool:
    """Puts a message into a batch; False, and the batch is closed, when it does not fit."""
    headers = list(message.headers)
    return batch.append(timestamp=None, key=message.key_bytes, value=message.value, headers=headers) is not None


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

    def __init__(self, kafka: Kafka, prefix: str) -> None:
        self._kafka, self._prefix = kafka, prefix
        self._producers: dict[int, AIOKafkaProducer] = {}

    async def take(self, partitions: Iterable[int]) -> None:
        """Initialises a producer for each partition; from then on a former owner's is fenced."""
        await self.drop(partitions)
        await asyncio.gather(*(self._take(partition) for partition in partitions))

    async def _take(self, partition: int) -> None:
        fresh = producer(self._kafka, transactional_id=f"{self._prefix}.{partition}")
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
