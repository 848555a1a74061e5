"""What the tests of containers share: the services, what images are, and which settings there are."""

import re
from pathlib import Path
from typing import Any

import yaml

from deploy.local.process import REPOSITORY
from services.alerting.settings import AlertingSettings
from services.ingest.settings import IngestSettings
from services.kit.settings import Settings
from services.metrics.canary.settings import CanarySettings
from services.metrics.settings import MetricsSettings
from services.plan_tracking.settings import PlanTrackingSettings

SETTINGS: dict[str, type[Settings]] = {
    "plan-tracking": PlanTrackingSettings,
    "ingest": IngestSettings,
    "alerting": AlertingSettings,
    "metrics": MetricsSettings,
    "canary": CanarySettings,
}
"""Each service as containers are named, and what it can be told."""

COMMANDS = {name: [f"services.{name.replace('-', '_')}"] for name in SETTINGS} | {
    "canary": ["services.metrics", "canary"]
}
"""What the image is told to run for each."""

EXACT = re.compile(r"^[a-z0-9./-]+:v?\d+\.\d+\.\d+[a-z0-9.-]*$")
"""An image whose version is exact: `latest`, `8` and `8.0` are not."""


def variables(settings: type[Settings]) -> set[str]:
    """The environment's names of a service's settings."""
    return {f"MILEPOST_{name.upper()}" for name in settings.model_fields}


def documents(text: str) -> list[dict[str, Any]]:
    """The documents of a YAML file."""
    return [one for one in yaml.safe_load_all(text) if one]


def compose() -> dict[str, Any]:
    """docker-compose.yml, with its anchors merged."""
    [found] = documents((REPOSITORY / "docker-compose.yml").read_text())
    return found


def folder(name: str) -> Path:
    """A folder of the deployment."""
    return REPOSITORY / "deploy" / name
