"""Whether the store answers: asked every few seconds, so that a service without it says that it cannot serve."""

import asyncio
import time

from pymongo.errors import PyMongoError

from services.kit.logs import logger
from services.kit.mongo import Client

log = logger(__name__)

EVERY_SECONDS = 2.0
PATIENCE_SECONDS = 6.0
"""A store that has not answered for so long is away; an election of a replica set may take a few seconds."""


class Answering:
    """A ping again and again. Before the first answer the store is not there."""

    def __init__(self, client: Client, every: float = EVERY_SECONDS, patience: float = PATIENCE_SECONDS) -> None:
        self._client, self._every, self._patience = client, every, patience
        self._answered: float | None = None

    def ready(self) -> str | None:
        """None while the store answers, else for how long it has not."""
        if self._answered is None:
            return "MongoDB has not answered yet"
        silent = time.monotonic() - self._answered
        return f"MongoDB has not answered for {silent:.0f} s" if silent > self._patience else None

    async def ask(self) -> None:
        """Asks until cancelled; without an answer nothing ends: /readyz says it."""
        while True:
            try:
                async with asyncio.timeout(self._patience):
                    await self._client.admin.command("ping")
                self._answered = time.monotonic()
            except (PyMongoError, OSError) as error:  # TimeoutError is an OSError
                log.debug("the store does not answer", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(self._every)
