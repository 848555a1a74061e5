"""A loop says whether it is well: steps that fail, and one that does not end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from services.alerting.loop import Loop


@contextlib.asynccontextmanager
async def running(step: Callable[[], Awaitable[None]]) -> AsyncIterator[Loop]:
    """A loop that is soon impatient."""
    loop = Loop("sending", step, 0.01)
    loop.stuck_seconds = 0.05
    task = asyncio.create_task(loop.run())
    yield loop
    task.cancel()


async def until(good: Callable[[], object]) -> None:
    """Waits until it holds."""
    async with asyncio.timeout(20):
        while not good():
            await asyncio.sleep(0.01)


async def test_a_step_that_fails_for_long_is_not_well_until_one_succeeds() -> None:
    """It is tried again all the while."""
    broken = True

    async def step() -> None:
        if broken:
            raise RuntimeError("broken")

    async with running(step) as loop:
        assert loop.well() is None
        await until(lambda: "sending has failed" in (loop.well() or ""))
        broken = False
        await until(lambda: loop.well() is None)


async def test_a_step_that_does_not_end_is_not_well() -> None:
    """Nothing fails, and nothing goes on."""
    gate = asyncio.Event()

    async def step() -> None:
        await gate.wait()

    async with running(step) as loop:
        await until(lambda: "sending has not ended a step" in (loop.well() or ""))
        gate.set()
        await until(lambda: loop.well() is None)
