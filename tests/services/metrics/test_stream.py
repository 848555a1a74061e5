"""The tail of plans' states on a real Kafka, and what a scrape shows of it."""

import asyncio
import datetime as dt

from prometheus_client import CollectorRegistry, generate_latest

from schemas import topics
from schemas.states import PlanConcluded, PlanState
from services.kit.kafka import Message, partition_of, producer, send
from services.metrics.collector import Delivery
from services.metrics.stream import Plans
from tests.servers import Servers


def concluded(version: int, title: str, *, stuck: bool = False) -> bytes:
    """A plan's state as plan-tracking announces it."""
    state = PlanState(
        plan="dluhc/a",
        version=version,
        published=True,
        stuck=stuck,
        title=title,
        lead="dluhc",
        tolerance=14,
        visibility="public",
        day=dt.date(2026, 11, 25),
    )
    now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    event = PlanConcluded(
        specversion="1.0",
        id=str(version),
        source="/milepost/x",
        subject="dluhc/a",
        plan="dluhc/a",
        time=now,
        data=state,
    )
    return event.model_dump_json(exclude_none=True).encode()


async def test_the_highest_version_is_kept_and_rubbish_is_passed(servers: Servers, namespace: str) -> None:
    """Ready only once everything that was there at the start has been read."""
    writer = producer(servers.kafka)
    await writer.start()
    topic = topics.plans(namespace).name
    values = [concluded(3, "Newest", stuck=True), b"rubbish", concluded(2, "Older")]
    await send(writer, [Message(topic, partition_of("dluhc/a"), "dluhc/a", value) for value in values])
    await writer.stop()
    plans = Plans(servers.kafka, namespace)
    assert plans.working() is not None
    following = asyncio.create_task(plans.follow())
    async with asyncio.timeout(20):
        while plans.working():
            await asyncio.sleep(0.02)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert [state.title for state in plans.states()] == ["Newest"]
    registry = CollectorRegistry()
    registry.register(Delivery(plans.states))
    assert b'milepost_plan_stuck{plan="dluhc/a"} 1.0' in generate_latest(registry)
