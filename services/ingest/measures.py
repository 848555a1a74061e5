"""What ingest shows of its work, each declared once with its meaning."""

from prometheus_client import CollectorRegistry, Counter


class Measures:
    """The metrics of ingest."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.rejections = Counter(
            "milepost_rejections",
            "Refused records that were kept for their department; `unknown` has no key, `field` is what was at fault",
            ["department", "field"],
            registry=registry,
        )
