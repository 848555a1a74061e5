"""The harness itself: which runs are made, what is kept of them, and who has died by itself."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.process import Process
from tests.faults import results
from tests.faults.driver import Driver
from tests.faults.every import EVERY, SHORT, chosen
from tests.faults.fault import FEW, MANY, QUIET
from tests.faults.results import Result
from tests.faults.run import ON_ONE_STAGE, Settings, programmes, wanted
from tests.flow.publisher import until

ONE = Result("quiet", 1, "abc", "2026-11-25T12:00:00+00:00", "2 CPUs", 9.5, 800, (), 1.0, 4.0, 1.1, 0, {"202": 800})
OTHER = replace(ONE, seed=2, lag=None, rest=None, memory=1.3, copies=2, violations=("lag_is_gone_in_time: never",))


def test_results_are_kept_per_fault_seed_and_commit(tmp_path: Path) -> None:
    """A run that is made again takes the place of the one before; those of other commits are not counted."""
    path = tmp_path / "deep" / "results.jsonl"
    assert results.read(path) == []
    for one in (ONE, replace(ONE, commit="old"), OTHER, replace(ONE, lag=2.0)):
        results.append(path, one)
    assert results.read(path, "abc") == [replace(ONE, lag=2.0), OTHER]
    assert len(results.read(path)) == 3


def test_the_table_has_a_row_for_each_fault() -> None:
    """Medians and the greatest of what was measured, and how often it never came; faults in the order of the list."""
    rows = results.table([replace(ONE, fault="later"), ONE, OTHER], ["quiet", "later"]).splitlines()
    assert rows[2] == "| quiet | 2 | 1 | 1.0 / 1.0, never 1 | 4.0 / 4.0, never 1 | 1.30 | 2 |"
    assert rows[3].startswith("| later | 1 | 0 | 1.0 / 1.0 |")


def test_a_commit_is_named_by_what_differs_from_it_too() -> None:
    """So that a changed tree does not take the results of another for its own."""
    assert results.commit() == results.commit()
    assert len(results.commit().partition("+")[0]) >= len("unknown")


def test_a_fault_that_takes_long_has_few_seeds() -> None:
    """Seeds follow each other from the first; of a long fault there are fewer, however many are asked for."""
    long = replace(QUIET, name="long", lasts=30.0)
    runs = wanted([QUIET, long], Settings(seeds=100, first=7))
    assert [seed for fault, seed in runs if fault is QUIET] == list(range(7, 7 + MANY))
    assert [seed for fault, seed in runs if fault is long] == list(range(7, 7 + FEW))


def test_runs_of_one_kind_of_system_share_it() -> None:
    """As long as it is not too old, and except those that must be apart."""
    apart, doubled = replace(QUIET, name="apart", apart=True), replace(QUIET, name="two", replicas=2)
    runs = [(QUIET, seed) for seed in range(ON_ONE_STAGE + 1)] + [(apart, 1), (doubled, 1), (apart, 2)]
    sizes = [(some[0][0].name, len(some)) for some in programmes(runs)]
    assert sizes == [("quiet", ON_ONE_STAGE), ("quiet", 1), ("apart", 1), ("two", 1), ("apart", 1)]


def test_every_fault_has_a_name_of_its_own_and_a_sentence() -> None:
    """The short form is a part of all; a name that nobody has is refused."""
    names = [fault.name for fault in EVERY]
    assert len(set(names)) == len(names)
    assert all(fault.does.endswith(".") for fault in EVERY)
    assert chosen([], short=False) == list(EVERY)
    assert {fault.name for fault in chosen([], short=True)} == set(SHORT) < set(names)
    with pytest.raises(ValueError, match="there is no fault nobody"):
        chosen(["quiet", "nobody"], short=True)


async def test_what_dies_by_itself_is_counted_and_started_again(tmp_path: Path) -> None:
    """What is killed by the driver is started again too, and is no death."""

    async def start(life: int) -> Process:
        return await Process.start("sleeper", ["/bin/sleep", "600"], log=tmp_path / f"{life}.log")

    driver = Driver()
    await driver.start({"sleeper.1": start})
    try:
        await driver.kill("sleeper.1")
        await driver.mended()
        assert (driver.kills["sleeper"], driver.deaths["sleeper.1"]) == (1, 0)
        before = await driver.pid("sleeper.1")
        os.kill(before, signal.SIGKILL)

        async def revived() -> bool:
            return driver.parts["sleeper.1"].lives == 3 and await driver.pid("sleeper.1") != before

        await until(revived, bool)
        assert (driver.kills["sleeper"], driver.deaths["sleeper.1"]) == (1, 1)
    finally:
        await driver.close()
