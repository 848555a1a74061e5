"""Marks that a day has begun: one `plan.dated` record for each plan with an open milestone in the past."""

import asyncio
import datetime as dt
from collections.abc import Iterable

from schemas import topics
from schemas.envelope import Record
from schemas.events import PlanDated
from services.kit.kafka import Message, partition_of
from services.kit.logs import logger
from services.kit.producer import LastingProducer
from services.plan_tracking.domain.fold import london_day
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import PlanTracking
from services.plan_tracking.stream.between import SOURCE

log = logger(__name__)

HOURLY = 3600.0
RETRY = 5.0


def records(namespace: str, plans: Iterable[str], now: dt.datetime) -> list[Message]:
    """The records for these plans; the same id for the same plan and day, so that writing one twice is harmless."""
    topic = topics.events(namespace).name
    day = dt.date.fromordinal(london_day(now)).isoformat()
    return [Message(topic, partition_of(plan), plan, _record(plan, day, now)) for plan in plans]


def _record(plan: str, day: str, now: dt.datetime) -> bytes:
    event = PlanDated(
        specversion="1.0",
        type="org.milepost.plan.dated.v1",
        id=f"{plan}@{day}",
        source=SOURCE,
        subject=plan,
        plan=plan,
        time=now,
        acceptedtime=now,
        data=Record(),
    )
    return event.model_dump_json(exclude_none=True).encode()


async def mark_days(store: Store, tracking: PlanTracking, producer: LastingProducer) -> None:
    """At start and hourly, while a plan's day is behind, by the owner of the plan's partition."""
    while True:
        wait = HOURLY
        try:
            if not tracking.owned:
                wait = RETRY
            now = tracking.clock()
            behind = await store.plans_behind(london_day(now))
            ours = [plan for plan in behind if partition_of(plan) in tracking.owned]
            await producer.send(records(tracking.namespace, ours, now))
            if ours:
                log.info("a day has begun", plans=len(ours))
        except Exception as error:
            log.warning("days not marked, trying again", error=f"{type(error).__name__}: {error}")
            wait = RETRY
        await asyncio.sleep(wait)
