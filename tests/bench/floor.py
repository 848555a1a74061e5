"""The floor of the drain, a process of its own: only what nobody could leave out, without a thought in between.

For each batch of SCRIPT (tests/bench/ours.py wrote it): fetch its records, validate them, write the same documents in
one transaction, produce the same records in another, take the outbox note away.

Its records go to Kafka in batches made by hand (services/kit/kafka.py, `send`), as ours do: handed to aiokafka one by
one they take four times the CPU, and a floor that has to pay what can be left out would flatter us.
`python -m tests.bench.floor SCRIPT`: prints the time from the first fetch to the end of the last batch.
"""

import asyncio
import gc
import sys
from collections import defaultdict
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from pymongo import ReplaceOne, UpdateOne

from schemas import topics
from schemas.events import LOG_RECORD
from services.kit.kafka import Message, producer, send
from services.kit.mongo import Client, Database, Session, connect
from services.kit.settings import Settings
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import MOST_RECORDS
from tests.bench.measure import Spent, tell
from tests.bench.script import Batch, load


async def drain(settings: Settings, batches: list[Batch]) -> Spent:
    """Replays the batches; answers with what that took, the start not counted."""
    client = connect(settings.mongo)
    database = client[settings.database("plan_tracking")]
    await Store(client, database).prepare()
    events = topics.events(settings.namespace)
    partitions = [TopicPartition(events.name, number) for number in range(events.partitions)]
    await database["cursors"].insert_many([{"_id": _id(tp), "next": 0, "cut": 0} for tp in partitions])
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    out = producer(settings.kafka, transactional_id=f"{settings.namespace}.floor")
    await asyncio.gather(consumer.start(), out.start())
    consumer.assign(partitions)
    begin, fetched = Spent.so_far(), defaultdict[int, list[bytes]](list)
    for batch in batches:
        await _fetch(consumer, batch, fetched)
        await _write(client, database, events.name, batch)
        await _produce(out, settings.namespace, batch)
        await database["outbox"].delete_many({"_id": {"$in": [note["_id"] for note in batch.notes]}})
    spent = Spent.so_far().since(begin)
    await asyncio.gather(consumer.stop(), out.stop())
    client.close()
    return spent


async def _fetch(consumer: AIOKafkaConsumer, batch: Batch, fetched: dict[int, list[bytes]]) -> None:
    wanted = {partition: after[0] - before[0] for partition, before, after in batch.moves}
    while any(len(fetched[partition]) < count for partition, count in wanted.items()):
        for tp, records in (await consumer.getmany(timeout_ms=10, max_records=MOST_RECORDS)).items():
            fetched[tp.partition] += [record.value for record in records]
    for partition, count in wanted.items():
        for value in fetched[partition][:count]:
            LOG_RECORD.validate_json(value)
        del fetched[partition][:count]


async def _write(client: Client, database: Database, topic: str, batch: Batch) -> None:
    cursors = [
        UpdateOne({"_id": f"{topic}/{p}", "next": a[0], "cut": a[1]}, {"$set": {"next": b[0], "cut": b[1]}})
        for p, a, b in batch.moves
    ]
    replaced = ("plans", "milestones", "facts")

    async def write(session: Session) -> None:
        await database["cursors"].bulk_write(cursors, session=session, ordered=False)
        for name in replaced:
            if docs := batch.documents.get(name):
                operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in docs]
                await database[name].bulk_write(operations, session=session, ordered=False)
        for name, docs in (("history", batch.documents.get("history")), ("outbox", batch.notes)):
            if docs:
                await database[name].insert_many(docs, session=session, ordered=False)

    async with await client.start_session() as session:
        await session.with_transaction(write)


async def _produce(out: AIOKafkaProducer, namespace: str, batch: Batch) -> None:
    said = [Message(f"{namespace}.{topic}", partition, key, value) for topic, partition, key, value in batch.said]
    async with out.transaction():
        await send(out, said)


def _id(tp: TopicPartition) -> str:
    return f"{tp.topic}/{tp.partition}"


def main(script: Path) -> None:
    """The whole process."""
    batches = list(load(script))
    gc.collect()
    gc.freeze()  # the script is no cost of a drain
    tell(asyncio.run(drain(Settings(), batches)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
