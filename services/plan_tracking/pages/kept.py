"""Pages that were made already: kept while nothing that they follow from changes, as their validators say."""

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_BYTES = 32_000_000


class Kept:
    """Bodies of pages by their validators (kit/conditional.py), so many bytes; the least recently used goes first."""

    def __init__(self, most: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock, self._bytes = most, clock, 0
        self._of: OrderedDict[str, tuple[bytes, float]] = OrderedDict()

    def get(self, etag: str) -> bytes | None:
        """The body with this validator, if it is there and not too old."""
        if (found := self._of.get(etag)) is None:
            return None
        if found[1] <= self._clock():
            self._forget(etag)
            return None
        self._of.move_to_end(etag)
        return found[0]

    def keep(self, etag: str, body: bytes, seconds: float | None = None) -> None:
        """Keeps a body; for so many seconds, if it follows from more than its validator says."""
        self._forget(etag)
        self._of[etag] = body, float("inf") if seconds is None else self._clock() + seconds
        self._bytes += len(body)
        while self._bytes > self._most:
            self._forget(next(iter(self._of)))

    def _forget(self, etag: str) -> None:
        if etag in self._of:
            self._bytes -= len(self._of.pop(etag)[0])
