"""A world in which Kafka and the store have small disks, and the faults of them: full, and free again."""

import asyncio
import contextlib
import errno
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.ports import Ports, free_base
from deploy.local.process import StackError, output
from tests.faults.driver import System, running, servers
from tests.faults.fault import Fault
from tests.faults.world.lacking import Lacking
from tests.flow.publisher import until

MEGABYTES = 256
FULL_SECONDS = 8.0
"""How long the store's disk stays full."""


@dataclass(frozen=True, slots=True)
class Disks:
    """The disk of Kafka's records and that of the store's documents."""

    kafka: Path
    store: Path


@contextlib.asynccontextmanager
async def small_disks(directory: Path, replicas: int) -> AsyncIterator[System]:
    """The whole stack; its `ground` is the Disks."""
    bases = [Ports.from_base(free_base()) for _ in range(replicas)]
    disks = Disks(directory / "kafka" / "data", directory / "store")
    starting = running(directory, bases, servers(directory, bases[0]))
    async with mounted(disks.kafka), mounted(disks.store), starting as made:
        yield replace(made, ground=disks)


@contextlib.asynccontextmanager
async def mounted(folder: Path) -> AsyncIterator[None]:
    """A disk of its own under a folder; raises Lacking where that is not allowed."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "milepost", str(folder)]
    try:
        await output("mount", mount)
    except (StackError, OSError) as error:
        raise Lacking(f"a disk cannot be made: run as root, where tmpfs can be mounted ({error})") from error
    try:
        yield
    finally:
        await output("umount", ["umount", "--lazy", str(folder)])


@contextlib.contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not a byte is left on the disk of the folder until the body ends; raises ValueError if others share that disk."""
    if not folder.is_mount():
        raise ValueError(f"{folder} is no disk of its own")
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65_536))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
    try:
        yield
    finally:
        filler.unlink()


def disks_of(system: System) -> Disks:
    """The disks that a system stands on."""
    if not isinstance(system.ground, Disks):
        raise TypeError("the system has no disks that could be filled")
    return system.ground


async def fill_kafka(system: System, chance: random.Random) -> None:
    """Kafka's disk is full until it has died of it, and cannot be started; then there is room, and it is started."""
    system.mortal.add("kafka")
    await system.posted.reaches(chance.uniform(0.1, 0.5))
    died = system.driver.deaths["kafka"]

    async def dead() -> bool:
        return system.driver.deaths["kafka"] > died

    with full(disks_of(system).kafka):
        await until(dead, bool, 60)
    await started(system, "kafka")


async def fill_store(system: System, chance: random.Random) -> None:
    """The store's disk is full for some seconds; then there is room, and it is killed and started again."""
    system.mortal.add("store")
    await system.posted.reaches(chance.uniform(0.1, 0.5))
    with full(disks_of(system).store):
        await asyncio.sleep(FULL_SECONDS)
    await system.driver.kill("store")
    await started(system, "store")


async def started(system: System, name: str) -> None:
    """Waits until a server that died again and again is ready."""

    async def ready() -> bool:
        try:
            await system.driver.pid(name)
        except StackError:
            return False
        return True

    await until(ready, bool, 120)


_KAFKA = "Kafka's disk is full until it dies of it; then there is room."
_STORE = f"The store's disk is full for {FULL_SECONDS:.0f} s; then there is room, and it is started anew."

FAULTS = (
    Fault("kafka-disk-full", _KAFKA, fill_kafka, 15, world=small_disks),
    Fault("store-disk-full", _STORE, fill_store, 15, world=small_disks),
)
