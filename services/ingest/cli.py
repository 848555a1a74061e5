"""The command line: runs the service, and issues, lists and revokes keys."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import httpx
import typer
from aiokafka.errors import KafkaError
from pydantic import TypeAdapter, ValidationError

from schemas import topics
from schemas.names import RESERVED, Department, Mailbox
from services.ingest.app import build
from services.ingest.domain.keys import digest, new_key
from services.ingest.senders.contacts import hand
from services.ingest.settings import IngestSettings
from services.ingest.store.keys import Key, KeyStore
from services.kit import check as checks
from services.kit.mongo import connect
from services.kit.refusal import Refused
from services.kit.serve import main
from services.kit.topics import ensure_topics

T = TypeVar("T")

app = typer.Typer(add_completion=False, help="Milepost ingest: takes what departments publish.")
keys = typer.Typer(help="Keys of departments.", no_args_is_help=True)
app.add_typer(keys, name="keys")


@app.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Runs the service when no command is given."""
    if context.invoked_subcommand is None:
        settings = IngestSettings()
        main("ingest", settings, lambda: build(settings))


@app.command("topics")
def make_topics() -> None:
    """Makes the topics that are missing, and the inboxes of MILEPOST_INBOXES, each on MILEPOST_REPLICATION brokers.

    Run again, it changes nothing; it exits with 1 and a sentence when Kafka is not reached or refuses.
    """
    settings = IngestSettings()
    kafka, replicas, inboxes = settings.kafka_access, settings.replication, settings.inboxes
    try:
        asyncio.run(ensure_topics(kafka, settings.namespace, replicas=replicas, inboxes=inboxes))
    except (KafkaError, Refused) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Every topic of {settings.namespace} is there.")


@app.command()
def check() -> None:
    """Prints the settings and what the service would connect to, and whether it can; exits with 1 when it cannot."""
    settings = IngestSettings()
    space = settings.namespace
    inboxes = [topics.inbox(department, space) for department in settings.inboxes]
    written = [topics.events(space), topics.departments(space), topics.rejected(space)]
    needs = checks.Needs([topics.rejected(space), *inboxes], written, settings.inboxes)
    doors = [checks.door("plan-tracking", settings.plans_url), checks.door("alerting", settings.alerts_url)]
    checks.tell(settings, [checks.kafka(settings, needs), checks.mongo(settings, "ingest"), *doors])


@keys.command("issue")
def issue(
    departments: Annotated[list[str], typer.Argument(help="slugs of the departments that the key speaks for")],
    contact: Annotated[str, typer.Option(help="the mailbox of the team that answers for the key")],
) -> None:
    """Makes a key and prints it, once, as JSON: {"key", "departments"}.

    A successor's key names its own department first, and then those that it continues. The contact is handed to
    alerting, which makes it the departments' first subscriber once it has confirmed.
    """
    spoken_for = tuple(dict.fromkeys(map(_department, departments)))
    _check(Mailbox, contact, "is no mail address, such as team@example.gov.uk")
    key = new_key()
    stored = Key(digest(key), spoken_for, contact, dt.datetime.now(dt.UTC))
    _with_store(lambda store: store.add(stored))
    typer.echo(json.dumps({"key": key, "departments": spoken_for}))
    if wrong := _with_store(lambda store: _hand(store, stored, key)):
        typer.echo(
            f"The key is good. Its contact is not with alerting yet ({wrong}); nothing is to be done: "
            "the running ingest service hands it over, and tries every minute until it is taken.",
            err=True,
        )


@keys.command("list")
def list_keys() -> None:
    """Prints every key's id, departments, contact, when it was made, last used and revoked; one JSON object a line."""
    for key in _with_store(lambda store: store.all()):
        typer.echo(json.dumps(_shown(key)))


@keys.command("revoke")
def revoke(
    identifier: Annotated[str, typer.Argument(help="the key, or its id from `keys list`")],
) -> None:
    """Revokes a key; it is refused within ten seconds by ingest and within a minute by the other services.

    A session that was opened with it lasts until it expires, for at most eight hours.
    """

    async def work(store: KeyStore) -> bool:
        matching = [key for key in await store.all() if identifier == key.id or digest(identifier) == key.digest]
        return len(matching) == 1 and await store.revoke(matching[0].digest, dt.datetime.now(dt.UTC))

    if not _with_store(work):
        raise typer.BadParameter(f"{identifier} names no key, or more than one")


async def _hand(store: KeyStore, stored: Key, key: str) -> str | None:
    async with httpx.AsyncClient(base_url=IngestSettings().alerts_url, timeout=5) as alerts:
        wrong = await hand(alerts, stored.departments, stored.contact, key)
    if not wrong:
        await store.hand(stored.digest)
    return wrong


def _shown(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "departments": key.departments,
        "contact": key.contact,
        "handed": key.handed,
        "created": key.created.isoformat(),
        "used": key.used and key.used.isoformat(),
        "revoked": key.revoked and key.revoked.isoformat(),
    }


def _department(name: str) -> str:
    _check(Department, name, "is no slug: lowercase letters, digits and `-`")
    if name == RESERVED:
        raise typer.BadParameter(f"{RESERVED} is reserved for Milepost itself")
    return name


def _check(kind: Any, said: str, wrong: str) -> None:
    try:
        TypeAdapter(kind).validate_python(said)
    except ValidationError as error:
        raise typer.BadParameter(f"{said!r} {wrong}") from error


def _with_store(work: Callable[[KeyStore], Awaitable[T]]) -> T:
    async def connected() -> T:
        settings = IngestSettings()
        client = connect(settings.mongo)
        try:
            return await work(KeyStore(client[settings.database("ingest")]))
        finally:
            client.close()

    return asyncio.run(connected())
