"""Records that go together: whole, in order, one batch to a partition at a time; each with its own outcome."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, NotLeaderForPartitionError
from aiokafka.producer.message_accumulator import BatchBuilder

from schemas import topics
from services.kit.batches import Batches
from services.kit.kafka import LARGEST_BATCH, Message, producer
from tests.flow.publisher import until
from tests.servers import Servers, limit_batches
from tests.services.ingest.running import read


@dataclass
class Broker:
    """Stands where a producer does: keeps what it is given until the test acknowledges it."""

    sent: list[tuple[int, int]] = field(default_factory=list)
    """Partition and number of records of each batch."""
    futures: list[asyncio.Future[None]] = field(default_factory=list)
    refuses: set[int] = field(default_factory=set)

    def create_batch(self) -> BatchBuilder:
        """A batch of aiokafka's."""
        return BatchBuilder(LARGEST_BATCH, 0)

    async def send_batch(self, batch: BatchBuilder, topic: str, *, partition: int) -> asyncio.Future[None]:
        """Keeps it."""
        if partition in self.refuses:
            raise NotLeaderForPartitionError
        self.sent.append((partition, batch.record_count()))
        self.futures.append(asyncio.get_running_loop().create_future())
        return self.futures[-1]

    async def until_sent(self, *batches: tuple[int, int]) -> None:
        """Waits for these batches, in any order."""

        async def sent() -> list[tuple[int, int]]:
            return sorted(self.sent)

        await until(sent, lambda found: found == sorted(batches), seconds=5)


@pytest_asyncio.fixture
async def broker() -> AsyncIterator[tuple[Broker, Batches]]:
    """A broker of the test's, and what writes to it."""
    made = Broker()
    batches = Batches(made)
    running = asyncio.create_task(batches.run())
    yield made, batches
    running.cancel()


def messages(partition: int, count: int, size: int = 10) -> list[Message]:
    """Records for one partition."""
    return [Message("t", partition, "key", b"x" * size) for _ in range(count)]


async def test_what_comes_while_a_batch_is_under_way_goes_together_in_the_next(broker: tuple[Broker, Batches]) -> None:
    """To that partition; another one does not wait for it."""
    kafka, batches = broker
    first = asyncio.create_task(batches.deliver(messages(1, 2), 30))
    await kafka.until_sent((1, 2))
    others = [asyncio.create_task(batches.deliver([*messages(1, 1), *messages(2, 1)], 30)) for _ in range(3)]
    await kafka.until_sent((1, 2), (2, 3))
    kafka.futures[0].set_result(None)
    assert await first == [None, None]
    await kafka.until_sent((1, 2), (2, 3), (1, 3))
    for future in kafka.futures[1:]:
        future.set_result(None)
    assert await asyncio.gather(*others) == [[None, None]] * 3


async def test_each_message_has_its_own_outcome(broker: tuple[Broker, Batches]) -> None:
    """Acknowledged, refused before it is sent, refused by the broker, or not acknowledged in time."""
    kafka, batches = broker
    kafka.refuses = {2}
    said = asyncio.create_task(batches.deliver([m for p in (1, 2, 3, 4) for m in messages(p, 1)], 1))
    await kafka.until_sent((1, 1), (3, 1), (4, 1))
    by_partition = {partition: future for (partition, _), future in zip(kafka.sent, kafka.futures, strict=True)}
    by_partition[1].set_result(None)
    by_partition[3].set_exception(MessageSizeTooLargeError())
    outcomes = await said
    assert [type(one) for one in outcomes] == [
        type(None),
        NotLeaderForPartitionError,
        MessageSizeTooLargeError,
        TimeoutError,
    ]
    by_partition[4].set_exception(KafkaError())
    assert [type(one) for one in outcomes][3] is TimeoutError


async def test_after_a_batch_that_is_refused_the_next_goes_on(broker: tuple[Broker, Batches]) -> None:
    """Of more than a batch holds, all is tried: nobody waits for the deadline."""
    kafka, batches = broker
    kafka.refuses = {1}
    outcomes = await batches.deliver(messages(1, 3, LARGEST_BATCH), 30)
    assert [type(one) for one in outcomes] == [NotLeaderForPartitionError] * 3


async def test_what_nobody_waits_for_any_longer_is_not_sent(broker: tuple[Broker, Batches]) -> None:
    """It is behind a batch that is never acknowledged; what is still waited for is sent when that ends."""
    kafka, batches = broker
    stuck = asyncio.create_task(batches.deliver(messages(1, 1), 30))
    await kafka.until_sent((1, 1))
    assert [type(one) for one in await batches.deliver(messages(1, 5), 0.01)] == [TimeoutError] * 5
    waiting = asyncio.create_task(batches.deliver(messages(1, 2), 30))
    kafka.futures[0].set_result(None)
    await stuck
    await kafka.until_sent((1, 1), (1, 2))
    kafka.futures[1].set_result(None)
    assert await waiting == [None, None]


async def test_more_than_a_batch_holds_is_cut_and_nothing_is_nothing(broker: tuple[Broker, Batches]) -> None:
    """A record larger than a batch goes alone."""
    kafka, batches = broker
    assert await batches.deliver([], 1) == []
    records = [*messages(1, 3, LARGEST_BATCH // 2 - 200), *messages(1, 1, 3 * LARGEST_BATCH), *messages(1, 1)]
    said = asyncio.create_task(batches.deliver(records, 30))
    for number, count in enumerate([2, 1, 1, 1]):
        await kafka.until_sent(*[(1, more) for more in [2, 1, 1, 1][: number + 1]])
        assert kafka.sent[number] == (1, count)
        kafka.futures[number].set_result(None)
    assert await said == [None] * 5


async def test_records_are_on_the_log_as_they_were_given(servers: Servers, namespace: str) -> None:
    """Keys, values, headers, in order; of a batch that the broker refuses, none, and of the others all."""
    topic = topics.events(namespace).name
    await limit_batches(servers.kafka, topic, 100_000)
    fresh = producer(servers.kafka)
    batches, values = Batches(fresh), [b"%d" % number for number in range(500)]
    running = asyncio.create_task(batches.run())
    await fresh.start()
    good = [Message(topic, 3, "plan", value, (("h", b"\xff"), ("null", None))) for value in values]
    large = Message(topic, 4, b"\xff", b"x" * 200_000)
    outcomes: list[Any] = await batches.deliver([*good[:250], large, *good[250:]], 30)
    assert [type(one) for one in outcomes if one] == [MessageSizeTooLargeError]
    assert outcomes.index(next(filter(None, outcomes))) == 250
    records = await read(servers.kafka, topic, len(values))
    assert [(r.partition, r.key, r.value) for r in records] == [(3, b"plan", value) for value in values]
    assert {tuple(record.headers) for record in records} == {(("h", b"\xff"), ("null", None))}
    running.cancel()
    await fresh.stop()
