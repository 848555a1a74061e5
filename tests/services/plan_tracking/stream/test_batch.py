"""Law 2 on a real Kafka and a real store: one batch, one transaction, one cursor; nothing lost, nothing twice."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import ConsumerRecord, TopicPartition

from schemas import topics
from schemas.topics import milestone_key
from services.kit.cursors import Cursor, LostCursor
from services.kit.kafka import Announcer, partition_of, producer
from services.kit.metrics import ConsumerMetrics, registry
from services.kit.mongo import connect
from services.kit.producer import LastingProducer
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import NotAnnounced, PlanTracking
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.dated import records as day_records
from tests.events import NOON, PLAN, body
from tests.kafka import committed
from tests.servers import Servers

HERE = partition_of(PLAN)


@pytest_asyncio.fixture
async def tracking(servers: Servers, namespace: str) -> AsyncIterator[PlanTracking]:
    """The work of plan-tracking, owning the plan's partition; no consumer: batches are handed to it."""
    client = connect(servers.mongo)
    store = Store(client, client[f"{namespace}_plan_tracking"])
    await store.prepare()
    rejects = LastingProducer(lambda: producer(servers.kafka))
    kept = asyncio.create_task(rejects.keep())
    while rejects.ready():
        await asyncio.sleep(0.01)
    work = PlanTracking(
        store=store,
        networks=Networks(store),
        announcer=Announcer(servers.kafka, f"{namespace}.plan-tracking"),
        rejects=rejects,
        metrics=ConsumerMetrics(registry()),
        namespace=namespace,
        clock=lambda: NOON,
    )
    await store.cursors.start({partition(namespace): 0})
    await work.assigned([partition(namespace)])
    yield work
    await work.announcer.close()
    kept.cancel()
    await asyncio.gather(kept, return_exceptions=True)
    client.close()


def partition(namespace: str) -> TopicPartition:
    """The partition of the tests' plan."""
    return TopicPartition(topics.events(namespace).name, HERE)


def record(
    offset: int, value: Any, key: bytes | None = PLAN.encode(), headers: Sequence[Any] = ()
) -> ConsumerRecord[Any, Any]:
    """A record of the plan's partition as the consumer hands it over."""
    raw = json.dumps(value).encode() if isinstance(value, dict) else value
    return ConsumerRecord(
        "events", HERE, offset, 0, 0, key, raw, None, len(key or b""), len(raw or b""), tuple(headers)
    )


def planned(name: str, baseline: str = "2027-01-01", **more: Any) -> dict[str, Any]:
    """A milestone's first event."""
    return body("milestone.planned", name, {"title": name, "baseline": baseline}, acceptedtime=NOON.isoformat(), **more)


def needing(name: str, needed: str) -> dict[str, Any]:
    """A dependency's event."""
    return body("dependency.declared", name, {"needs": needed}, acceptedtime=NOON.isoformat())


async def work_on(tracking: PlanTracking, rows: list[Any], at: Cursor) -> Cursor:
    """Hands one batch over; answers with the cursor that follows."""
    tp = partition(tracking.namespace)
    return (await tracking.batch({tp: rows}, {tp: at}))[tp]


async def everything(bootstrap: str, topic: str) -> list[ConsumerRecord[Any, Any]]:
    """All committed records of a topic."""
    return await committed(bootstrap, topic)


async def test_a_batch_writes_states_history_and_cursor_and_announces_them(
    servers: Servers, tracking: PlanTracking
) -> None:
    """The store and the compacted topics agree; no note is left."""
    rows = [record(0, planned("dft/a")), record(1, planned("dwp/b")), record(2, needing("dwp/b", "dft/a"))]
    assert await work_on(tracking, rows, Cursor(0)) == Cursor(3)
    stored = {state.milestone: state for state in await tracking.store.milestone_states(PLAN)}
    assert stored["dwp/b"].needs[0].milestone == "dft/a"
    said = [entry.type for entry in await tracking.store.history(PLAN, "dwp/b")]
    assert said == ["org.milepost.milestone.planned.v1", "org.milepost.dependency.declared.v1"]
    announced = await everything(servers.kafka, topics.milestones(tracking.namespace).name)
    assert {row.key.decode() for row in announced} == {milestone_key(PLAN, name) for name in stored}
    assert {row.partition for row in announced} == {HERE}
    assert await tracking.store.notes([HERE]) == []


