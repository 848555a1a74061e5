"""What waits to be worked on, asked for every few seconds: records of each partition, and notes of an outbox."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiokafka import TopicPartition

from services.kit.logs import logger
from services.kit.metrics import ConsumerMetrics

log = logger(__name__)

EVERY_SECONDS = 5.0

Lag = Callable[[], Awaitable[Mapping[TopicPartition, int]]]
Notes = Callable[[], Awaitable[set[str]]]
"""The ids of the notes that are in an outbox."""


async def keep_measuring(
    lags: Sequence[Lag], metrics: ConsumerMetrics, notes: Notes | None = None, every: float = EVERY_SECONDS
) -> None:
    """Sets the gauges until cancelled; what cannot be asked for has no series, for an old number would mislead."""
    before = set[str]()
    while True:
        metrics.show_lag(await _asked(lags))
        if notes:
            before = await count_left(notes, before, metrics)
        await asyncio.sleep(every)


async def _asked(lags: Sequence[Lag]) -> dict[TopicPartition, int]:
    try:
        return {tp: records for lag in lags for tp, records in (await lag()).items()}
    except Exception as error:  # whatever it is, the work goes on: a gauge must not stop a service
        log.warning("the lag cannot be measured", error=f"{type(error).__name__}: {error}")
        return {}


async def count_left(notes: Notes, before: set[str], metrics: ConsumerMetrics) -> set[str]:
    """Counts those that were there before too: a note of a batch that is under way is nothing to speak of."""
    try:
        found = await notes()
    except Exception as error:
        metrics.notes.set(math.nan)
        log.warning("the outbox cannot be read", error=f"{type(error).__name__}: {error}")
        return before
    metrics.notes.set(len(found & before))
    return found
