"""Runs: which faults with which seeds, on which stages; each result is written as soon as it is there."""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults import results
from tests.faults.fault import Fault
from tests.faults.health import OF_HEALTH
from tests.faults.invariants import OF_PLANS, violations
from tests.faults.results import Result
from tests.faults.stage import Stage, stage
from tests.faults.tellings import OF_TELLING
from tests.faults.world.lacking import Lacking

ALL = OF_PLANS + OF_TELLING + OF_HEALTH

ON_ONE_STAGE = 8
"""Runs that follow each other on one system: everything accepted since its start is checked after each."""


@dataclass(frozen=True, slots=True)
class Settings:
    """From the environment: SEEDS, SEED (the first), EVENTS, STAGES at the same time, RESULTS, LOGS."""

    seeds: int = int(os.environ.get("SEEDS", "1"))
    first: int = int(os.environ.get("SEED", "20261125"))
    events: int = int(os.environ.get("EVENTS", "800"))
    stages: int = int(os.environ.get("STAGES", "2"))
    path: Path = Path(os.environ.get("RESULTS", results.DEFAULT))
    logs: str | None = os.environ.get("LOGS")


Run = tuple[Fault, int]
"""A fault and a seed."""


@dataclass
class Made:
    """What the runs came to: results, and of faults that this machine is not fit for what it lacks."""

    results: list[Result]
    lacking: dict[str, str]


def wanted(faults: Iterable[Fault], settings: Settings) -> list[Run]:
    """Every run that is asked for: of a fault that takes long at most a few seeds."""
    return [(f, settings.first + n) for f in faults for n in range(min(settings.seeds, f.seeds))]


def programmes(runs: Iterable[Run]) -> Iterator[list[Run]]:
    """The runs that follow each other on a stage."""
    grouped: dict[object, list[Run]] = {}
    for number, (fault, seed) in enumerate(runs):
        key = number if fault.apart else (fault.world, fault.replicas)
        grouped.setdefault(key, []).append((fault, seed))
    for some in grouped.values():
        for start in range(0, len(some), ON_ONE_STAGE):
            yield some[start : start + ON_ONE_STAGE]


async def run(faults: Sequence[Fault], settings: Settings) -> Made:
    """Makes the runs that are not there yet for this commit; answers with all that were asked for."""
    commit = results.commit()
    asked = {(fault.name, seed) for fault, seed in wanted(faults, settings)}
    there = {(one.fault, one.seed) for one in results.read(settings.path, commit)}
    left = list(programmes(one for one in wanted(faults, settings) if (one[0].name, one[1]) not in there))
    left.sort(key=lambda runs: -sum(fault.lasts for fault, _ in runs))  # the longest first, so that all end together
    lacking: dict[str, str] = {}
    await asyncio.gather(*(_work(left, settings, commit, lacking) for _ in range(settings.stages)))
    return Made([one for one in results.read(settings.path, commit) if (one.fault, one.seed) in asked], lacking)


async def _work(left: list[list[Run]], settings: Settings, commit: str, lacking: dict[str, str]) -> None:
    while left:
        runs = left.pop(0)
        try:
            more = await _play(runs, settings, commit)
        except Lacking as what:
            lacking |= {fault.name: str(what) for fault, _ in runs}
        else:
            left += [more] if more else []


async def _play(runs: Sequence[Run], settings: Settings, commit: str) -> list[Run]:
    """Makes runs one after another on one stage, until one fails; answers with those that are left."""
    waiting = list(runs)
    with _folder(settings, runs[0]) as directory:
        try:
            async with stage(runs[0][0], directory) as found:
                while waiting:
                    result = await _one(found, *waiting[0], settings, commit)
                    _keep(settings, result)
                    waiting.pop(0)
                    if result.violations:
                        break
        except Lacking:
            raise
        except Exception:
            if not waiting:
                raise
            _keep(settings, _broken(*waiting.pop(0), commit, traceback.format_exc()))
    return waiting


def _keep(settings: Settings, result: Result) -> None:
    results.append(settings.path, result)
    say(result)


async def _one(found: Stage, fault: Fault, seed: int, settings: Settings, commit: str) -> Result:
    began, answered = time.monotonic(), found.answers.copy()
    evidence, copies = await found.perform(fault, seed, settings.events)
    wrong = await asyncio.to_thread(violations, evidence, ALL)  # it takes seconds, in which webhooks are to be answered
    life = evidence.life
    return Result(
        fault=fault.name,
        seed=seed,
        commit=commit,
        date=results.now(),
        machine=results.machine(),
        seconds=round(time.monotonic() - began, 1),
        events=settings.events,
        violations=tuple(wrong),
        lag=life.lag and round(life.lag, 2),
        rest=life.rest and round(life.rest, 2),
        memory=round(life.ratio, 3),
        copies=copies,
        answers=dict(found.answers - answered),
    )


def _broken(fault: Fault, seed: int, commit: str, why: str) -> Result:
    """A run that did not come to its end is a violation by itself."""
    violation = f"the run broke: {why[-2000:]}"
    when, where = results.now(), results.machine()
    return Result(fault.name, seed, commit, when, where, 0.0, 0, (violation,), None, None, 1.0, 0, {})


@contextlib.contextmanager
def _folder(settings: Settings, run: Run) -> Iterator[Path]:
    """A folder for a system's data and logs, which is kept where LOGS says so."""
    if settings.logs:
        kept = Path(settings.logs) / f"{run[0].name}-{run[1]}-{time.time_ns()}"
        kept.mkdir(parents=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="milepost-fault-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def say(result: Result) -> None:
    """One line about a run, and one for each violation."""
    verdict = f"{len(result.violations)} VIOLATIONS" if result.violations else "well"
    sys.stderr.write(
        f"{result.fault} {result.seed}: {verdict}, {result.seconds} s, lag {result.lag} s, told {result.rest} s, "
        f"memory {result.memory}, copies {result.copies}, answers {result.answers}\n"
    )
    for violation in result.violations:
        sys.stderr.write(f"    {violation}\n")
