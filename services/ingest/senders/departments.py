"""Says on `milepost.departments` how departments stand: what was refused of their events, and waits for them."""

import datetime as dt
from dataclasses import dataclass

from schemas import topics
from schemas.departments import DepartmentConcluded, DepartmentState
from services.kit.kafka import Message, partition_of
from services.kit.producer import LastingProducer

SOURCE = "/milepost/ingest"


@dataclass(frozen=True, slots=True)
class DepartmentLog:
    """The topic of departments' states."""

    producer: LastingProducer
    namespace: str

    async def announce(self, state: DepartmentState, now: dt.datetime) -> None:
        """Writes a state, acknowledged; raises KafkaError or TimeoutError. Readers keep that of the highest version."""
        name = state.department
        event = DepartmentConcluded(id=f"{name}@{state.version}", source=SOURCE, subject=name, time=now, data=state)
        value = event.model_dump_json(exclude_none=True).encode()
        await self.producer.send([Message(topics.departments(self.namespace).name, partition_of(name), name, value)])
