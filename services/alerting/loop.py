"""A loop: one step again and again, that says whether it is well."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from services.kit.logs import logger

log = logger(__name__)

STUCK_SECONDS = 60.0
_LONGEST_WAIT = 5.0


class Loop:
    """Repeats `step` every `seconds`, or at once when `bell` is set; a step that fails is tried again, ever slower."""

    def __init__(
        self, name: str, step: Callable[[], Awaitable[None]], seconds: float, bell: asyncio.Event | None = None
    ) -> None:
        self.name, self._step, self._seconds = name, step, seconds
        self._bell = bell or asyncio.Event()
        self._failing_since: float | None = None
        self._busy_since: float | None = None
        self._failures = 0
        self.stuck_seconds = STUCK_SECONDS

    async def run(self) -> None:
        """Runs until it is cancelled."""
        while True:
            self._bell.clear()
            self._busy_since = time.monotonic()
            try:
                await self._step()
                self._failing_since, self._failures = None, 0
            except Exception as error:
                self._failing_since = self._failing_since or time.monotonic()
                self._failures += 1
                log.warning(
                    f"{self.name} failed, trying again", error=f"{type(error).__name__}: {error}", exc_info=True
                )
            self._busy_since = None
            await self._pause()

    async def _pause(self) -> None:
        if self._failures:
            await asyncio.sleep(min(self._seconds * 2**self._failures, _LONGEST_WAIT))
            return
        try:
            async with asyncio.timeout(self._seconds):
                await self._bell.wait()
        except TimeoutError:
            return

    def well(self) -> str | None:
        """None while steps succeed and end, else what is wrong."""
        for since, what in ((self._failing_since, "has failed"), (self._busy_since, "has not ended a step")):
            if since and time.monotonic() - since > self.stuck_seconds:
                return f"{self.name} {what} for {time.monotonic() - since:.0f} s"
        return None
