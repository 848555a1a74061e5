"""A producer that is replaced when it fails: an idempotent one can stick on a lost sequence for ever."""

import asyncio
from collections.abc import Callable, Iterable

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from services.kit.kafka import SEND_SECONDS, Message, close, send
from services.kit.logs import logger
from services.kit.serve import wait_for

log = logger(__name__)


class LastingProducer:
    """Sends while it has a producer; `keep` makes one, and after a failure closes it and makes the next."""

    def __init__(self, make: Callable[[], AIOKafkaProducer], seconds: float = SEND_SECONDS) -> None:
        self._make, self._seconds = make, seconds
        self._producer: AIOKafkaProducer | None = None
        self._failed = asyncio.Event()

    def ready(self) -> str | None:
        """None while there is a producer, else what is missing."""
        return None if self._producer else "Kafka is not reached"

    async def keep(self) -> None:
        """Keeps a producer until cancelled; closes the last one then."""
        try:
            while True:
                fresh = self._make()
                await wait_for("Kafka", fresh.start)
                self._failed.clear()
                self._producer = fresh
                await self._failed.wait()
                await self._discard()
        finally:
            await self._discard()

    async def _discard(self) -> None:
        old, self._producer = self._producer, None
        if old:
            await close(old)

    async def send(self, messages: Iterable[Message]) -> None:
        """Writes all messages, acknowledged within the deadline; raises KafkaError or TimeoutError."""
        producer = self._producer
        if producer is None:
            raise KafkaConnectionError("Kafka is not reached")
        try:
            async with asyncio.timeout(self._seconds):
                await send(producer, messages)
        except (TimeoutError, KafkaError) as error:
            log.warning("producer failed, making another", error=f"{type(error).__name__}: {error}")
            if producer is self._producer:
                self._failed.set()
            raise
