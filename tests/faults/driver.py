"""The driver of the fault tests: every process of Milepost by its name, started, killed, stopped and continued."""

import asyncio
import contextlib
import functools
import os
import secrets
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import stack
from deploy.local.kafka import kafka
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.process import Process, StackError
from deploy.local.services import module
from deploy.local.side_by_side import side_by_side
from deploy.local.store import store
from tests.faults.fickle import Fickle
from tests.faults.load import Posted

Start = Callable[[int], Awaitable[Process]]
"""Starts a process for the n-th time; answers when it is ready."""

SERVERS = ("kafka", "store")
INBOX = "dwp"
"""The department that has an inbox."""

Raw = tuple[bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]
"""A record byte for byte: key, value and headers."""

Own = Callable[[str], Mapping[str, str]]
"""The settings that a replica, such as "ingest.1", has for itself."""

REVIVAL_SECONDS = 1.0

READY_SECONDS = 240.0
"""A service that is started while Kafka is killed again and again is not ready before Kafka is left alone."""


@dataclass
class Part:
    """A process that may be killed; `ready` is its running (or coming) life, `watch` starts it again when it dies."""

    start: Start
    ready: asyncio.Task[Process]
    lives: int = 1
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    watch: asyncio.Task[None] | None = None

    def live(self) -> None:
        """Begins the next life."""
        self.lives += 1
        self.ready = asyncio.ensure_future(self.start(self.lives))


