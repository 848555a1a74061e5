"""Faults of processes: killed, stopped, replaced, doubled, while events are posted."""

import asyncio
import random
from collections.abc import Sequence

from deploy.local.stack import SERVICES
from tests.faults.driver import SERVERS, System
from tests.faults.fault import Act, Fault

KILLS = 2
"""Kills of a service in one run, spread over its load."""

STOP_SECONDS = 30.0
STORE_STOP_SECONDS = 60.0
KILL_SECONDS = 6.0


def killing(name: str, times: int = KILLS) -> Act:
    """kill -9 of a replica by chance, at moments by chance in the middle of the load; it is started again at once."""

    async def act(system: System, chance: random.Random) -> None:
        victims = [one for one in system.driver.parts if one.partition(".")[0] == name]
        for moment in sorted(chance.uniform(0.1, 0.9) for _ in range(times)):
            await system.posted.reaches(moment)
            await system.driver.kill(chance.choice(victims))
        await system.driver.mended()

    return act


async def killing_replicas(system: System, chance: random.Random) -> None:
    """kill -9 of replicas by chance, one of each service, while the others go on."""
    for moment, name in zip((0.1, 0.3, 0.5, 0.7), chance.sample(SERVICES, len(SERVICES)), strict=True):
        await system.posted.reaches(moment)
        await system.driver.kill(f"{name}.{chance.randint(1, 2)}")
    await system.driver.mended()


def stopping(names: Sequence[str], seconds: float) -> Act:
    """SIGSTOP in the middle of the load, and on again after so many seconds."""

    async def act(system: System, chance: random.Random) -> None:
        await system.posted.reaches(chance.uniform(0.1, 0.3))
        name = chance.choice(names)
        await system.driver.stop(name)
        await asyncio.sleep(seconds)
        await system.driver.go_on(name)

    return act


async def rolling(system: System, chance: random.Random) -> None:
    """Every replica of every service is ended in order and started again, one by one."""
    for name in SERVICES:
        for number in range(1, len(system.addresses[name]) + 1):
            if wrong := await system.driver.restart(f"{name}.{number}"):
                raise AssertionError(wrong)


async def scaling(system: System, chance: random.Random) -> None:
    """The second replica of every service is ended under load, and comes back while the load goes on; twice."""
    for moment in (0.15, 0.55):
        await system.posted.reaches(moment)
        seconds = {name: system.driver.parts[name] for name in (f"{service}.2" for service in SERVICES)}
        for name in chance.sample(sorted(seconds), len(seconds)):
            await system.driver.end(name)
        await system.posted.reaches(moment + 0.25)
        await system.driver.start({name: part.start for name, part in seconds.items()})


KILLED: tuple[Fault, ...] = tuple(
    Fault(
        f"kill-{name.replace('_', '-')}",
        f"kill -9 of {name.replace('_', '-')} {times} times in the middle of the load.",
        killing(name, times),
        lasts=KILL_SECONDS,
        lag_seconds=120.0 if name in SERVERS else 60.0,
    )
    for name, times in [*((name, KILLS) for name in SERVICES), *((name, 1) for name in SERVERS)]
)

STOPPED: tuple[Fault, ...] = (
    *(
        Fault(
            f"stop-{name.replace('_', '-')}",
            f"A replica of {name.replace('_', '-')} is stopped for 30 s while the other goes on, and comes back.",
            stopping((f"{name}.1", f"{name}.2"), STOP_SECONDS),
            lasts=STOP_SECONDS,
            replicas=2,
        )
        for name in SERVICES
    ),
    Fault(
        "stop-store",
        "The store is stopped for 60 s, and goes on.",
        stopping(("store",), STORE_STOP_SECONDS),
        lasts=STORE_STOP_SECONDS,
        lag_seconds=120.0,
    ),
)

FAULTS: tuple[Fault, ...] = (
    *KILLED,
    *STOPPED,
    Fault(
        "kill-replicas",
        "kill -9 of one of two replicas of each service, one service after another.",
        killing_replicas,
        lasts=10.0,
        replicas=2,
    ),
    Fault(
        "rolling-upgrade",
        "Every replica is ended in order and started again, one by one, two of each service.",
        rolling,
        lasts=20.0,
        replicas=2,
    ),
    Fault(
        "scale",
        "One replica of every service goes and comes back, twice, while the other works.",
        scaling,
        lasts=20.0,
        replicas=2,
    ),
)
