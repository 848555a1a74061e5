"""Runs a service: its HTTP application and its background work side by side, until a signal or a refusal."""

import asyncio
import contextlib
import gc
import itertools
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse

from services.kit import logs
from services.kit.metrics import HealthMetrics
from services.kit.refusal import Refused
from services.kit.settings import Settings

log = logs.logger(__name__)

Check = Callable[[], str | None]
"""Answers None when all is well, else what is wrong."""


@dataclass
class Service:
    """One service: its application, its background work (until cancelled), and what must hold for it to be well.

    `leaving` is called as soon as it is asked to stop, so that answers that would go on can end.
    """

    app: FastAPI
    work: Callable[[], Coroutine[Any, Any, None]]
    alive: dict[str, Check] = field(default_factory=dict)
    ready: dict[str, Check] = field(default_factory=dict)
    leaving: Callable[[], None] = lambda: None


def add_health(service: Service) -> None:
    """`/healthz`: alive and progressing; `/readyz`: able to serve. Each says what is wrong, with 503."""

    def respond(checks: dict[str, Check]) -> JSONResponse:
        wrong = {name: said for name, check in checks.items() if (said := check())}
        return JSONResponse({"status": "failing" if wrong else "ok", "wrong": wrong}, 503 if wrong else 200)

    checks = {"alive": service.alive, "ready": service.ready}
    service.app.state.registry.register(HealthMetrics(checks))
    service.app.get("/healthz", include_in_schema=False)(lambda: respond(service.alive))
    service.app.get("/readyz", include_in_schema=False)(lambda: respond({**service.alive, **service.ready}))


class _Server(uvicorn.Server):
    """uvicorn without its own signals: it would end the process before the background work is closed."""

    def __init__(self, config: uvicorn.Config, leaving: Callable[[], None]) -> None:
        super().__init__(config)
        self._leaving = leaving

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handles the signals by asking for an orderly exit."""
        loop = asyncio.get_running_loop()
        for number in (2, 15):
            loop.add_signal_handler(number, self._stop)
        yield

    def _stop(self) -> None:
        self.should_exit = True
        self._leaving()


async def serve(service: Service, settings: Settings) -> int:
    """Serves until SIGINT or SIGTERM (answers 0), or until the work refuses to go on (answers 1)."""
    add_health(service)
    config = uvicorn.Config(
        service.app, settings.host, settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=5
    )
    server = _Server(config, service.leaving)
    log.info("serving", address=f"http://{settings.host}:{settings.port}")
    work = asyncio.create_task(service.work())
    work.add_done_callback(lambda _: server._stop())
    await server.serve()
    return await _ended(work)


async def _ended(work: asyncio.Task[None]) -> int:
    asked = not work.done()
    work.cancel()
    try:
        await work
    except asyncio.CancelledError:
        if asked:
            return 0
        log.critical("the work was cancelled by nobody we know")
    except Refused as refusal:
        log.critical("stopped", reason=str(refusal))
    except Exception:
        log.critical("stopped by a fault of ours", exc_info=True)
    return 1


def settle_memory() -> None:
    """Lets the garbage collector pass over what stays for the life of the process, and look less often.

    A batch makes tens of thousands of short-lived values: with the default threshold they are searched for cycles, of
    which there are none, a hundred times over.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 1_000)


def main(name: str, settings: Settings, build: Callable[[], Awaitable[Service]]) -> None:
    """The whole process of a service; exits with its code."""
    logs.configure(name, settings.log_level)

    async def run() -> int:
        try:
            service = await build()
        except Refused as refusal:
            log.critical("not started", reason=str(refusal))
            return 1
        settle_memory()
        return await serve(service, settings)

    sys.exit(asyncio.run(run()))


async def wait_for(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    """Tries until it succeeds, with backoff, and says in one line that it waits and when it no longer does.

    A refusal is raised: waiting would not mend it.
    """
    for number in itertools.count():
        try:
            await attempt()
        except Refused:
            raise
        except Exception as error:
            if number in (0, 5) or number % 30 == 0:
                log.warning(f"waiting for {what}", error=f"{type(error).__name__}: {str(error)[:200]}")
            await asyncio.sleep(min(0.2 * 2 ** min(number, 10), 3.0))
        else:
            if number:
                log.info(f"{what} is there", attempts=number + 1)
            return


async def together(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Runs coroutines side by side until one ends; the others are cancelled, and an error of any is raised.

    They end one after another, the last first: each may use until its own end whatever stands before it.
    """
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait([task])
    for task in done:
        task.result()
