"""`python -m services.alerting`: runs the service."""

from services.alerting.app import build
from services.alerting.settings import AlertingSettings
from services.kit.serve import main

if __name__ == "__main__":
    settings = AlertingSettings()
    main("alerting", settings, lambda: build(settings))
