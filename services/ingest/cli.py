"""The command line: runs the service, and issues, lists and revokes keys."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError

from schemas.names import RESERVED, Department
from services.ingest.app import build
from services.ingest.domain.keys import digest, new_key
from services.ingest.settings import IngestSettings
from services.ingest.store.keys import Key, KeyStore
from services.kit.mongo import connect
from services.kit.serve import main

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


@keys.command("issue")
def issue(
    departments: Annotated[list[str], typer.Argument(help="slugs of the departments that the key speaks for")],
    contact: Annotated[str, typer.Option(help="the team mailbox that answers for the key")],
) -> None:
    """Makes a key and prints it, once, as JSON: {"key", "departments"}."""
    for department in departments:
        _check(department)
    key = new_key()
    stored = Key(digest(key), tuple(departments), contact, dt.datetime.now(dt.UTC))
    _with_store(lambda store: store.add(stored))
    typer.echo(json.dumps({"key": key, "departments": departments}))


@keys.command("list")
def list_keys() -> None:
    """Prints every key's id, departments, contact, and when it was made and revoked; one JSON object a line."""
    for key in _with_store(lambda store: store.all()):
        typer.echo(
            json.dumps(
                {
                    "id": key.digest[:16],
                    "departments": key.departments,
                    "contact": key.contact,
                    "created": key.created.isoformat(),
                    "revoked": key.revoked.isoformat() if key.revoked else None,
                }
            )
        )


@keys.command("revoke")
def revoke(
    identifier: Annotated[str, typer.Argument(help="the key, or its id from `keys list`")],
) -> None:
    """Revokes a key; it is refused at once by ingest and within a minute by the other services."""

    async def work(store: KeyStore) -> bool:
        matching = [k for k in await store.all() if k.digest.startswith(identifier) or k.digest == digest(identifier)]
        return len(matching) == 1 and await store.revoke(matching[0].digest, dt.datetime.now(dt.UTC))

    if not _with_store(work):
        raise typer.BadParameter(f"{identifier} names no key, or more than one")


def _check(department: str) -> None:
    try:
        TypeAdapter(Department).validate_python(department)
    except ValidationError as error:
        raise typer.BadParameter(f"{department!r} is no slug: lowercase letters, digits and `-`") from error
    if department == RESERVED:
        raise typer.BadParameter(f"{RESERVED} is reserved for Milepost itself")


def _with_store(work: Callable[[KeyStore], Awaitable[T]]) -> T:
    async def connected() -> T:
        settings = IngestSettings()
        client = connect(settings.mongo)
        try:
            return await work(KeyStore(client[settings.database("ingest")]))
        finally:
            client.close()

    return asyncio.run(connected())
