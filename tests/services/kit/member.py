"""A member of a group, here or as a process of its own that can be killed: `python -m tests.services.kit.member`."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from schemas import topics
from services.kit.consume import CursorConsumer, Records
from services.kit.cursors import Cursor, Cursors
from services.kit.kafka import broker
from services.kit.mongo import connect


@dataclass
class Holding:
    """Work that does none: it remembers which partitions it has, and how often some were taken from it."""

    partitions: set[int] = field(default_factory=set)
    taken: int = 0

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Remembers them."""
        self.partitions |= {tp.partition for tp in partitions}

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Forgets them, and counts."""
        self.partitions -= {tp.partition for tp in partitions}
        self.taken += 1

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Nothing comes of the records."""
        return {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}


@contextlib.asynccontextmanager
async def member(kafka: str, mongo: str, namespace: str, replica: str) -> AsyncIterator[Holding]:
    """A member of the group that is called like the namespace; it stops in order."""
    client, holding, brokers = connect(mongo), Holding(), broker(kafka)
    cursors = Cursors(client[f"{namespace}_test"]["cursors"])
    topic = topics.events(namespace).name
    consumer = CursorConsumer(brokers, [topic], group=namespace, replica=replica, cursors=cursors, work=holding)
    await brokers.start()
    running = asyncio.create_task(consumer.run())
    try:
        yield holding
    finally:
        running.cancel()
        await asyncio.wait([running])
        await brokers.stop()
        client.close()


async def _until_killed() -> None:
    async with member(*sys.argv[1:]) as holding:
        while True:
            await asyncio.sleep(0.05)
            if holding.partitions:
                sys.stdout.write(f"{len(holding.partitions)}\n")


if __name__ == "__main__":
    asyncio.run(_until_killed())
