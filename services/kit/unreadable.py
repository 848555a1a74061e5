"""Records that cannot be decoded: Kafka takes a header whose name is no UTF-8, and aiokafka stops at it for ever.

It decodes a batch from its beginning, so that what stands behind such a record in the same batch is out of reach too.
"""

from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

UNREADABLE = "milepost-unreadable"
"""The header of a stand-in: why the record itself, which stays in its topic, could not be read."""

_WAIT_MS = 1_000
_MOST = 500


def stand_in(partition: TopicPartition, offset: int) -> ConsumerRecord:
    """A record without content in the place of one that cannot be decoded."""
    return ConsumerRecord(
        topic=partition.topic,
        partition=partition.partition,
        offset=offset,
        timestamp=-1,
        timestamp_type=0,
        key=None,
        value=None,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=((UNREADABLE, b"it, or one before it in its batch, has a header whose name is not UTF-8"),),
    )


async def read_carefully(consumer: AIOKafkaConsumer, starts: Mapping[TopicPartition, int]) -> list[ConsumerRecord]:
    """The next records of each partition from the given offsets, one by one, with stand-ins for the unreadable.

    From the offsets, because a fetch that fails may already have moved past records that nobody got.
    """
    for partition, offset in starts.items():
        consumer.seek(partition, offset)
    ends = await consumer.end_offsets(list(starts))
    waiting = [partition for partition, offset in starts.items() if offset < ends[partition]]
    return [record for partition in waiting for record in await _read(consumer, partition)]


async def _read(consumer: AIOKafkaConsumer, partition: TopicPartition) -> list[ConsumerRecord]:
    found: list[ConsumerRecord] = []
    while len(found) < _MOST and (record := await _next(consumer, partition)):
        found.append(record)
    return found


async def _next(consumer: AIOKafkaConsumer, partition: TopicPartition) -> ConsumerRecord | None:
    try:
        rows = await consumer.getmany(partition, timeout_ms=_WAIT_MS, max_records=1)
    except UnicodeDecodeError:
        offset = await consumer.position(partition)
        consumer.seek(partition, offset + 1)
        return stand_in(partition, offset)
    return rows[partition][0] if rows else None
