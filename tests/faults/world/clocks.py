"""A world in which each replica has a clock of its own, and the faults of clocks: an hour ahead, an hour behind."""

import contextlib
import datetime as dt
import functools
import random
import shutil
import struct
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

from deploy.local.ports import Ports, free_base
from deploy.local.process import output
from deploy.local.stack import SERVICES
from services.kit.mongo import connect
from services.kit.words import london_day
from tests.faults import rest
from tests.faults.driver import System, running, servers
from tests.faults.fault import Fault
from tests.faults.world.lacking import Lacking

SOURCE = Path(__file__).with_name("clock.c")

HOUR = dt.timedelta(hours=1)
MARGIN = dt.timedelta(minutes=5)
"""A run is over by then."""


class Clocks:
    """The clocks of replicas by their names, such as `ingest.1`: how many seconds each is ahead, right at first."""

    def __init__(self, directory: Path, library: Path) -> None:
        self._directory, self._library = directory, library

    def set(self, name: str, ahead: dt.timedelta) -> None:
        """From now on the clock is so much ahead of the time."""
        mode = "r+b" if (self._directory / name).exists() else "wb"  # the replica looks at this very file
        with (self._directory / name).open(mode) as file:
            file.write(struct.pack("l", round(ahead.total_seconds())))

    def own(self, name: str) -> dict[str, str]:
        """The settings of a replica that looks at its clock."""
        self.set(name, dt.timedelta())
        return {"LD_PRELOAD": str(self._library), "CLOCK_AHEAD": str(self._directory / name)}


async def compiled(directory: Path) -> Path:
    """The library that gives a process a clock of its own; raises Lacking without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise Lacking("a C compiler for Linux is not there: `apt-get install gcc libc6-dev`")
    made = directory / "clock.so"
    await output("cc", [compiler, "-shared", "-fPIC", "-O2", "-o", str(made), str(SOURCE), "-ldl"])
    return made


@contextlib.asynccontextmanager
async def clocked(directory: Path, replicas: int) -> AsyncIterator[System]:
    """The whole stack; its `ground` is the Clocks."""
    bases, folder = [Ports.from_base(free_base()) for _ in range(replicas)], directory / "clocks"
    folder.mkdir()
    clocks = Clocks(folder, await compiled(folder))
    async with running(directory, bases, servers(directory, bases[0]), own=clocks.own) as made:
        yield replace(made, ground=clocks)


async def put_off(name: str, ahead: dt.timedelta, system: System, chance: random.Random) -> None:
    """A clock is off from the beginning of the load until everything is told."""
    if not isinstance(system.ground, Clocks):
        raise TypeError("the system has no clocks that could be put off")
    system.ground.set(name, same_day(ahead, dt.datetime.now(dt.UTC)))
    await system.posted.reaches(1.0)
    client = connect(system.env["MILEPOST_MONGO"])
    try:
        await rest.worked_on(system.env["MILEPOST_KAFKA"], client, system.namespace)
        await rest.told(system.env["MILEPOST_KAFKA"], client, system.namespace)
    finally:
        client.close()
    system.ground.set(name, dt.timedelta())


def same_day(ahead: dt.timedelta, now: dt.datetime) -> dt.timedelta:
    """The other way round near midnight: on another day other things are overdue, and rightly so."""
    return ahead if london_day(now + ahead) == london_day(now + MARGIN) == london_day(now) else -ahead


def _fault(name: str, does: str, replica: str, ahead: dt.timedelta, replicas: int = 1) -> Fault:
    return Fault(name, does, functools.partial(put_off, replica, ahead), 6, replicas, world=clocked)


def _faults() -> Iterator[Fault]:
    for word, ahead in (("ahead", HOUR), ("behind", -HOUR)):
        for service in SERVICES:
            said = service.replace("_", "-")
            yield _fault(f"clock-{said}-{word}", f"The clock of {said} is an hour {word}.", f"{service}.1", ahead)
        does = f"Of one of two replicas of alerting the clock is an hour {word}."
        yield _fault(f"clock-one-alerting-{word}", does, "alerting.2", ahead, 2)


FAULTS = (*_faults(),)
