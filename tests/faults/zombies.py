"""Faults of laws 2 and 4: replicas are stopped, each at its step, while another goes on, and come back."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from tests.faults import stopping, stopping_alerting
from tests.faults.driver import System, system
from tests.faults.fault import Act, Fault, World
from tests.flow.publisher import until

STOP_WHEN = "STOP_WHEN"
STOPPED_SECONDS = 30.0, 70.0
"""Within the lease of an attempt (60 s), or beyond it."""

PLANS = 24
"""So many that every replica has some."""

ALL_STOPPED_SECONDS = 120.0
"""Every step comes to every replica sooner or later, while there is something to be done."""


def zombies(service: str, steps: Sequence[str]) -> dict[str, str]:
    """The replicas that stop, and where; the first goes on."""
    return {f"{service}.{number}": step for number, step in enumerate(steps, 2)}


def crowded(service: str, module: str, steps: Sequence[str]) -> World:
    """A system with a replica for each step, which stops there as soon as it is asked to."""

    @contextlib.asynccontextmanager
    async def world(directory: Path, replicas: int) -> AsyncIterator[System]:
        when = {STOP_WHEN: str(directory / "stop")}
        programs = {name: (module, {"STOP_AT": step, **when}) for name, step in zombies(service, steps).items()}
        async with system(directory, replicas, programs, when) as made:
            yield made

    return world


def stopping_all(names: Sequence[str]) -> Act:
    """Lets every replica come to its step, waits, and lets all go on."""

    async def act(system: System, chance: random.Random) -> None:
        await system.posted.reaches(chance.uniform(0.1, 0.3))
        Path(system.env[STOP_WHEN]).touch()

        async def going_on() -> list[str]:
            await asyncio.sleep(0.2)
            return [name for name in names if not await system.driver.stopped(name)]

        await until(going_on, lambda left: not left, ALL_STOPPED_SECONDS)
        await asyncio.sleep(chance.uniform(*STOPPED_SECONDS))
        for name in names:
            system.driver.stops[name.partition(".")[0]] += 1
            await system.driver.go_on(name)

    return act


def _fault(service: str, module: str, steps: Sequence[str]) -> Fault:
    name = service.replace("_", "-")
    does = f"Replicas of {name} are stopped at {', '.join(steps)} for 30 to 70 s while one goes on, and come back."
    return Fault(
        f"zombies-of-{name}",
        does,
        stopping_all(list(zombies(service, steps))),
        lasts=60.0,
        apart=True,
        world=crowded(service, module, steps),
        plans=PLANS,
        lag_seconds=120.0,
    )


FAULTS: tuple[Fault, ...] = (
    _fault("plan_tracking", "tests.faults.stopping", stopping.STEPS),
    _fault("alerting", "tests.faults.stopping_alerting", stopping_alerting.STEPS),
)
