"""Writes accepted events to `milepost.events`, and answers only when Kafka has them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from schemas import topics
from schemas.events import Event
from services.kit.http import Problem
from services.kit.kafka import Message, partition_of
from services.kit.producer import LastingProducer


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of accepted events."""

    producer: LastingProducer
    namespace: str

    async def append(self, events: Sequence[Event]) -> None:
        """Writes the events; raises a 503 problem when Kafka does not acknowledge them in time."""
        topic = topics.events(self.namespace).name
        try:
            await self.producer.send(
                Message(topic, partition_of(event.plan), event.plan, _value(event)) for event in events
            )
        except (TimeoutError, KafkaError) as error:
            detail = "Kafka does not acknowledge events now: send them again with the same ids, it does no harm"
            raise Problem(503, "Not accepted yet", detail, headers={"Retry-After": "5"}) from error


def _value(event: Event) -> bytes:
    return event.model_dump_json(exclude_unset=True).encode()
