"""Consumption on a real Kafka: what is seen when it fails, hangs or ends; and cursors that do not belong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from schemas import topics
from services.kit.consume import CursorConsumer, Records, refuse_outside
from services.kit.cursors import Cursor, Cursors
from services.kit.kafka import Message, broker, producer, send
from services.kit.mongo import connect, transaction
from services.kit.refusal import Refused
from tests.servers import Servers

HERE = TopicPartition("milepost.events", 3)


@dataclass
class Counting:
    """Work that keeps the values it has seen; `before` may fail or wait first."""

    cursors: Cursors
    client: Any
    seen: list[bytes] = field(default_factory=list)
    before: Callable[[], Any] | None = None

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing to do."""

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing to do."""

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Keeps the values, and advances the cursors."""
        if self.before:
            await self.before()
        ends = {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}
        moves = {tp: (cursors[tp], end) for tp, end in ends.items()}
        await transaction(self.client, lambda session: self.cursors.advance(session, moves))
        self.seen += [row.value or b"" for rows in records.values() for row in rows]
        return ends


@dataclass
class Running:
    """A started consumer, its work, and a way to write to its topic."""

    consumer: CursorConsumer
    work: Counting
    write: Callable[..., Any]
    topic: str


@pytest_asyncio.fixture
async def running(servers: Servers, namespace: str) -> AsyncIterator[Running]:
    """A consumer of the namespace's events."""
    client = connect(servers.mongo)
    work = Counting(Cursors(client[f"{namespace}_test"]["cursors"]), client)
    kafka, topic = broker(servers.kafka), topics.events(namespace).name
    consumer = CursorConsumer(kafka, [topic], group=namespace, replica="1", cursors=work.cursors, work=work)
    writer = producer(servers.kafka)
    await writer.start()
    await kafka.start()

    async def write(*values: bytes) -> None:
        await send(writer, [Message(topic, 0, "key", value) for value in values])

    await until(lambda: consumer.working() is None)
    yield Running(consumer, work, write, topic)
    await kafka.stop()
    await writer.stop()
    client.close()


async def until(good: Callable[[], object]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(20):
        while not good():
            await asyncio.sleep(0.02)


async def test_a_batch_that_fails_is_worked_on_again_from_the_cursor(running: Running) -> None:
    """Nothing is lost and nothing is seen twice; while it fails the consumer says since when."""
    left = [RuntimeError("first"), RuntimeError("second")]

    async def fail() -> None:
        if left:
            raise left.pop()

    running.work.before = fail
    await running.write(b"1", b"2", b"3")
    await until(lambda: running.consumer.failing_since)
    await until(lambda: len(running.work.seen) == 3)
    assert running.work.seen == [b"1", b"2", b"3"]
    await until(lambda: running.consumer.failing_since is None)


async def test_a_batch_that_hangs_is_not_well(running: Running) -> None:
    """And is well again when it goes on."""
    gate = asyncio.Event()
    running.work.before, running.consumer.stuck_seconds = gate.wait, 0.1
    assert running.consumer.well() is None
    await running.write(b"1")
    await until(lambda: "one batch has run" in (running.consumer.well() or ""))
    gate.set()
    await until(lambda: running.consumer.well() is None)


async def test_the_lag_is_what_is_not_yet_worked_on(running: Running) -> None:
    """By partition: while a batch hangs it grows with what is written, and then it is nothing."""
    gate = asyncio.Event()
    running.work.before = gate.wait
    here = TopicPartition(running.topic, 0)
    await running.write(b"1", b"2")
    await until(lambda: running.consumer._busy_since)
    assert (await running.consumer.lag())[here] == 2
    await running.write(b"3", b"4", b"5")
    lag = await running.consumer.lag()
    assert lag[here] == 5
    assert sum(lag.values()) == 5
    gate.set()
    await until(lambda: len(running.work.seen) == 5)
    await until(lambda: not running.consumer._busy_since)
    assert set((await running.consumer.lag()).values()) == {0}


async def test_a_failure_that_lasts_is_not_well(running: Running) -> None:
    """The consumer lives and tries, but makes no progress."""

    async def fail() -> None:
        raise RuntimeError("always")

    running.work.before, running.consumer.stuck_seconds = fail, 0.1
    await running.write(b"1")
    await until(lambda: "no batch has succeeded" in (running.consumer.well() or ""))
    running.work.before = None
    await until(lambda: running.consumer.well() is None)


async def test_a_loop_that_has_ended_is_not_well(running: Running) -> None:
    """FastStream says that it is running even then."""
    for task in running.consumer.subscriber.tasks:
        task.cancel()
    await until(lambda: running.consumer.well() == "the consume loop has ended")


async def test_another_owner_moving_the_cursor_is_no_failure(running: Running) -> None:
    """What was computed from the old cursor is void, and the consumer goes on from the new one."""
    await running.write(b"1")
    await until(lambda: running.work.seen == [b"1"])
    [tp] = [tp for tp in running.consumer._at if tp.partition == 0]
    stolen = {tp: (Cursor(1), Cursor(3))}
    await transaction(running.work.client, lambda session: running.work.cursors.advance(session, stolen))
    await running.write(b"2", b"3", b"4")
    await until(lambda: running.work.seen[-1] == b"4")
    assert running.work.seen == [b"1", b"4"]
    assert running.consumer.failing_since is None


@pytest.mark.parametrize("following", [5, 7, 9])
def test_a_cursor_inside_the_partition_is_accepted(following: int) -> None:
    """Its first and its end offset included."""
    refuse_outside(HERE, Cursor(following), 5, 9)


@pytest.mark.parametrize("following", [4, 10])
def test_a_cursor_outside_is_refused_in_a_sentence(following: int) -> None:
    """Records were lost, or the store belongs to another Kafka: never reset, always said."""
    with pytest.raises(Refused, match=r"do not belong together.*nothing was reset"):
        refuse_outside(HERE, Cursor(following), 5, 9)


async def test_a_record_that_cannot_be_decoded_is_stood_in_for_and_no_other_is_lost(
    servers: Servers, running: Running
) -> None:
    """A header's name may be any bytes: those before, behind and in other partitions are worked on all the same."""
    writer = AIOKafkaProducer(bootstrap_servers=servers.kafka)
    await writer.start()
    for batch in (
        batch_of(writer, Good("1"), Bad("2"), Good("3")),
        batch_of(writer, Bad("4")),
        batch_of(writer, Good("5")),
    ):
        await (await writer.send_batch(batch, running.topic, partition=0))
    await asyncio.gather(*[await writer.send(running.topic, b"other", partition=n) for n in (1, 2)])
    await writer.stop()
    await until(lambda: len(running.work.seen) == 7)
    assert sorted(running.work.seen) == [b"", b"", b"", b"1", b"5", b"other", b"other"]
    assert running.consumer.well() is None


class Good(str):
    """The name of a header."""

    __slots__ = ()


class Bad(str):
    """The name of a header, on its way not UTF-8."""

    __slots__ = ()

    def encode(self, *_: Any) -> bytes:
        """What no client written in Python would send."""
        return b"\xff"


def batch_of(writer: AIOKafkaProducer, *names: str) -> BatchBuilder:
    """A batch of records with these headers; each has its header's name as value."""
    batch = writer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=16_384,
    )
    for name in names:
        batch.append(key=None, value=str.encode(name), timestamp=None, headers=[(name, b"")])
    batch.close()
    return batch
