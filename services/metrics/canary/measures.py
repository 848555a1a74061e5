"""What the canary has seen, each declared once with its meaning."""

from typing import Literal, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

Accepted = Literal["accepted", "failed"]
Told = Literal["in-time", "late", "missing"]

IN_TIME_SECONDS = 7.0
"""From the answer 202 to the webhook: the two quiet seconds after which a move is due, and the five of the promise."""

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 3, 4, 5, IN_TIME_SECONDS, 10, 20, 60)


class Measures:
    """Rounds by what came of them."""

    def __init__(self, to: CollectorRegistry) -> None:
        self.accepted_seconds = Histogram(
            "milepost_canary_accepted_seconds",
            "Time until the canary's event was accepted",
            buckets=_BUCKETS,
            registry=to,
        )
        self.told_seconds = Histogram(
            "milepost_canary_told_seconds",
            "Time from the canary's event being accepted to its webhook being told, the 2 s of quiet included",
            buckets=_BUCKETS,
            registry=to,
        )
        self._events = Counter(
            "milepost_canary_events", "The canary's events: `accepted`, or `failed`", ["outcome"], registry=to
        )
        self._tellings = Counter(
            "milepost_canary_tellings",
            "The canary's accepted events: told `in-time` (within 7 s), `late`, or `missing` before the next",
            ["outcome"],
            registry=to,
        )
        self.last_told = Gauge(
            "milepost_canary_last_told_timestamp_seconds", "When the canary was last told", registry=to
        )
        for accepted in get_args(Accepted):  # shown from the start, so that the first of each is a rise
            self._events.labels(accepted)
        for told in get_args(Told):
            self._tellings.labels(told)

    def event(self, outcome: Accepted, seconds: float) -> None:
        """Counts an event."""
        self._events.labels(outcome).inc()
        if outcome == "accepted":
            self.accepted_seconds.observe(seconds)

    def told(self, seconds: float) -> None:
        """Counts a telling that has come."""
        self._tellings.labels("in-time" if seconds <= IN_TIME_SECONDS else "late").inc()
        self.told_seconds.observe(seconds)
        self.last_told.set_to_current_time()

    def missing(self) -> None:
        """Counts a telling that has not come."""
        self._tellings.labels("missing").inc()
