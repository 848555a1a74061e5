"""The command line: runs the service, and tells whether it could."""

import typer

from schemas import topics
from services.alerting.app import build, mail_server
from services.alerting.settings import AlertingSettings
from services.kit import check as checks
from services.kit.serve import main

app = typer.Typer(add_completion=False, help="Milepost alerting: tells everyone downstream.")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Runs the service when no command is given."""
    if context.invoked_subcommand is None:
        settings = AlertingSettings()
        main("alerting", settings, lambda: build(settings))


@app.command()
def check() -> None:
    """Prints the settings and what the service would connect to, and whether it can; exits with 1 when it cannot."""
    settings = AlertingSettings()
    space = settings.namespace
    needs = checks.Needs(
        reads=[topics.milestones(space), topics.plans(space), topics.departments(space)],
        writes=[topics.alerts(space), topics.rejected(space)],
    )
    questions = [
        checks.kafka(settings, needs),
        checks.mongo(settings, "alerting"),
        checks.door("ingest", settings.ingest_url),
        _mail(settings),
    ]
    checks.tell(settings, questions)


async def _mail(settings: AlertingSettings) -> list[checks.Found]:
    where = f"{settings.smtp_host}:{settings.smtp_port} ({settings.smtp_security})"

    async def question() -> list[checks.Found]:
        await mail_server(settings).greet()
        return [checks.Found("mail server", where)]

    return await checks.asked("mail server", where, question)
