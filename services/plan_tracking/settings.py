"""Settings of plan-tracking: those every service shares."""

from services.kit.settings import Settings


class PlanTrackingSettings(Settings):
    """Nothing of its own yet."""

    port: int = 8000
