"""What plan-tracking shows of delivery beside its work, each declared once with its meaning."""

from prometheus_client import CollectorRegistry, Counter

OTHER = "other"
"""The department under which is counted whatever is said in a plan that is not public."""


class Measures:
    """How much forecasts are worth: how often owners' dates move, and how far."""

    def __init__(self, to: CollectorRegistry) -> None:
        labels = ["department", "direction"]
        self._moves = Counter(
            "milepost_forecast_moves",
            "Dates of open milestones that their owners have moved, `later` or `earlier`; a new baseline is none",
            labels,
            registry=to,
        )
        self._days = Counter(
            "milepost_forecast_moved_days", "By how many days, in all, these dates were moved", labels, registry=to
        )

    def moved(self, department: str, days: int) -> None:
        """Counts one move; `days` is below zero when it is earlier."""
        direction = "later" if days > 0 else "earlier"
        self._moves.labels(department, direction).inc()
        self._days.labels(department, direction).inc(abs(days))