async def test_a_record_seen_again_after_a_crash_is_folded_once(tracking: PlanTracking) -> None:
    """The plan skips what its version has; history has each record once."""
    rows = [record(0, planned("dft/a"))]
    at = await work_on(tracking, rows, Cursor(0))
    tracking.networks.drop()
    await work_on(tracking, rows, at)
    assert len(await tracking.store.history(PLAN, "dft/a")) == 1


async def test_a_batch_from_a_stale_cursor_writes_nothing(tracking: PlanTracking) -> None:
    """The compare-and-set fences a zombie: neither its states nor its history are kept."""
    at = await work_on(tracking, [record(0, planned("dft/a"))], Cursor(0))
    with pytest.raises(LostCursor):
        await work_on(tracking, [record(0, planned("dft/zombie"))], Cursor(0))
    assert [state.milestone for state in await tracking.store.milestone_states(PLAN)] == ["dft/a"]
    assert (await tracking.store.cursors.read([partition(tracking.namespace)])).popitem()[1] == at


async def test_a_large_batch_is_cut_and_comes_to_the_same_states(tracking: PlanTracking) -> None:
    """Several transactions, each advancing `cut`; the last sets `next` and puts `cut` back to 0."""
    tracking.most_documents = 7
    names = [f"dft/m{number:02}" for number in range(20)]
    rows = [record(number, planned(name)) for number, name in enumerate(names)]
    assert await work_on(tracking, rows, Cursor(0)) == Cursor(20)
    assert [state.milestone for state in await tracking.store.milestone_states(PLAN)] == names
    assert (await tracking.store.cursors.read([partition(tracking.namespace)])).popitem()[1] == Cursor(20, 0)
    assert await tracking.store.notes([HERE]) == []


async def test_what_a_predecessor_committed_and_did_not_announce_is_announced_at_assignment(
    servers: Servers, tracking: PlanTracking
) -> None:
    """A crash between the transaction and the announcement loses nothing."""
    await tracking.announcer.drop([HERE])
    with pytest.raises(NotAnnounced):
        await work_on(tracking, [record(0, planned("dft/a"))], Cursor(0))
    assert len(await tracking.store.notes([HERE])) == 1
    await tracking.assigned([partition(tracking.namespace)])
    announced = await everything(servers.kafka, topics.milestones(tracking.namespace).name)
    assert [row.key.decode() for row in announced] == [milestone_key(PLAN, "dft/a")]
    assert await tracking.store.notes([HERE]) == []


async def test_what_cannot_be_folded_is_rejected_byte_for_byte_and_the_rest_goes_on(
    servers: Servers, tracking: PlanTracking
) -> None:
    """Rubbish, a non-UTF-8 header and key, a forged name: kept with the reason; the good one is folded."""
    forged = planned("dft/a", source="/dwp")
    rows = [
        record(0, b"\x00\xff rubbish", headers=[("h", b"\xff\xfe")]),
        record(1, planned("dft/a"), key=b"\xff\xfe"),
        record(2, None),
        record(3, forged),
        record(4, None, key=None),
        record(5, planned("dft/good")),
    ]
    await work_on(tracking, rows, Cursor(0))
    assert [state.milestone for state in await tracking.store.milestone_states(PLAN)] == ["dft/good"]
    rejected = await everything(servers.kafka, topics.rejected(tracking.namespace).name)
    assert [row.value for row in rejected] == [*(row.value for row in rows[:4]), b""]
    assert [row.key for row in rejected] == [row.key for row in rows[:5]]
    assert ("h", b"\xff\xfe") in rejected[0].headers
    assert b"may not speak" in dict(rejected[3].headers)["milepost-reason"]


