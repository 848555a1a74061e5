"""Reading topics in tests: whatever was committed, to the last record."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

SECONDS = 120.0
"""An open transaction of a process that was killed is ended after 60 s at the latest."""


async def committed(bootstrap: str, topic: str) -> list[ConsumerRecord[Any, Any]]:
    """All committed records of a topic, partition by partition in the order of their offsets.

    A transaction is committed before its markers are in the partitions: where a reader of what is committed sees the
    end is not yet where it is. So it reads on to the end that a reader of everything sees.
    """
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    async with asyncio.timeout(SECONDS), AIOKafkaConsumer(bootstrap_servers=bootstrap) as everything, consumer:
        numbers = await _partitions(everything, topic)
        partitions = [TopicPartition(topic, number) for number in numbers]
        ends, found = await everything.end_offsets(partitions), list[Any]()
        consumer.assign(partitions)
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for rows in (await consumer.getmany(timeout_ms=200)).values():
                found += rows
    return sorted(found, key=lambda row: (row.partition, row.offset))


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    await consumer._client.set_topics([topic])  # the public way knows only topics that are subscribed to
    return sorted(consumer.partitions_for_topic(topic) or ())
