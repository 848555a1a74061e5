"""Rest: waits until everything accepted has gone its whole way, so that what is found afterwards is final."""

from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas import topics
from services.kit.mongo import Client, connect
from tests.faults.driver import System
from tests.faults.evidence import read, series
from tests.flow.publisher import until

PLANS_SECONDS = 120.0
TOLD_SECONDS = 150.0
"""A delivery whose process was killed is repeated only when its lease of 60 s is over."""


async def ends(bootstrap: str, topic: topics.Topic) -> dict[str, int]:
    """Where each partition of a topic without transactions ends, by cursor id; empty ones are left out."""
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        found = await consumer.end_offsets(partitions)
    return {f"{tp.topic}/{tp.partition}": end for tp, end in found.items() if end}


async def committed_ends(bootstrap: str, topic: topics.Topic) -> dict[str, int]:
    """The offset after the last committed record of each partition, by cursor id."""
    return {f"{row.topic}/{row.partition}": row.offset + 1 for row in await read(bootstrap, topic)}


async def _behind(client: Client, database: str, wanted: dict[str, int], empty: Sequence[str]) -> dict[str, Any]:
    """Cursors that have not reached their ends, and collections that are not empty; nothing at rest."""
    cursors = {doc["_id"]: doc["next"] for doc in await client[database]["cursors"].find({}).to_list(None)}
    late: dict[str, Any] = {id_: (cursors.get(id_), end) for id_, end in wanted.items() if cursors.get(id_, 0) < end}
    for name in empty:
        if count := await client[database][name].count_documents({}):
            late[name] = count
    return late


async def tracked(kafka: str, client: Client, namespace: str, seconds: float = PLANS_SECONDS) -> None:
    """Waits until plan-tracking has worked on every record of the log and announced what followed."""
    wanted, database = await ends(kafka, topics.events(namespace)), f"{namespace}_plan_tracking"
    await until(lambda: _behind(client, database, wanted, ["outbox"]), lambda late: not late, seconds)


async def told(kafka: str, client: Client, namespace: str, seconds: float = TOLD_SECONDS) -> None:
    """Waits until alerting has heard every state and told everybody who is due."""
    heard = topics.milestones(namespace), topics.plans(namespace)
    wanted = {id_: end for topic in heard for id_, end in (await committed_ends(kafka, topic)).items()}
    database, waiting = f"{namespace}_alerting", ["outbox", "marks", "rows"]

    async def behind() -> dict[str, Any]:
        late = await _behind(client, database, wanted, waiting)
        unsent = await client[database]["notifications"].count_documents({"next": {"$ne": None}})
        return late | ({"unsent": unsent} if unsent else {})

    await until(behind, lambda late: not late, seconds)


async def counted(system: System, client: Client) -> None:
    """Waits until every replica of the metrics service shows as many milestones as there are."""
    count = await client[f"{system.namespace}_plan_tracking"]["milestones"].count_documents({})
    looking = lambda: series(system.addresses["metrics"])  # noqa: E731
    await until(looking, lambda found: all(sum(one.values()) == count for one in found), PLANS_SECONDS)


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
