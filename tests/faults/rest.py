"""Rest: waits until everything accepted has gone its whole way, so that what is found afterwards is final."""

import asyncio
import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import topics
from services.kit.mongo import Client, connect
from services.kit.words import london_day
from tests.faults.driver import System
from tests.faults.evidence import Series, read, series
from tests.flow.publisher import until

LOOK_SECONDS = 0.2
PLANS_SECONDS = 120.0
TOLD_SECONDS = 150.0
"""A delivery whose process was killed is repeated only when its lease of 60 s is over."""


async def committed_ends(bootstrap: str, topic: topics.Topic) -> dict[str, int]:
    """The offset after the last committed record of each partition, by cursor id."""
    return {f"{row.topic}/{row.partition}": row.offset + 1 for row in await read(bootstrap, topic)}


async def _behind(client: Client, database: str, wanted: dict[str, int], empty: Sequence[str]) -> dict[str, Any]:
    """Cursors that have not reached their ends, and collections that are not empty; nothing at rest.

    It takes its time: who looks again and again must not keep the store from the work that is waited for.
    """
    await asyncio.sleep(LOOK_SECONDS)
    cursors = {doc["_id"]: doc["next"] for doc in await client[database]["cursors"].find({}).to_list(None)}
    late: dict[str, Any] = {id_: (cursors.get(id_), end) for id_, end in wanted.items() if cursors.get(id_, 0) < end}
    for name in empty:
        if count := await client[database][name].count_documents({}):
            late[name] = count
    return late


async def tracked(kafka: str, client: Client, namespace: str, seconds: float = PLANS_SECONDS) -> None:
    """Waits until plan-tracking has worked on every record of the log, those that it puts there itself among them."""
    database, seen = f"{namespace}_plan_tracking", dict[str, int]()
    while (wanted := await committed_ends(kafka, topics.events(namespace))) != seen:
        await until(functools.partial(_behind, client, database, wanted, ["outbox"]), lambda late: not late, seconds)
        seen = wanted


async def worked_on(kafka: str, client: Client, namespace: str, seconds: float = PLANS_SECONDS) -> None:
    """Waits until there is no lag: plan-tracking has worked on every record of the log, alerting on every state."""
    await tracked(kafka, client, namespace, seconds)
    wanted = await _state_ends(kafka, namespace)
    await until(functools.partial(_behind, client, f"{namespace}_alerting", wanted, []), lambda late: not late, seconds)


async def refused(kafka: str, namespace: str, count: int, seconds: float = PLANS_SECONDS) -> None:
    """Waits until so many records have been refused."""
    topic = topics.rejected(namespace)
    partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]

    async def there() -> int:
        await asyncio.sleep(LOOK_SECONDS)
        async with AIOKafkaConsumer(bootstrap_servers=kafka) as consumer:
            return sum((await consumer.end_offsets(partitions)).values())

    await until(there, lambda ends: ends >= count, seconds)


async def _state_ends(kafka: str, namespace: str) -> dict[str, int]:
    heard = topics.milestones(namespace), topics.plans(namespace)
    return {id_: end for topic in heard for id_, end in (await committed_ends(kafka, topic)).items()}


async def told(kafka: str, client: Client, namespace: str, seconds: float = TOLD_SECONDS) -> None:
    """Waits until alerting has heard and judged every state, and told everybody who is due at once."""
    wanted, database = await _state_ends(kafka, namespace), f"{namespace}_alerting"
    woken = {"wakes": {"$gte": "0001-01-01", "$lte": london_day(dt.datetime.now(dt.UTC)).isoformat()}}
    left: dict[str, dict[str, Any]] = {
        "notifications": {"next": {"$ne": None}},
        "rows": {"rhythms.at_once": {"$exists": True}},
        "states": woken,
        "plans": woken,
    }

    async def behind() -> dict[str, Any]:
        late = await _behind(client, database, wanted, ["outbox", "marks"])
        counts = {name: await client[database][name].count_documents(what) for name, what in left.items()}
        return late | {name: count for name, count in counts.items() if count}

    await until(behind, lambda late: not late, seconds)


async def counted(system: System, client: Client, seconds: float = PLANS_SECONDS) -> None:
    """Waits until every replica of the metrics service shows as many milestones as there are."""
    count = await client[f"{system.namespace}_plan_tracking"]["milestones"].count_documents({})

    async def looking() -> list[Series]:
        await asyncio.sleep(LOOK_SECONDS)
        return await series(system.addresses["metrics"])

    await until(looking, lambda found: all(sum(one.values()) == count for one in found), seconds)


async def at_rest(system: System) -> None:
    """Waits until everything killed is ready again, and everything accepted has gone its whole way."""
    kafka, client = system.env["MILEPOST_KAFKA"], connect(system.env["MILEPOST_MONGO"])
    try:
        await system.driver.mended()
        await tracked(kafka, client, system.namespace)
        await told(kafka, client, system.namespace)
        await counted(system, client)
    finally:
        client.close()
