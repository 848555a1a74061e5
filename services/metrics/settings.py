"""Settings of the metrics service."""

from services.kit.settings import Settings


class MetricsSettings(Settings):
    """Nothing of its own but the port."""

    port: int = 8003
