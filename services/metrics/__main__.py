"""`python -m services.metrics`: runs the service."""

from services.kit.serve import main
from services.metrics.app import build
from services.metrics.settings import MetricsSettings

if __name__ == "__main__":
    settings = MetricsSettings()
    main("metrics", settings, lambda: build(settings))