class Driver:
    """Starts, kills, stops and continues processes, each by its name; counts the kills, and the deaths by themselves.

    What dies by itself is started again after a second, as whatever supervises a service would do.
    """

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.kills: Counter[str] = Counter()
        self.stops: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()

    async def start(self, starts: Mapping[str, Start]) -> None:
        """Starts processes side by side; answers when all are ready."""
        for name, start in starts.items():
            self.parts[name] = Part(start, asyncio.ensure_future(start(1)))
        await side_by_side(self._ready(name) for name in starts)
        for name in starts:
            self.parts[name].watch = asyncio.create_task(self._watch(name, self.parts[name]))

    async def _watch(self, name: str, part: Part) -> None:
        while True:
            life = part.lives
            with contextlib.suppress(StackError):  # one that cannot even start is dead
                await (await part.ready).ended()
            if part.lives == life and not part.turn.locked():
                self.deaths[name] += 1
                await asyncio.sleep(REVIVAL_SECONDS)
                part.live()
            await asyncio.sleep(0)  # whoever has killed it begins its next life
            async with part.turn:
                pass

    async def end(self, name: str) -> None:
        """SIGTERM for good: a replica less."""
        part = self.parts.pop(name)
        async with part.turn:
            await self._end(part)

    async def _ready(self, name: str) -> Process:
        return await self.parts[name].ready

    async def kill(self, name: str) -> None:
        """kill -9, as soon as the process is ready; it is started again at once, while the caller goes on."""
        part = self.parts[name]
        async with part.turn:
            process = await part.ready
            os.killpg(process.pid, signal.SIGKILL)
            await process.ended()
            part.live()
        self.kills[name.partition(".")[0]] += 1

    async def restart(self, name: str) -> str | None:
        """SIGTERM, and started again; answers when it is ready, with what was not orderly about its end."""
        part = self.parts[name]
        async with part.turn:
            wrong = await (await part.ready).stop()
            part.live()
            await part.ready
        return wrong

    @contextlib.asynccontextmanager
    async def down(self, *groups: Sequence[str]) -> AsyncIterator[None]:
        """Stopped in an orderly way, one group after another, until the body ends; then started side by side."""
        parts = [[self.parts[name] for name in names] for names in groups]
        async with contextlib.AsyncExitStack() as turns:
            for part in (part for group in parts for part in group):
                await turns.enter_async_context(part.turn)
            for group in parts:
                await side_by_side(self._stop(part) for part in group)
            try:
                yield
            finally:
                for part in (part for group in parts for part in group):
                    part.live()

    async def _stop(self, part: Part) -> None:
        await (await part.ready).stop()

    async def mended(self) -> None:
        """Waits until everything that was killed is ready again."""
        await side_by_side(self._ready(name) for name in self.parts)

    async def pid(self, name: str) -> int:
        """The process id of a part."""
        return (await self._ready(name)).pid

    async def stop(self, name: str) -> None:
        """SIGSTOP: from here on it does nothing, and does not know."""
        os.kill(await self.pid(name), signal.SIGSTOP)
        self.stops[name.partition(".")[0]] += 1

    async def go_on(self, name: str) -> None:
        """SIGCONT."""
        os.kill(await self.pid(name), signal.SIGCONT)

    async def stopped(self, name: str) -> bool:
        """Whether the process is stopped."""
        status = Path(f"/proc/{await self.pid(name)}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    async def close(self) -> None:
        """Ends everything, the services before the servers."""
        servers = [name for name in self.parts if name.partition(".")[0] in SERVERS]
        for names in ([name for name in self.parts if name not in servers], servers):
            await asyncio.gather(*(self._end(self.parts[name]) for name in names), return_exceptions=True)

    async def _end(self, part: Part) -> None:
        if part.watch:
            part.watch.cancel()
        process = await part.ready
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
        await process.stop()


@dataclass(frozen=True)
class System:
    """Everything running: the driver, the settings that all share, the base addresses of each service's replicas.

    `hostile` are records that were put on a topic and must be refused: by `topic/partition/offset`, as they were sent.
    `webhook` is where webhooks go while `receiver`, in this process, is not open. `mortal` are processes that may die
    by themselves. `ground` is what a fault may be done to besides: the folder of all data, or a network, or clocks.
    """

    driver: Driver
    env: dict[str, str]
    addresses: dict[str, list[str]]
    webhook: str
    posted: Posted = field(default_factory=Posted)
    hostile: dict[str, Raw] = field(default_factory=dict)
    receiver: Fickle = field(default_factory=Fickle)
    mortal: set[str] = field(default_factory=set)
    ground: object = None

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


Program = tuple[str, Mapping[str, str]]
"""What runs in the place of a service: a module, and settings of its own."""


def servers(directory: Path, ports: Ports) -> dict[str, Start]:
    """How to start Kafka and the store, by their names."""
    return {"kafka": lambda _: kafka(directory, ports.kafka), "store": lambda _: store(directory, ports.store)}


@contextlib.asynccontextmanager
async def system(
    directory: Path,
    replicas: int,
    programs: Mapping[str, Program] | None = None,
    shared: Mapping[str, str] | None = None,
) -> AsyncIterator[System]:
    """The whole stack on free ports, with so many replicas of each service.

    `programs` are replicas that run something else, or that there are besides; `shared` are settings of all.
    """
    most = max([replicas, *(int(name.partition(".")[2]) for name in programs or ())])
    bases = [Ports.from_base(free_base()) for _ in range(most)]
    names = replica_names(replicas) | (programs or {}).keys()
    async with running(
        directory, bases, servers(directory, bases[0]), shared=shared, programs=programs, names=names
    ) as made:
        yield made


def replica_names(replicas: int) -> set[str]:
    """The names of so many replicas of each service."""
    return {f"{name}.{number}" for name in stack.SERVICES for number in range(1, replicas + 1)}


@contextlib.asynccontextmanager
async def running(
    directory: Path,
    bases: Sequence[Ports],
    starts: Mapping[str, Start],
    *,
    shared: Mapping[str, str] | None = None,
    own: Own = lambda _: {},
    programs: Mapping[str, Program] | None = None,
    names: Collection[str] = (),
) -> AsyncIterator[System]:
    """The stack over these servers, in a namespace of its own, a replica of each service on each base of ports.

    `shared` are settings of all, `own` those of a replica; with `names` there are these replicas and no others.
    """
    driver, env = Driver(), _environment(bases[0]) | dict(shared or {})
    services, addresses = dict[str, Start](), dict[str, list[str]]()
    for name in sorted(names or replica_names(len(bases))):
        service, number = name.partition(".")[0], int(name.partition(".")[2])
        program, settings = (programs or {}).get(name, ("", {}))
        port = getattr(bases[number - 1], service)
        services[name] = replica(service, number, port, {**env, **own(name), **settings}, directory, program)
        addresses.setdefault(service, []).append(f"http://{HOST}:{port}")
    receiver = functools.partial(_receiver, bases[0].receiver, env, directory)
    try:
        await driver.start(starts)
        await stack.topics(env)
        await driver.start({"receiver": receiver, **services})
        yield System(driver, env, addresses, f"http://{HOST}:{bases[0].receiver}/webhook", ground=directory)
    finally:
        await driver.close()


def _environment(ports: Ports) -> dict[str, str]:
    """The settings of all services: in a namespace of its own, with as many words and tries as a run may need."""
    return stack.environment(ports, secrets.token_urlsafe(32), f"f-{secrets.token_hex(3)}") | {
        "MILEPOST_MOST_MESSAGES": "100000",  # a digest comes tomorrow, and the last word must be out today
        "MILEPOST_REQUESTS_A_MINUTE": "1000000",
        "MILEPOST_RETRY_SECONDS": str([0.2] * 5 + [1.0] * 30),
        "MILEPOST_INBOXES": INBOX,
    }


async def _receiver(port: int, env: Mapping[str, str], directory: Path, _: int) -> Process:
    return await module("deploy.local.receiver", "receiver", port, {**env, "MILEPOST_PORT": str(port)}, directory)