async def test_the_same_event_again_is_not_announced_again(servers: Servers, tracking: PlanTracking) -> None:
    """Nothing differs, so nobody downstream is woken."""
    at = await work_on(tracking, [record(0, planned("dft/a"))], Cursor(0))
    later = (NOON + dt.timedelta(seconds=1)).isoformat()
    await work_on(tracking, [record(1, {**planned("dft/a"), "acceptedtime": later})], at)
    assert len(await everything(servers.kafka, topics.milestones(tracking.namespace).name)) == 1


async def test_a_day_begins_for_a_plan_with_an_open_milestone_in_the_past(tracking: PlanTracking) -> None:
    """Only such a plan is behind; its record moves the milestone to the day."""
    at = await work_on(tracking, [record(0, planned("dft/a", "2026-11-26"))], Cursor(0))
    today = NOON.date().toordinal()
    assert await tracking.store.plans_behind(today + 1) == []
    assert await tracking.store.plans_behind(today + 2) == [PLAN]
    marked = day_records(tracking.namespace, [PLAN], NOON + dt.timedelta(days=2))
    await work_on(tracking, [record(1, marked[0].value)], at)
    [state] = await tracking.store.milestone_states(PLAN)
    assert state.slip == 1
    assert await tracking.store.plans_behind(today + 2) == []


async def poison(tracking: PlanTracking, name: str) -> None:
    """Damages a milestone in the store, so that whatever touches it fails."""
    key = {"_id": milestone_key(PLAN, name)}
    await tracking.store._milestones.collection.update_one(key, {"$set": {"registers": {"title": 7}}})


async def test_a_plan_that_cannot_be_folded_is_stuck_and_the_others_go_on(
    servers: Servers, tracking: PlanTracking
) -> None:
    """It keeps its last good content, its version goes on, its records enter history unfolded, and it says so."""
    other = next(f"dluhc/p{n}" for n in range(1000) if partition_of(f"dluhc/p{n}") == HERE)
    at = await work_on(tracking, [record(0, planned("dft/a")), record(1, planned("dft/b"))], Cursor(0))
    await poison(tracking, "dft/a")
    tracking.networks.drop()
    rows = [
        record(2, planned("dft/a", "2027-09-09")),
        record(3, planned("dft/x", plan=other), key=other.encode()),
        record(4, planned("dft/c")),
    ]
    at = await work_on(tracking, rows, at)
    at = await work_on(tracking, [record(5, planned("dft/d"))], at)

    stuck = await tracking.store.plan_state(PLAN)
    assert stuck is not None
    assert (stuck.stuck, stuck.version) == (True, 5)
    assert [state.milestone for state in await tracking.store.milestone_states(PLAN)] == ["dft/a", "dft/b"]
    assert [state.milestone for state in await tracking.store.milestone_states(other)] == ["dft/x"]
    assert [entry.won for entry in await tracking.store.history(PLAN, "dft/c")] == [()]
    assert len(await tracking.store.history(PLAN, "dft/d")) == 1
    announced = await everything(servers.kafka, topics.plans(tracking.namespace).name)
    said = [json.loads(row.value)["data"] for row in announced]
    assert [one["stuck"] for one in said if one["plan"] == PLAN] == [False, True]


async def test_a_partition_that_makes_no_progress_between_starts_is_worked_on_carefully(tracking: PlanTracking) -> None:
    """So that a record that kills the process is found: attempts count before they are made."""
    here = partition(tracking.namespace)
    assert here not in tracking.careful
    await tracking.assigned([here])
    assert here in tracking.careful
    for _ in range(3):
        await tracking.store.attempts.add(PLAN)
    at = await work_on(tracking, [record(0, planned("dft/a"))], Cursor(0))
    stuck = await tracking.store.plan_state(PLAN)
    assert stuck is not None
    assert stuck.stuck
    assert at == Cursor(1)
    await tracking.assigned([here])
    assert here not in tracking.careful
