"""How much one caller may ask."""

import math
import time

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from services.kit.http import Problem


class Allowance:
    """Counts the requests of each caller against one limit, in memory: every replica allows as much."""

    def __init__(self, limit: RateLimitItem) -> None:
        self._limit, self._limiter = limit, FixedWindowRateLimiter(MemoryStorage())

    async def spend(self, caller: str) -> None:
        """Counts a request; raises a 429 problem, which says when to come again, once the caller has none left."""
        if await self._limiter.hit(self._limit, caller):
            return
        reset, _ = await self._limiter.get_window_stats(self._limit, caller)
        wait = max(1, math.ceil(reset - time.time()))
        detail = f"The limit is {self._limit} for one key: wait {wait} s. A batch carries many events in one request"
        raise Problem(429, "Too many requests", detail, headers={"Retry-After": str(wait)})
