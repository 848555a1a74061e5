"""Kafka in, for the pages: what offices have answered to alerts (`milepost.alerts`); all partitions, no group."""

import time
from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import ValidationError

from schemas import topics
from schemas.alerts import ALERT_CHANGED, SYMPTOMS, Alert, Symptom
from services.kit.access import Kafka, access
from services.kit.logs import logger
from services.kit.serve import wait_for

log = logger(__name__)

STUCK_SECONDS = 60.0


class Answers:
    """The alerts that hold and that an office has answered, by the milestone that they are about."""

    def __init__(self, kafka: Kafka, namespace: str) -> None:
        self._kafka = kafka
        topic = topics.alerts(namespace)
        self._partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        self._held: dict[tuple[str, str], dict[Symptom, Alert]] = {}
        self._polled: float | None = None

    def of(self, plan: str, milestone: str) -> Sequence[Alert]:
        """The answered alerts about a milestone, oldest answer first."""
        found = self._held.get((plan, milestone), {}).values()
        return sorted(found, key=lambda alert: (alert.answer.said if alert.answer else alert.since, alert.rule))

    def well(self) -> str | None:
        """None while polls come back; before the first there is nothing to say."""
        idle = time.monotonic() - self._polled if self._polled else 0.0
        return f"no poll has come back for {idle:.0f} s" if idle > STUCK_SECONDS else None

    async def run(self) -> None:
        """Reads from the beginning, for ever; the topic must be there."""
        consumer = AIOKafkaConsumer(
            **access(self._kafka).options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",  # not seek_to_beginning: it loses a race with a reset to the end
            isolation_level="read_committed",
        )
        await wait_for("Kafka", consumer.start)
        try:
            consumer.assign(self._partitions)
            while True:
                found = await consumer.getmany(timeout_ms=500)
                self._polled = time.monotonic()
                self.take(record for records in found.values() for record in records)
        finally:
            await consumer.stop()

    def take(self, records: Iterable[ConsumerRecord[bytes, bytes]]) -> None:
        """Keeps what is answered and holds, each alert as it was last said; what cannot be read is passed over."""
        for record in records:
            try:
                alert = ALERT_CHANGED.validate_json(record.value or b"").data
            except ValidationError:
                log.warning("unreadable alert", partition=record.partition, offset=record.offset)
                continue
            self._keep(alert)

    def _keep(self, alert: Alert) -> None:
        about, key = (alert.plan, alert.milestone), SYMPTOMS[alert.rule]
        held = {name: one for name, one in self._held.get(about, {}).items() if name != key}
        if alert.answer and alert.level == "firing" and alert.milestone:
            held[key] = alert
        self._held[about] = held
        if not held:
            del self._held[about]
