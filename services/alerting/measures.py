"""The metrics of alerting, each declared once with its meaning."""

import math
from typing import get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.alerting.domain.model import Channel


class Measures:
    """What is composed, sent and still due."""

    def __init__(self, to: CollectorRegistry) -> None:
        self.told_seconds = Histogram(
            "milepost_told_latency_seconds",
            "Time from when a subscriber became due to when its notification was delivered",
            ["channel"],
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 86_400),
            registry=to,
        )
        self.composed = Counter("milepost_notifications", "Notifications composed, by kind", ["kind"], registry=to)
        self.attempts = Counter(
            "milepost_attempts",
            "Attempts to deliver a notification, by channel and outcome",
            ["channel", "outcome"],
            registry=to,
        )
        self.undelivered = Counter(
            "milepost_undelivered",
            "Notifications given up after the last attempt, or refused",
            ["channel"],
            registry=to,
        )
        for channel in get_args(Channel):  # shown from the start, so that the first of each is a rise
            self.told_seconds.labels(channel)
            self.undelivered.labels(channel)
        self.unreachable = Gauge(
            "milepost_unreachable_departments",
            "Departments that have been heard of in a plan and have no confirmed address; NaN until they are counted",
            registry=to,
        )
        self.unreachable.set(math.nan)
        self.due_rows = Gauge(
            "milepost_due_rows",
            "Subscriptions, of all replicas, that were to be told 5 s ago or could not be; NaN before they are counted",
            registry=to,
        )
        self.due_rows.set(math.nan)
