"""The fault of a store that is put back to what it was, as after a loss of its disk."""

import random
import shutil
from pathlib import Path

from deploy.local.stack import SERVICES
from tests.faults.driver import System
from tests.faults.fault import Fault


async def restore_store(system: System, chance: random.Random) -> None:
    """The store's folder is kept in the middle of the load and put back later, each time with everything stopped.

    What was told in between is forgotten with it, and is told again: the receiver forgets it too.
    """
    home, at = _home(system), chance.uniform(0.2, 0.4)
    kept, services = home.with_name("kept"), [f"{name}.1" for name in SERVICES]
    await system.posted.reaches(at)
    async with system.driver.down(services, ["store"]):
        shutil.copytree(home, kept)
        told = len(system.receiver.arrivals)
    await system.driver.mended()
    await system.posted.reaches(at + chance.uniform(0.2, 0.4))
    async with system.driver.down(services, ["store"]):
        shutil.rmtree(home)
        kept.rename(home)
        del system.receiver.arrivals[told:]
    await system.driver.mended()


def _home(system: System) -> Path:
    """Where the store keeps its documents."""
    if not isinstance(system.ground, Path):
        raise TypeError("the system's ground is not the folder that it runs in")
    return system.ground / "store"


FAULTS = (
    Fault(
        "store-restored",
        "The store is put back to a copy from the middle of the load, with all services stopped meanwhile.",
        restore_store,
        lasts=25,
        apart=True,
    ),
)
