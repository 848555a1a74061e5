"""Controls on a running system: each protection that is taken out is missed by the invariant that stands for it."""

import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path

from tests.faults.controls.frail import FRAIL
from tests.faults.controls.torn import HALT, gap_of
from tests.faults.driver import System, system
from tests.faults.evidence import Evidence
from tests.faults.fault import Fault
from tests.faults.invariants import violations
from tests.faults.run import ALL
from tests.faults.stage import stage
from tests.flow.publisher import until
from tests.servers import need_programs

EVENTS = 300
SOON = 10.0
"""Seconds after which what stands still is said to."""


@contextlib.asynccontextmanager
async def unprotected(directory: Path, replicas: int) -> AsyncIterator[System]:
    """A system of services that each lack a protection."""
    files = {FRAIL: str(directory / "frail"), HALT: str(directory / "halt")}
    modules = {"ingest": "early", "plan_tracking": "torn", "alerting": "forgetful", "metrics": "frail"}
    programs = {f"{name}.1": (f"tests.faults.controls.{module}", files) for name, module in modules.items()}
    async with system(directory, replicas, programs, files) as made:
        yield made


async def kill(system: System, chance: random.Random) -> None:
    """What would be protected against: ingest is killed, and plan-tracking between its cursor and its state; twice."""
    Path(system.env[FRAIL]).touch()
    gap = gap_of(Path(system.env[HALT]))

    async def torn() -> bool:
        return gap.exists()

    for moment in (0.2, 0.6):
        await system.posted.reaches(moment)
        await system.driver.kill("ingest.1")
        await system.driver.mended()
        await until(torn, bool, 60)
        await system.driver.kill("plan_tracking.1")
        gap.unlink()


async def halt(system: System, chance: random.Random) -> None:
    """A plan cannot be folded."""
    Path(system.env[HALT]).touch()


KILLS = Fault("kills", "Services that lack protections are killed.", kill, world=unprotected, rest_seconds=2 * SOON)
HALTS = Fault(
    "halts",
    "A plan cannot be folded, and is not set aside.",
    halt,
    world=unprotected,
    lag_seconds=SOON,
    rest_seconds=SOON,
)

SEEN = {
    "accepted_is_on_the_log",
    "plans_equal_a_fold",
    "nothing_is_told_twice",
    "nothing_dies_by_itself",
    "memory_is_as_before",
}


async def test_whatever_is_not_protected_is_seen(tmp_path: Path) -> None:
    """Answers before Kafka's, a cursor apart from the state, no memory of what was told, deaths, growth, standstill."""
    need_programs()
    async with stage(KILLS, tmp_path) as found:
        killed, _ = await found.perform(KILLS, 1, EVENTS)
        assert not SEEN - _violated(killed)
        halted, _ = await found.perform(HALTS, 1, EVENTS // 4)
        assert "lag_is_gone_in_time" in _violated(halted)


def _violated(evidence: Evidence) -> set[str]:
    """The names of the invariants that do not hold."""
    return {said.partition(":")[0] for said in violations(evidence, ALL)}
