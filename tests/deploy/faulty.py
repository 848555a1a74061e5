"""A stack whose every part can be stopped and started: the faults that Prometheus' alerts are for."""

import contextlib
import os
import resource
import secrets
import signal
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.local import stack as local
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.process import Process
from deploy.local.services import service
from services.kit.mongo import Database, connect
from tests.deploy.prometheus import series
from tests.flow.publisher import Publisher, until
from tests.servers import Stack


@dataclass
class Faulty:
    """Every process by its name, the stack's addresses, and the Prometheus and Alertmanager that watch it."""

    stack: Stack
    processes: dict[str, Process]
    directory: Path
    prometheus: str = ""
    alertmanager: str = ""
    publisher: Publisher | None = None

    @property
    def says(self) -> Publisher:
        """Somebody who may say anything."""
        if self.publisher is None:
            self.publisher = Publisher(self.stack, "dluhc", "dft")
        return self.publisher

    @contextlib.contextmanager
    def frozen(self, *names: str) -> Iterator[None]:
        """These processes neither work nor end."""
        for name in names:
            os.kill(self.processes[name].pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                os.kill(self.processes[name].pid, signal.SIGCONT)

    @contextlib.asynccontextmanager
    async def away(self, name: str) -> AsyncIterator[None]:
        """A service is stopped, and comes again."""
        await self.processes[name].stop()
        try:
            yield
        finally:
            self.processes[name] = await service(name, self.env(name), self.directory)

    def env(self, name: str) -> dict[str, str]:
        """The settings of a service."""
        urls = {"plan_tracking": "plans", "ingest": "ingest", "alerting": "alerts", "metrics": "metrics"}
        port = getattr(self.stack, urls[name]).rpartition(":")[2]
        return {**self.stack.env, "MILEPOST_PORT": port}

    @contextlib.contextmanager
    def few_files(self, name: str) -> Iterator[None]:
        """A process may open no more files than it has open now, and two."""
        pid = self.processes[name].pid
        before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        open_now = len(os.listdir(f"/proc/{pid}/fd"))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (open_now + 2, before[1]))
        try:
            yield
        finally:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)

    @contextlib.contextmanager
    def database(self, name: str) -> Iterator[Database]:
        """A service's database."""
        client = connect(self.stack.env["MILEPOST_MONGO"])
        try:
            yield client[f"{self.stack.namespace}_{name}"]
        finally:
            client.close()

    async def firing(self, alert: str, plan: str = ".*") -> set[str]:
        """The severities with which an alert fires; of one plan, where it is of plans."""
        found = await series(self.prometheus, f'ALERTS{{alertname="{alert}",alertstate="firing",plan=~"{plan}"}}')
        return {one["metric"]["severity"] for one in found}

    async def jobs(self, alert: str) -> set[str]:
        """The services of which an alert fires."""
        found = await series(self.prometheus, f'ALERTS{{alertname="{alert}",alertstate="firing"}}')
        return {one["metric"]["job"] for one in found}

    async def fires(self, alert: str, seconds: float = 60, plan: str = ".*") -> None:
        """Waits until an alert fires, and Alertmanager has it."""
        await until(lambda: self.firing(alert, plan), len, seconds)
        await until(lambda: self._got(alert), bool, 30)

    async def clears(self, alert: str, seconds: float = 90, plan: str = ".*") -> None:
        """Waits until it fires no more."""
        await until(lambda: self.firing(alert, plan), lambda found: not found, seconds)

    async def _got(self, alert: str) -> bool:
        async with httpx.AsyncClient(trust_env=False) as http:
            got = (await http.get(f"{self.alertmanager}/api/v2/alerts")).json()
        return any(one["labels"]["alertname"] == alert for one in got)


@contextlib.asynccontextmanager
async def faulty(directory: Path) -> AsyncIterator[Faulty]:
    """Servers and services of its own, running."""
    ports = Ports.from_base(free_base())
    env = local.environment(ports, secrets.token_urlsafe(32), "faulty")
    env |= {"MILEPOST_REQUESTS_A_MINUTE": "1000000", "MILEPOST_PUBLISH_SECONDS": "1"}
    urls = {name: env[f"MILEPOST_{name.upper()}_URL"] for name in ("plans", "ingest", "alerts", "metrics")}
    at = f"http://{HOST}:{ports.receiver}"
    stack = Stack(namespace="faulty", **urls, webhook=f"{at}/webhook", mail=f"{at}/mail", env=env)
    async with local.running(local.servers(directory, ports)) as below:
        await local.topics(env)
        async with contextlib.AsyncExitStack() as later:
            above = await later.enter_async_context(local.running(local.applications(directory, ports, env)))
            found = Faulty(stack, {one.name: one for one in (*below, *above)}, directory)
            later.push_async_callback(_stop_replaced, found, above)
            yield found


async def _stop_replaced(found: Faulty, above: list[Process]) -> None:
    """Those that came again are not known to whoever started the first."""
    for process in found.processes.values():
        if process not in above and process.name in local.SERVICES:
            await process.stop()
