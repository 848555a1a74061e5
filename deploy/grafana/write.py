"""The dashboards as the files that Grafana is given."""

from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.delivery import delivery
from deploy.grafana.health import health

FOLDER = Path(__file__).with_name("dashboards")


def rendered() -> dict[str, str]:
    """The text of each file, by its name."""
    encoder = JSONEncoder(sort_keys=True, indent=2)
    made = {"delivery.json": delivery(), "services.json": health()}
    return {name: encoder.encode(one.build()) + "\n" for name, one in made.items()}
