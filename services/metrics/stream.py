"""Kafka in: the newest state of every plan and the alerts that hold; all partitions, no group, replicas identical."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from schemas import topics
from schemas.alerts import ALERT_CHANGED, SYMPTOMS, Alert, alert_key
from schemas.names import owner
from schemas.states import PLAN_CONCLUDED, PlanState
from services.kit.access import Kafka, access
from services.kit.logs import logger
from services.kit.serve import wait_for
from services.kit.topics import require_topics
from services.metrics.domain.series import Holding, Known

log = logger(__name__)

STUCK_SECONDS, ASK_SECONDS = 60.0, 5.0
Rows = Iterable[ConsumerRecord[bytes, bytes]]


class Plans:
    """A tail of `milepost.plans` and `milepost.alerts`; the highest version of each plan is kept."""

    def __init__(self, kafka: Kafka, namespace: str) -> None:
        self._kafka, self._namespace = kafka, namespace
        self._alerts = topics.alerts(namespace).name
        self._partitions = [
            TopicPartition(topic.name, number)
            for topic in (topics.plans(namespace), topics.alerts(namespace))
            for number in range(topic.partitions)
        ]
        self._known: dict[str, Known] = {}
        self._holding: dict[str, dict[str, Holding]] = {}
        self._polled: float | None = None
        self._caught_up = False
        self.stuck_seconds = STUCK_SECONDS

    def known(self) -> list[Known]:
        """What is known of every plan whose state has been seen; the same object until that changes."""
        return list(self._known.values())

    def working(self) -> str | None:
        """None once everything that was on the topics at the start has been read."""
        return None if self._caught_up else "still reading the plans' states"

    def well(self) -> str | None:
        """None while Kafka answers; before the first poll there is nothing to say."""
        idle = time.monotonic() - self._polled if self._polled else 0.0
        return f"Kafka has not answered for {idle:.0f} s" if idle > self.stuck_seconds else None

    async def follow(self) -> None:
        """Reads from the beginning, for ever; waits for Kafka first."""
        consumer = AIOKafkaConsumer(
            **access(self._kafka).options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # not seek_to_beginning: it loses a race with a reset to the end
            isolation_level="read_committed",
        )
        await wait_for("the topics", lambda: require_topics(self._kafka, self._namespace))
        await wait_for("Kafka", consumer.start)
        try:
            await self._tail(consumer)
        finally:
            await consumer.stop()

    async def _tail(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign(self._partitions)
        ends = await self._ends(consumer)
        while True:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                self.keep(records)
            await self._ask_after(consumer)
            if not self._caught_up:
                at = await asyncio.gather(*(consumer.position(tp) for tp in self._partitions))
                self._caught_up = all(now >= ends[tp] for tp, now in zip(self._partitions, at, strict=True))

    async def _ends(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        ends: dict[TopicPartition, int] = {}

        async def ask() -> None:
            ends.update(await consumer.end_offsets(self._partitions))

        await wait_for("Kafka", ask)
        return ends

    async def _ask_after(self, consumer: AIOKafkaConsumer) -> None:
        """Asks whether Kafka still answers, now and then: without it a poll comes back all the same, with nothing."""
        if self._polled and time.monotonic() - self._polled < ASK_SECONDS:
            return
        try:
            async with asyncio.timeout(ASK_SECONDS):
                await consumer.end_offsets(self._partitions[:1])
            self._polled = time.monotonic()
        except (KafkaError, TimeoutError) as error:
            log.warning("Kafka does not answer", error=f"{type(error).__name__}: {error}")

    def keep(self, records: Rows) -> None:
        """Takes over what is newer than what is kept; a record that cannot be read is said and passed."""
        changed = set[str]()
        for record in records:
            try:
                if record.topic == self._alerts:
                    changed.add(self._keep_alert(ALERT_CHANGED.validate_json(record.value or b"").data))
                else:
                    self._keep_state(PLAN_CONCLUDED.validate_json(record.value or b"").data)
            except ValidationError as error:
                log.error(
                    "unreadable", topic=record.topic, partition=record.partition, offset=record.offset, error=str(error)
                )
        for plan in changed & self._known.keys():
            self._know(self._known[plan].state)

    def _keep_state(self, state: PlanState) -> None:
        kept = self._known.get(state.plan)
        if kept is None or state.version >= kept.state.version:
            self._know(state)

    def _keep_alert(self, alert: Alert) -> str:
        """Of what holds for one thing the last word counts: the topic keeps them in order."""
        symptom, holding = SYMPTOMS[alert.rule], self._holding.setdefault(alert.plan, {})
        key = alert_key(alert.plan, alert.about, symptom)
        if alert.level == "firing":
            holding[key] = (alert.department or owner(alert.milestone or alert.plan), symptom)
        else:
            holding.pop(key, None)
        return alert.plan

    def _know(self, state: PlanState) -> None:
        self._known[state.plan] = Known(state, Counter(self._holding.get(state.plan, {}).values()))
