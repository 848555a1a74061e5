"""The tail of plans' states on a real Kafka, and what a scrape shows of it."""

import asyncio
import datetime as dt

from schemas import topics
from schemas.alerts import Alert, AlertChanged, Level
from schemas.states import Node, PlanConcluded, PlanState
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


def changed(milestone: str, level: Level) -> bytes:
    """An alert about a milestone as alerting announces it."""
    now = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
    alert = Alert(
        plan="dluhc/a",
        milestone=milestone,
        rule="uncontrolled-baseline",
        level=level,
        since=now,
        days=0,
        by_day=False,
        reason="nobody agreed to it",
        cause=Node(plan="dluhc/a", milestone=milestone),
        version=1,
    )
    event = AlertChanged(
        specversion="1.0", id="1", source="/milepost/x", subject=milestone, plan="dluhc/a", time=now, data=alert
    )
    return event.model_dump_json(exclude_none=True).encode()


async def test_the_highest_version_is_kept_and_rubbish_is_passed(servers: Servers, namespace: str) -> None:
    """Ready only once everything that was there at the start has been read; not well when Kafka no longer answers."""
    writer = producer(servers.kafka)
    await writer.start()
    topic = topics.plans(namespace).name
    values = [concluded(3, "Newest", stuck=True), b"rubbish", concluded(2, "Older")]
    await send(writer, [Message(topic, partition_of("dluhc/a"), "dluhc/a", value) for value in values])
    alerts = [changed("dft/one", "firing"), changed("dft/two", "firing"), changed("dft/two", "ended"), b"rubbish"]
    alerts += [changed("dft/three", "firing"), changed("dft/three", "firing")]
    about = topics.alerts(namespace).name
    await send(writer, [Message(about, partition_of("dluhc/a"), "same", value) for value in alerts])
    await writer.stop()
    plans = Plans(servers.kafka, namespace)
    assert plans.working() is not None
    following = asyncio.create_task(plans.follow())
    async with asyncio.timeout(20):
        while plans.working():
            await asyncio.sleep(0.02)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    [known] = plans.known()
    assert known.state.title == "Newest"
    assert known.alerts == {("dft", "uncontrolled-baseline"): 2}
    assert b'milepost_plan_stuck{plan="dluhc/a"} 1\n' in Delivery(plans.known).text()
    assert plans.well() is None
    plans.stuck_seconds = -1
    assert "Kafka has not answered" in (plans.well() or "")
