"""The gauges of what waits: set from what is asked, and without a number when it cannot be known."""

import asyncio
import math
from collections.abc import Callable

from aiokafka import TopicPartition
from prometheus_client import CollectorRegistry

from services.kit.backlog import Lag, count_left, keep_measuring
from services.kit.metrics import ConsumerMetrics

FIRST, SECOND = TopicPartition("events", 0), TopicPartition("events", 1)


def lagging(of: dict[TopicPartition, int] | Exception) -> Lag:
    """A consumer that answers so."""

    async def lag() -> dict[TopicPartition, int]:
        if isinstance(of, Exception):
            raise of
        return of

    return lag


class Outbox:
    """Answers with each in turn, and then for ever with the last."""

    def __init__(self, *answers: set[str] | Exception) -> None:
        self.answers, self.asked = answers, 0
        self.all = asyncio.Event()

    async def __call__(self) -> set[str]:
        """The ids of the notes."""
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if self.asked > len(self.answers) + 1:  # so what was answered before is shown
            self.all.set()
        if isinstance(answer, Exception):
            raise answer
        return answer


async def measured(metrics: ConsumerMetrics, lag: Lag, *answers: set[str] | Exception) -> None:
    """Measures until what the outbox answered last is shown."""
    outbox = Outbox(*answers)
    measuring = asyncio.create_task(keep_measuring([lagging({SECOND: 1}), lag], metrics, outbox, every=0))
    async with asyncio.timeout(20):
        await outbox.all.wait()
    measuring.cancel()
    await asyncio.gather(measuring, return_exceptions=True)


def shown(registry: CollectorRegistry) -> Callable[[TopicPartition], float | None]:
    """What the lag's gauge has of a partition."""
    name = "milepost_consumer_lag_records"
    return lambda tp: registry.get_sample_value(name, {"topic": tp.topic, "partition": str(tp.partition)})


async def test_each_partition_has_its_lag_and_one_that_went_elsewhere_has_none() -> None:
    """Of all consumers of the service."""
    registry = CollectorRegistry()
    metrics, lag = ConsumerMetrics(registry), shown(registry)
    await measured(metrics, lagging({FIRST: 4}), set())
    assert (lag(FIRST), lag(SECOND)) == (4, 1)
    await measured(metrics, lagging({}), set())
    assert (lag(FIRST), lag(SECOND)) == (None, 1)


async def test_only_notes_that_stay_are_counted() -> None:
    """Those of a batch under way come and go."""
    registry = CollectorRegistry()
    metrics = ConsumerMetrics(registry)
    await measured(metrics, lagging({}), {"a", "b"}, {"b", "c", "d"})
    assert registry.get_sample_value("milepost_outbox_notes") == 3
    assert await count_left(Outbox({"e"}), {"d"}, metrics) == {"e"}
    assert registry.get_sample_value("milepost_outbox_notes") == 0


async def test_what_cannot_be_asked_has_no_number_and_stops_nothing() -> None:
    """An old number would say that all is well."""
    registry = CollectorRegistry()
    metrics, lag = ConsumerMetrics(registry), shown(registry)
    await measured(metrics, lagging({FIRST: 4}), {"a"})
    assert registry.get_sample_value("milepost_outbox_notes") == 1
    await measured(metrics, lagging(ConnectionError("gone")), ConnectionError("gone"))
    assert lag(FIRST) is None
    assert math.isnan(registry.get_sample_value("milepost_outbox_notes") or 0)
