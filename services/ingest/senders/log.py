"""Writes accepted events to `milepost.events`, and answers only when Kafka has them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas import topics
from schemas.events import Event
from services.kit.http import Problem
from services.kit.kafka import Message, partition_of, send
from services.kit.logs import logger

log = logger(__name__)


def _value(event: Event) -> bytes:
    return event.model_dump_json(exclude_unset=True).encode()


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of accepted events; `seconds` bounds the wait for the acknowledgement."""

    producer: AIOKafkaProducer
    namespace: str
    seconds: float

    async def append(self, events: Sequence[Event]) -> None:
        """Writes the events; raises a 503 problem when Kafka does not acknowledge them in time."""
        topic = topics.events(self.namespace).name
        messages = [
            Message(topic, partition_of(e.plan), e.plan, e.model_dump_json(exclude_unset=True).encode()) for e in events
        ]
        try:
            async with asyncio.timeout(self.seconds):
                await send(self.producer, messages)
        except (TimeoutError, KafkaError) as error:
            log.warning("not acknowledged", events=len(events), error=f"{type(error).__name__}: {error}")
            detail = "Kafka did not acknowledge the events: send them again, the same ids, it does no harm"
            raise Problem(503, "Not accepted yet", detail, headers={"Retry-After": "5"}) from error
