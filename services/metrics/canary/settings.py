"""Settings of the canary."""

from pydantic import Field

from services.kit.settings import Settings


class CanarySettings(Settings):
    """`canary_webhook` is where alerting reaches the canary's own receiver; a date moves every `canary_seconds`."""

    port: int = 8004
    canary_webhook: str = "http://127.0.0.1:8004/told"
    canary_seconds: float = Field(60.0, gt=0)
