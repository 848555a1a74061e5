"""Faults of what is said: repeats in any order, a herd of diamonds, everything rebuilt, a plan that is not folded."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path

from deploy.local.process import REPOSITORY
from services.kit.mongo import connect
from tests.faults.controls.poison import POISON, SUFFIX, poisoned
from tests.faults.driver import System
from tests.faults.fault import Fault, nothing
from tests.faults.stories import herd, shuffled
from tests.flow.publisher import until

DIFFERED = 1
"""The exit code of a rebuild that found a document to differ from its history."""


async def rebuild(system: System, *plans: str) -> int:
    """Folds plans, or all, again by the operator's command; answers with its exit code."""
    command = [sys.executable, "-m", "services.plan_tracking", "rebuild", *(plans or ["--all"])]
    child = await asyncio.create_subprocess_exec(
        *command, cwd=REPOSITORY, env={**os.environ, **system.env}, stdout=DEVNULL, stderr=DEVNULL
    )
    return await child.wait()


async def rebuilding(system: System, chance: random.Random) -> None:
    """Everything is rebuilt, twice, while events come."""
    for moment in (chance.uniform(0.2, 0.5), chance.uniform(0.6, 0.9)):
        await system.posted.reaches(moment)
        if code := await rebuild(system):
            raise AssertionError(f"rebuild ended with {code}: documents differ from their history")


async def poisoning(system: System, chance: random.Random) -> None:
    """A plan of the load cannot be folded, until it is stuck and the load is posted; then it can, and is rebuilt."""
    poison, client = Path(system.env[POISON]), connect(system.env["MILEPOST_MONGO"])
    plans = client[f"{system.namespace}_plan_tracking"]["plans"]

    async def stuck() -> list[str]:
        await asyncio.sleep(0.2)
        found = await plans.find({}, {"stuck": 1}).to_list(None)
        return [doc["_id"] for doc in found if doc.get("stuck")]

    try:
        await system.posted.reaches(chance.uniform(0.2, 0.6))
        poison.touch()
        names = await until(stuck, bool, 60)
        await system.posted.reaches(1.0)
        poison.unlink()
        if await rebuild(system, *names) not in (0, DIFFERED) or not all(name.endswith(SUFFIX) for name in names):
            raise AssertionError(f"{names} were stuck, and not rebuilt")
        await until(stuck, lambda left: not left, 60)
    finally:
        client.close()


FAULTS: tuple[Fault, ...] = (
    Fault("repeats", "Three in ten events are said twice, and all in any order.", nothing, tells=shuffled),
    Fault("diamonds", "A herd of diamonds across plans moves again and again.", nothing, tells=herd),
    Fault("rebuild", "Everything is rebuilt twice while events come.", rebuilding, lasts=10.0),
    Fault(
        "poison",
        "A plan cannot be folded: it is stuck while the others go on, and rebuilt when it can be.",
        poisoning,
        lasts=10.0,
        world=poisoned,
    ),
)
