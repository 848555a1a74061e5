"""The command line: runs the service, and tells whether it could."""

import typer

from schemas import topics
from services.kit import check as checks
from services.kit.serve import main
from services.metrics.app import build
from services.metrics.canary.app import build as build_canary
from services.metrics.canary.settings import CanarySettings
from services.metrics.settings import MetricsSettings

app = typer.Typer(add_completion=False, help="Milepost metrics: delivery performance as Prometheus series.")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Runs the service when no command is given."""
    if context.invoked_subcommand is None:
        settings = MetricsSettings()
        main("metrics", settings, lambda: build(settings))


@app.command()
def canary() -> None:
    """Runs the canary beside the services: a hidden plan moves a date every minute, and times what comes of it."""
    settings = CanarySettings()
    main("canary", settings, lambda: build_canary(settings))


@app.command()
def check() -> None:
    """Prints the settings and what the service would connect to, and whether it can; exits with 1 when it cannot."""
    settings = MetricsSettings()
    space = settings.namespace
    checks.tell(settings, [checks.kafka(settings, checks.Needs([topics.plans(space), topics.alerts(space)]))])
