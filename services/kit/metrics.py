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
            "Time from the request's first byte to the response's last",
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

    def show_lag(self, records: Mapping[TopicPartition, int]) -> None:
        """Takes the place of what was shown; a partition that is another's (or cannot be asked for) has no series."""
        self._lag.clear()
        for tp, count in records.items():
            self._lag.labels(tp.topic, str(tp.partition)).set(count)


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


def exposition(of: CollectorRegistry) -> Response:
    """The response to a scrape."""
    return Response(generate_latest(of), media_type=CONTENT_TYPE)


def route_template(request: Request) -> str:
    """The route's template, so that the label does not grow with names."""
    return getattr(request.scope.get("route"), "path", "none")
