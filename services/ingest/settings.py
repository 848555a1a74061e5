"""Settings of ingest."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PositiveInt
from pydantic_settings import NoDecode

from schemas.names import RESERVED, Department
from services.kit.refusal import Refused
from services.kit.settings import Settings


def _listed(said: Any) -> Any:
    return [name.strip() for name in said.split(",") if name.strip()] if isinstance(said, str) else said


def _each_once(departments: tuple[str, ...]) -> tuple[str, ...]:
    if RESERVED in departments:
        raise ValueError(f"{RESERVED} is reserved for Milepost itself: no inbox can speak for it")
    return tuple(dict.fromkeys(departments))


class IngestSettings(Settings):
    """`publish_seconds` bounds the wait for Kafka's acknowledgement; `most_event_bytes` one event's body.

    `requests_a_minute` is what one key may ask of one replica. `inboxes` are the departments, with `,` between them,
    whose inbox topics are read: none by default.
    """

    port: int = 8001
    publish_seconds: float = 10.0
    most_event_bytes: int = 1_000_000
    most_return_bytes: int = 25_000_000
    requests_a_minute: PositiveInt = 600
    inboxes: Annotated[tuple[Department, ...], NoDecode, BeforeValidator(_listed), AfterValidator(_each_once)] = ()

    def refuse_open_inboxes(self) -> None:
        """Raises Refused where anyone could write to an inbox: Milepost reaches its broker without authentication."""
        if self.inboxes and self.mode != "local" and not self.kafka_security.startswith("SASL"):
            raise Refused(
                f"MILEPOST_INBOXES names {', '.join(self.inboxes)}, but the broker at {self.kafka} is reached without "
                "authentication, so that anyone could write in a department's name: unset MILEPOST_INBOXES, or see to "
                "it that the broker asks who is there, and set MILEPOST_KAFKA_SECURITY=SASL_SSL"
            )
