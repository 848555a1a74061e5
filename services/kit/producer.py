"""A producer that is replaced when it fails: an idempotent one can stick on a lost sequence for ever."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from services.kit.batches import Batches
from services.kit.kafka import SEND_SECONDS, Message, close
from services.kit.logs import logger
from services.kit.serve import wait_for

log = logger(__name__)


class LastingProducer:
    """Sends while it has a producer; `keep` makes one, and after a failure closes it and makes the next."""

    def __init__(self, make: Callable[[], AIOKafkaProducer], seconds: float = SEND_SECONDS) -> None:
        self._make, self._seconds = make, seconds
        self._batches: Batches | None = None
        self._failed = asyncio.Event()

    def ready(self) -> str | None:
        """None while there is a producer, else what is missing."""
        return None if self._batches else "Kafka is not reached"

    async def keep(self) -> None:
        """Keeps a producer until cancelled; closes the last one then."""
        while True:
            fresh = self._make()
            batches = Batches(fresh)
            sending = asyncio.create_task(batches.run())
            try:
                await wait_for("Kafka", fresh.start)
                self._failed.clear()
                self._batches = batches
                await self._failed.wait()
            finally:
                self._batches = None
                await close(fresh)
                sending.cancel()

    async def send(self, messages: Iterable[Message]) -> None:
        """Writes all messages, acknowledged within the deadline; raises KafkaError or TimeoutError."""
        for failure in await self.deliver(list(messages)):
            if failure:
                raise failure

    async def deliver(self, messages: Sequence[Message]) -> list[Exception | None]:
        """Writes all messages; answers, for each, None when it is acknowledged, else why it is not by the deadline."""
        batches = self._batches
        if batches is None:
            return [KafkaConnectionError("Kafka is not reached")] * len(messages)
        outcomes = await batches.deliver(messages, self._seconds)
        if failure := next(filter(None, outcomes), None):
            log.warning("producer failed, making another", error=f"{type(failure).__name__}: {failure}")
            if batches is self._batches:
                self._failed.set()
        return outcomes
