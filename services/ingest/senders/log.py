"""Writes accepted events to `milepost.events`, and answers only when Kafka has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
        """Writes the events; raises a 503 problem unless Kafka acknowledges all of them in time."""
        if not all(await self.write((event.plan, _value(event)) for event in events)):
            raise not_yet()

    async def write(self, records: Iterable[tuple[str, bytes]]) -> list[bool]:
        """Writes records, each the JSON of an accepted event of a plan; answers which of them Kafka has for certain."""
        topic = topics.events(self.namespace).name
        messages = [Message(topic, partition_of(plan), plan, value) for plan, value in records]
        return [failure is None for failure in await self.producer.deliver(messages)]


def not_yet() -> Problem:
    """The answer for an event that Kafka has not acknowledged: it may be on the log, or come there, or not."""
    detail = "Kafka does not acknowledge it now: send it again with the same id, it does no harm"
    return Problem(503, "Not accepted yet", detail, headers={"Retry-After": "5"})


def _value(event: Event) -> bytes:
    return event.model_dump_json(exclude_unset=True).encode()
