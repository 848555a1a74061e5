"""The metrics every service shows, each declared once with its meaning; one registry per application."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
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
        self.lag = Gauge("milepost_consumer_lag_records", "Records not yet worked on", ["topic"], registry=to)


def exposition(of: CollectorRegistry) -> Response:
    """The response to a scrape."""
    return Response(generate_latest(of), media_type=CONTENT_TYPE)


def route_template(request: Request) -> str:
    """The route's template, so that the label does not grow with names."""
    return getattr(request.scope.get("route"), "path", "none")
