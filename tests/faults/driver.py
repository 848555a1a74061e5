"""The driver of the fault tests: every process of Milepost by its name, started, killed, stopped and continued."""

import asyncio
import contextlib
import functools
import os
import secrets
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import stack
from deploy.local.kafka import kafka
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.process import Process
from deploy.local.services import module
from deploy.local.side_by_side import side_by_side
from deploy.local.store import store

Start = Callable[[int], Awaitable[Process]]
"""Starts a process for the n-th time; answers when it is ready."""

SERVERS = ("kafka", "store")

READY_SECONDS = 240.0
"""A service that is started while Kafka is killed again and again is not ready before Kafka is left alone."""


@dataclass
class Part:
    """A process that may be killed; `ready` is its running (or coming) life."""

    start: Start
    ready: asyncio.Task[Process]
    lives: int = 1
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Driver:
    """Starts, kills, stops and continues processes, each by its name; counts the kills."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.kills: Counter[str] = Counter()

    async def start(self, starts: Mapping[str, Start]) -> None:
        """Starts processes side by side; answers when all are ready."""
        for name, start in starts.items():
            self.parts[name] = Part(start, asyncio.ensure_future(start(1)))
        await side_by_side(self._ready(name) for name in starts)

    async def _ready(self, name: str) -> Process:
        return await self.parts[name].ready

    async def kill(self, name: str) -> None:
        """kill -9, as soon as the process is ready; it is started again at once, while the caller goes on."""
        part = self.parts[name]
        async with part.turn:
            process = await part.ready
            os.killpg(process.pid, signal.SIGKILL)
            await process.ended()
            part.lives += 1
            part.ready = asyncio.ensure_future(part.start(part.lives))
        self.kills[name.partition(".")[0]] += 1

    async def restart(self, name: str) -> str | None:
        """SIGTERM, and started again; answers when it is ready, with what was not orderly about its end."""
        part = self.parts[name]
        async with part.turn:
            wrong = await (await part.ready).stop()
            part.lives += 1
            part.ready = asyncio.ensure_future(part.start(part.lives))
            await part.ready
        return wrong

    async def mended(self) -> None:
        """Waits until everything that was killed is ready again."""
        await side_by_side(self._ready(name) for name in self.parts)

    async def pid(self, name: str) -> int:
        """The process id of a part."""
        return (await self._ready(name)).pid

    async def stop(self, name: str) -> None:
        """SIGSTOP: from here on it does nothing, and does not know."""
        os.kill(await self.pid(name), signal.SIGSTOP)

    async def go_on(self, name: str) -> None:
        """SIGCONT."""
        os.kill(await self.pid(name), signal.SIGCONT)

    async def stopped(self, name: str) -> bool:
        """Whether the process is stopped."""
        status = Path(f"/proc/{await self.pid(name)}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    async def close(self) -> None:
        """Ends everything, the services before the servers."""
        services = [name for name in self.parts if name not in SERVERS]
        for names in (services, [name for name in self.parts if name in SERVERS]):
            await asyncio.gather(*(self._end(self.parts[name]) for name in names), return_exceptions=True)

    async def _end(self, part: Part) -> None:
        process = await part.ready
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
        await process.stop()


@dataclass(frozen=True)
class System:
    """Everything running: the driver, the settings that all share, the base addresses of each service's replicas."""

    driver: Driver
    env: dict[str, str]
    addresses: dict[str, list[str]]
    webhook: str

    @property
    def namespace(self) -> str:
        """The namespace of the run."""
        return self.env["MILEPOST_NAMESPACE"]


def replica(name: str, number: int, port: int, env: Mapping[str, str], directory: Path, program: str = "") -> Start:
    """How to start a replica of a service on a port; each of its lives writes a log of its own."""
    own = {**env, "MILEPOST_REPLICA": str(number), "MILEPOST_PORT": str(port)}

    async def start(life: int) -> Process:
        own_directory = directory / f"{name}.{number}-{life}"
        return await module(program or f"services.{name}", name, port, own, own_directory, READY_SECONDS)

    return start


@contextlib.asynccontextmanager
async def system(directory: Path, replicas: int) -> AsyncIterator[System]:
    """The whole stack on free ports, in a namespace of its own, with so many replicas of each service."""
    driver, bases = Driver(), [Ports.from_base(free_base()) for _ in range(replicas)]
    ports = bases[0]
    env = stack.environment(ports, secrets.token_urlsafe(32), f"f-{secrets.token_hex(3)}")
    env["MILEPOST_MOST_MESSAGES"] = "100000"  # a digest comes tomorrow, and the last word must be out today
    env["MILEPOST_REQUESTS_A_MINUTE"] = "1000000"
    servers: dict[str, Start] = {
        "kafka": lambda _: kafka(directory, ports.kafka),
        "store": lambda _: store(directory, ports.store),
    }
    receiver = functools.partial(_receiver, ports.receiver, env, directory)
    services = {
        f"{name}.{n}": replica(name, n, getattr(at, name), env, directory)
        for n, at in enumerate(bases, 1)
        for name in stack.SERVICES
    }
    try:
        await driver.start(servers)
        await stack.topics(env)
        await driver.start({"receiver": receiver, **services})
        addresses = {name: [f"http://{HOST}:{getattr(at, name)}" for at in bases] for name in stack.SERVICES}
        yield System(driver, env, addresses, f"http://{HOST}:{ports.receiver}/webhook")
    finally:
        await driver.close()


async def _receiver(port: int, env: Mapping[str, str], directory: Path, _: int) -> Process:
    return await module("deploy.local.receiver", "receiver", port, {**env, "MILEPOST_PORT": str(port)}, directory)
