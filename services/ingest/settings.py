"""Settings of ingest."""

from services.kit.settings import Settings


class IngestSettings(Settings):
    """`publish_seconds` bounds the wait for Kafka's acknowledgement; `most_event_bytes` one event's body."""

    port: int = 8001
    publish_seconds: float = 10.0
    most_event_bytes: int = 1_000_000
    most_return_bytes: int = 25_000_000
