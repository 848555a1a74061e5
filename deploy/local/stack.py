"""The whole local stack: servers, topics, receiver and services, started side by side and stopped in reverse."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from aiokafka.errors import KafkaError

from deploy.local.jars import Progress
from deploy.local.kafka import kafka
from deploy.local.ports import HOST, Ports
from deploy.local.process import DiskFull, Process, StackError
from deploy.local.services import module, service
from deploy.local.side_by_side import side_by_side
from deploy.local.store import store
from services.ingest.settings import IngestSettings
from services.kit.topics import TopicsUnfit, ensure_topics

SERVICES = ("plan_tracking", "ingest", "alerting", "metrics")

Say = Callable[[str], None]
Starting = Coroutine[Any, Any, Process]


def secret(directory: Path) -> str:
    """The session secret of this stack: made once, and readable by its owner only."""
    path = directory / "secret"
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()


def environment(ports: Ports, session_secret: str, namespace: str = "milepost") -> dict[str, str]:
    """The settings that all services of a stack share."""
    return {
        "MILEPOST_MODE": "local",
        "MILEPOST_NAMESPACE": namespace,
        "MILEPOST_REPLICA": "1",
        "MILEPOST_KAFKA": f"{HOST}:{ports.kafka}",
        "MILEPOST_MONGO": f"mongodb://{HOST}:{ports.store}",
        "MILEPOST_HOST": HOST,
        "MILEPOST_PLANS_URL": f"http://{HOST}:{ports.plan_tracking}",
        "MILEPOST_INGEST_URL": f"http://{HOST}:{ports.ingest}",
        "MILEPOST_ALERTS_URL": f"http://{HOST}:{ports.alerting}",
        "MILEPOST_METRICS_URL": f"http://{HOST}:{ports.metrics}",
        "MILEPOST_SESSION_SECRET": session_secret,
        "MILEPOST_SMTP_HOST": HOST,
        "MILEPOST_SMTP_PORT": str(ports.mail),
        "MILEPOST_INBOXES": os.environ.get("MILEPOST_INBOXES", ""),
    }


def servers(directory: Path, ports: Ports, progress: Progress | None = None) -> list[Starting]:
    """Kafka and the store, to be started side by side."""
    return [kafka(directory, ports.kafka, progress=progress), store(directory, ports.store)]


def applications(directory: Path, ports: Ports, env: dict[str, str]) -> list[Starting]:
    """The demo receiver and the four services, to be started side by side."""
    own = {name: {**env, "MILEPOST_PORT": str(getattr(ports, name))} for name in (*SERVICES, "receiver")}
    receiver = module("deploy.local.receiver", "receiver", ports.receiver, own["receiver"], directory)
    return [receiver, *(service(name, own[name], directory) for name in SERVICES)]


@contextlib.asynccontextmanager
async def running(starting: Iterable[Starting], say: Say = print) -> AsyncIterator[list[Process]]:
    """Processes started side by side, and stopped side by side however the body ends.

    When one does not become ready the others are stopped, and its StackError is raised.
    """
    started: list[Process] = []

    async def start(one: Starting) -> None:
        started.append(await one)

    try:
        await side_by_side(start(one) for one in starting)
        yield started
    finally:
        for wrong in await asyncio.gather(*(process.stop() for process in started)):
            if wrong:
                say(wrong)


@contextlib.asynccontextmanager
async def watched(processes: Iterable[Process]) -> AsyncIterator[None]:
    """Ends the body with StackError, naming the process and quoting its log, when one of them ends by itself."""
    try:
        async with asyncio.TaskGroup() as group:
            watches = [group.create_task(_raise_at_end(process)) for process in processes]
            yield
            for watch in watches:
                watch.cancel()
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _raise_at_end(process: Process) -> None:
    await process.ended()
    death = process.death()
    if isinstance(death, DiskFull):  # nothing in its log is of more use than this
        raise death
    lines = "".join(f"\n  {line}" for line in process.last_lines(10))
    raise StackError(f"{death}\nThe last lines of {process.log}:{lines}")


@contextlib.asynccontextmanager
async def stack(
    directory: Path, ports: Ports, say: Say = print, progress: Progress | None = None
) -> AsyncIterator[dict[str, str]]:
    """Everything running, with its data in `directory`; yields the settings that its services share.

    A process that ends by itself ends the body with StackError. Services stop before servers.
    """
    directory.mkdir(parents=True, exist_ok=True)
    ports.require_free()
    env = environment(ports, secret(directory))
    say("Starting Kafka and the store")
    async with running(servers(directory, ports, progress), say) as below, watched(below):
        await topics(env)
        say("Starting the four services and the demo receiver")
        async with running(applications(directory, ports, env), say) as above, watched(above):
            yield env
        say("The services have stopped; stopping the servers")


async def topics(env: dict[str, str]) -> None:
    """Creates the stack's topics and waits for their leaders; raises StackError when Kafka refuses."""
    try:
        inboxes = IngestSettings.model_validate({"inboxes": env["MILEPOST_INBOXES"]}).inboxes
        replicas = int(env.get("MILEPOST_REPLICATION", "1"))
        await ensure_topics(env["MILEPOST_KAFKA"], env["MILEPOST_NAMESPACE"], replicas=replicas, inboxes=inboxes)
    except (TopicsUnfit, KafkaError, ValueError) as error:
        raise StackError(str(error)) from error
