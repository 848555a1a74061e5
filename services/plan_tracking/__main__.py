"""`python -m services.plan_tracking`: runs the service."""

from services.kit.serve import main
from services.plan_tracking.app import build
from services.plan_tracking.settings import PlanTrackingSettings

if __name__ == "__main__":
    settings = PlanTrackingSettings()
    main("plan-tracking", settings, lambda: build(settings))
