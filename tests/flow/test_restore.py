"""Backup and restore: plan-tracking on an older store goes on from its cursor, to the state that it had before."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from deploy.local import stack as local
from deploy.local.ports import Ports, free_base
from deploy.local.process import Process
from deploy.local.services import service
from services.kit.mongo import Database, Document, connect
from tests.flow.publisher import Publisher, until
from tests.servers import Servers, Stack, namespace_on

PLAN = "dluhc/restored-town"

Dump = dict[str, list[Document]]
"""Every document of a database, by collection: what `mongodump` keeps."""


@pytest_asyncio.fixture
async def env(servers: Servers) -> AsyncIterator[dict[str, str]]:
    """The settings of services of the test's own, in a namespace of its own."""
    ports = Ports.from_base(free_base())
    async with namespace_on(servers, f"t-{secrets.token_hex(3)}") as namespace:
        found = local.environment(ports, secrets.token_urlsafe(32), namespace)
        yield found | {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo}


@contextlib.asynccontextmanager
async def running(env: dict[str, str], directory: Path, name: str, url: str) -> AsyncIterator[Process]:
    """A service, until the body ends."""
    process = await service(name, {**env, "MILEPOST_PORT": env[url].rpartition(":")[2]}, directory)
    try:
        yield process
    finally:
        assert await process.stop() is None


async def dump(database: Database) -> Dump:
    """A backup."""
    names = await database.list_collection_names()
    return {name: await database[name].find({}).sort("_id", 1).to_list(None) for name in names}


async def restore(database: Database, backup: Dump) -> None:
    """What is there is gone, and the backup is there."""
    await database.client.drop_database(database.name)
    for name, documents in backup.items():
        if documents:
            await database[name].insert_many(documents)


def concluded(backup: Dump) -> dict[str, Any]:
    """What follows from the records: not who owns a cursor, marks of starts, and which batch last changed a state."""
    kept = {name: _lasting(backup.get(name, [])) for name in ("plans", "milestones", "facts", "history")}
    cursors = {doc["_id"]: (doc["next"], doc["cut"]) for doc in backup["cursors"]}
    return {**kept, "cursors": cursors}


def _lasting(value: Any) -> Any:
    """Without versions and correlation ids, which depend on how records were cut into batches."""
    if isinstance(value, dict):
        return {key: _lasting(one) for key, one in value.items() if key not in ("version", "correlationid")}
    return [_lasting(one) for one in value] if isinstance(value, list) else value


async def test_an_older_store_goes_on_from_its_cursor_to_the_equal_state(env: dict[str, str], tmp_path: Path) -> None:
    """What was accepted after the backup is folded again from the log; nothing else is needed."""
    stack = Stack(env["MILEPOST_NAMESPACE"], env["MILEPOST_PLANS_URL"], env["MILEPOST_INGEST_URL"], "", "", "", "", env)
    client = connect(env["MILEPOST_MONGO"])
    database = client[f"{stack.namespace}_plan_tracking"]
    async with running(env, tmp_path, "ingest", "MILEPOST_INGEST_URL"):
        publisher = Publisher(stack, "dluhc", "dft")
        async with running(env, tmp_path, "plan_tracking", "MILEPOST_PLANS_URL"):
            await publisher.say("plan.published", PLAN, {"title": "Restored", "tolerance": 0}, PLAN)
            await said(publisher, "2027-03-01", 10)
            older = await dump(database)
            await said(publisher, "2027-04-01", 20)
        newest = await dump(database)
        await restore(database, older)
        assert concluded(older) != concluded(newest)
        async with running(env, tmp_path, "plan_tracking", "MILEPOST_PLANS_URL"):

            async def cursors() -> Any:
                return concluded(await dump(database))["cursors"]

            await until(cursors, lambda found: found == concluded(newest)["cursors"], 90)
            found = concluded(await dump(database))
        assert found == concluded(newest)
    await publisher.http.aclose()
    client.close()


async def said(publisher: Publisher, forecast: str, count: int) -> None:
    """So many milestones of two departments, each needing the one before; returns when all are folded."""
    for number in range(count):
        name = f"{('dluhc', 'dft')[number % 2]}/m{number}"
        await publisher.say("milestone.planned", name, {"title": name, "baseline": "2027-03-01"}, PLAN)
        await publisher.say("milestone.forecast", name, {"forecast": forecast, "reason": "so it is"}, PLAN)
        if number:
            needed = f"{('dluhc', 'dft')[(number - 1) % 2]}/m{number - 1}"
            await publisher.say("dependency.declared", name, {"needs": needed}, PLAN)

    def all_there(plan: dict[str, Any]) -> bool:
        found = plan["milestones"].values()
        return len(found) == count and all(one["forecast"] == forecast for one in found)

    await until(lambda: publisher.plan(PLAN), all_there, 60)
