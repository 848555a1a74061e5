"""Both sides of each benchmark do the same work: the same documents, the same records. No times are judged here."""

from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from schemas import topics
from schemas.events import LOG_RECORD
from services.kit.mongo import connect
from tests.bench import drain, ingest
from tests.bench.workload import Size
from tests.servers import Servers

SMALL = Size(events=100, plans=2, milestones=12)
OURS_ALONE = {"acceptedtime", "correlationid"}
"""Fields of an accepted event that differ from acceptance to acceptance."""


async def records(servers: Servers, topic: str) -> list[tuple[int, bytes, bytes]]:
    """Partition, key and value of every committed record of a topic, in order inside a partition."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=servers.kafka, auto_offset_reset="earliest", isolation_level="read_committed"
    )
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        found: list[tuple[int, bytes, bytes]] = []
        while any([await consumer.position(tp) < end for tp, end in ends.items()]):
            for tp, rows in (await consumer.getmany(timeout_ms=100)).items():
                found += [(tp.partition, row.key, row.value) for row in rows]
    return sorted(found, key=lambda one: one[0])


async def documents(servers: Servers, namespace: str) -> dict[str, dict[str, Any]]:
    """What plan-tracking's database holds, by collection and _id; cursors without topic and owner."""
    client = connect(servers.mongo)
    database = client[f"{namespace}_plan_tracking"]
    found: dict[str, dict[str, Any]] = {}
    for name in ("plans", "milestones", "facts", "history", "outbox"):
        found[name] = {doc["_id"]: doc async for doc in database[name].find({})}
    cursors = [doc async for doc in database["cursors"].find({})]
    found["cursors"] = {doc["_id"].rpartition("/")[2]: (doc["next"], doc["cut"]) for doc in cursors}
    client.close()
    return found


def bare(value: bytes) -> dict[str, Any]:
    """An accepted event, as a reader understands it, without what its acceptance added."""
    event = LOG_RECORD.validate_json(value).model_dump(mode="json", exclude_unset=True)
    return {name: said for name, said in event.items() if name not in OURS_ALONE}


async def test_the_floor_of_the_drain_leaves_the_same_documents_and_records(servers: Servers, tmp_path: Path) -> None:
    """Every collection of plan-tracking, and both topics of states, byte for byte."""
    async with drain.prefilled(servers, SMALL, tmp_path) as prepared:
        floor, ours = await prepared.run()
        written = await documents(servers, prepared.ours)
        assert await documents(servers, prepared.floor) == written
        assert len(written["history"]) == SMALL.events
        assert len(written["milestones"]) == SMALL.plans * SMALL.milestones
        assert not written["outbox"]
        for topic in (topics.milestones, topics.plans):
            said = await records(servers, topic(prepared.ours).name)
            assert said
            assert await records(servers, topic(prepared.floor).name) == said
    assert min(floor.wall, floor.cpu, ours.wall, ours.cpu) > 0


async def test_both_ingests_put_the_same_events_on_the_log(servers: Servers, tmp_path: Path) -> None:
    """Of batches and of single events: the same events in the same partitions under the same keys."""
    async with ingest.running(servers, tmp_path) as ingests:
        loads = ingest.loads(SMALL, tmp_path)
        for load in loads:
            await ingests.round(load)
        ours, naive = [
            [(partition, key, bare(value)) for partition, key, value in await records(servers, topics.events(n).name)]
            for n in (ingests.ours.namespace, ingests.other.namespace)
        ]
    assert len(ours) == sum(load.events for load in loads)
    assert sorted(ours, key=repr) == sorted(naive, key=repr)
