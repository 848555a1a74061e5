"""The metrics every service shows, each declared once with its meaning; one registry per application."""

from collections.abc import Callable, Iterator, Mapping

from aiokafka import TopicPartition
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

CONTENT_TYPE = CONTENT_TYPE_LATEST


def registry() -> CollectorRegistry:
    """A registry that already shows the process itself."""
    fresh = CollectorRegistry()
    ProcessCollector(registry=fresh)
    return fresh


class HttpMetrics:
    """Rate, errors and duration of requests, by route template."""

    def __init__(self, to: CollectorRegistry) -> None:
        self.seconds = Histogram(
            "milepost_http_request_duration_seconds",
            "Time from the request's first byte to the response's last; of a stream of events to its beginning",
            ["method", "route", "status"],
            registry=to,
        )


class ConsumerMetrics:
    """What a consumer of events or states does."""

    def __init__(self, to: CollectorRegistry) -> None:
        self.records = Counter("milepost_consumed_records", "Records worked on", ["topic"], registry=to)
        self.rejected = Counter("milepost_rejected_records", "Records sent to the rejected topic", registry=to)
        self.batch_seconds = Histogram(
            "milepost_batch_duration_seconds", "Time of one batch, by step of the work", ["step"], registry=to
        )
        self._lag = Gauge(
            "milepost_consumer_lag_records",
            "Records not yet worked on, of the partitions that this replica has",
            ["topic", "partition"],
            registry=to,
        )
        self.notes = Gauge(
            "milepost_outbox_notes",
            "Notes, of all replicas, of what was decided 5 s ago and is not announced; NaN when they cannot be read",
            registry=to,
        )
        self.retries = Counter(
            "milepost_retries",
            "Batches and assignments that failed and are tried again, by which",
            ["work"],
            registry=to,
        )
        for work in ("batch", "assignment"):
            self.retries.labels(work)

    def retried(self, work: str) -> None:
        """Counts a failure of a batch or an assignment that is tried again."""
        self.retries.labels(work).inc()

    def show_lag(self, records: Mapping[TopicPartition, int]) -> None:
        """Takes the place of what was shown; a partition that is another's (or cannot be asked for) has no series."""
        self._lag.clear()
        for tp, count in records.items():
            self._lag.labels(tp.topic, str(tp.partition)).set(count)


class CacheMetrics:
    """Whether what is kept in memory is of use."""

    def __init__(self, to: CollectorRegistry) -> None:
        self._asked = Counter(
            "milepost_cache_requests",
            "What was looked for in memory: `hit` or `miss`",
            ["cache", "outcome"],
            registry=to,
        )

    def asked(self, cache: str, *, hit: bool) -> None:
        """Counts one look."""
        self._asked.labels(cache, "hit" if hit else "miss").inc()


class HealthMetrics(Collector):
    """What `/healthz` and `/readyz` say, by check: `alive` is of the first, `ready` of the second."""

    def __init__(self, checks: Mapping[str, Mapping[str, Callable[[], str | None]]]) -> None:
        self._checks = checks

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Asks each check anew."""
        family = GaugeMetricFamily(
            "milepost_check_failing", "1 while a check of a service's health fails", labels=["kind", "check"]
        )
        for kind, checks in self._checks.items():
            for name, check in checks.items():
                family.add_metric([kind, name], check() is not None)
        yield family


def exposition(of: CollectorRegistry, more: Callable[[], bytes] = bytes) -> Response:
    """The response to a scrape; `more` are further families, already written."""
    return Response(generate_latest(of) + more(), media_type=CONTENT_TYPE)


def route_template(request: Request) -> str:
    """The route's template, so that the label does not grow with names."""
    return getattr(request.scope.get("route"), "path", "none")
