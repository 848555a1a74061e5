"""The command line: runs the service, and asks for plans to be rebuilt."""

import asyncio
import datetime as dt
import json
import uuid
from typing import Annotated

import typer

from schemas import topics
from schemas.network import RebuildRequested
from services.kit import check as checks
from services.kit.kafka import Message, partition_of, producer, send
from services.kit.mongo import Document, connect
from services.kit.serve import main
from services.plan_tracking.app import build
from services.plan_tracking.domain.exports.dictionary import markdown
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.store import Store

OPERATOR = "/milepost/operator"
LOOK_SECONDS = 0.5

app = typer.Typer(add_completion=False, help="Milepost plans: keeps every plan, and shows it.")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Runs the service when no command is given."""
    if context.invoked_subcommand is None:
        settings = PlanTrackingSettings()
        main("plan-tracking", settings, lambda: build(settings))


@app.command()
def rebuild(
    plans: Annotated[list[str] | None, typer.Argument(help="plans by name, such as dluhc/towns-fund")] = None,
    all_plans: Annotated[bool, typer.Option("--all", help="every plan there is")] = False,
    patience: Annotated[float, typer.Option(help="seconds without progress after which it stops waiting")] = 60,
) -> None:
    """Folds plans again from their history, and tells what differed. A stuck plan is retried by it.

    The running service does it; each report is printed as a line of JSON. The exit code is 1 when anything differed,
    2 when not all reports came in time (they are still made when the service is there again).
    """
    if bool(plans) == all_plans:
        raise typer.BadParameter("name plans, or say --all")
    reports, asked = asyncio.run(_rebuild(plans or [], patience))
    for report in reports:
        typer.echo(json.dumps({name: value for name, value in report.items() if name != "_id"}))
    raise typer.Exit(2 if len(reports) < asked else int(any(report["differing"] for report in reports)))


@app.command()
def dictionary() -> None:
    """Prints the data dictionary of what plans are published as, as a page of the documentation."""
    typer.echo(markdown(), nl=False)


@app.command()
def check() -> None:
    """Prints the settings and what the service would connect to, and whether it can; exits with 1 when it cannot."""
    settings = PlanTrackingSettings()
    space = settings.namespace
    written = [topics.events(space), topics.milestones(space), topics.plans(space), topics.rejected(space)]
    needs = checks.Needs([topics.events(space), topics.plans(space), topics.alerts(space)], written)
    doors = checks.door("ingest", settings.ingest_url)
    checks.tell(settings, [checks.kafka(settings, needs), checks.mongo(settings, "plan_tracking"), doors])


async def _rebuild(plans: list[str], patience: float) -> tuple[list[Document], int]:
    settings = PlanTrackingSettings()
    client = connect(settings.mongo)
    try:
        store = Store(client, client[settings.database("plan_tracking")])
        known = await store.names()
        if unknown := set(plans) - set(known):
            raise typer.BadParameter(f"there is no plan {', '.join(sorted(unknown))}")
        ids = {f"rebuild-{uuid.uuid4()}": plan for plan in plans or known}
        await _ask(settings, ids)
        return await _wait(store, list(ids), patience), len(ids)
    finally:
        client.close()


async def _ask(settings: PlanTrackingSettings, ids: dict[str, str]) -> None:
    topic, now = topics.events(settings.namespace).name, dt.datetime.now(dt.UTC)
    async with producer(settings.kafka_access) as to:
        await send(
            to, [Message(topic, partition_of(plan), plan, _request(one, plan, now)) for one, plan in ids.items()]
        )


def _request(identifier: str, plan: str, now: dt.datetime) -> bytes:
    request = RebuildRequested(
        specversion="1.0", id=identifier, source=OPERATOR, subject=plan, plan=plan, time=now, acceptedtime=now
    )
    return request.model_dump_json(exclude_none=True).encode()


async def _wait(store: Store, ids: list[str], patience: float) -> list[Document]:
    """The reports as they come in, with a progress bar; ends when no more has come for so many seconds."""
    done, since = await store.rebuilt(ids), 0.0
    with typer.progressbar(length=len(ids), label="rebuilding", file=typer.get_text_stream("stderr")) as bar:
        while len(done) < len(ids) and since < patience:
            await asyncio.sleep(LOOK_SECONDS)
            now = await store.rebuilt(ids)
            bar.update(len(now) - len(done))
            done, since = now, 0.0 if len(now) > len(done) else since + LOOK_SECONDS
    return done
