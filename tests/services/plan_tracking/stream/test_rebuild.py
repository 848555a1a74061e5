"""Rebuilding on a real store: equal, or mended and told what differed; a stuck plan is retried by it."""

import datetime as dt
from typing import Any

from schemas import topics
from schemas.topics import milestone_key
from services.kit.cursors import Cursor
from services.plan_tracking.stream.batch import PlanTracking
from tests.events import NOON, PLAN
from tests.servers import Servers
from tests.services.plan_tracking.stream.test_batch import (
    everything,
    needing,
    planned,
    poison,
    record,
    tracking,
    work_on,
)

__all__ = ["tracking"]


def request(identifier: str) -> dict[str, Any]:
    """An operator's request."""
    return {
        "specversion": "1.0",
        "id": identifier,
        "source": "/milepost/operator",
        "type": "org.milepost.rebuild.requested.v1",
        "subject": PLAN,
        "plan": PLAN,
        "time": NOON.isoformat(),
        "acceptedtime": NOON.isoformat(),
        "data": {},
    }


async def rebuilt(tracking: PlanTracking, offset: int, at: Cursor) -> dict[str, Any]:
    """The report of a rebuild whose request is the record at this offset."""
    await work_on(tracking, [record(offset, request(f"r-{offset}"))], at)
    [report] = await tracking.store.rebuilt([f"r-{offset}"])
    return report


async def test_a_sound_plan_comes_out_equal_and_nothing_is_announced_again(
    servers: Servers, tracking: PlanTracking
) -> None:
    """The history accounts for every document."""
    rows = [record(0, planned("dft/a")), record(1, planned("dwp/b")), record(2, needing("dwp/b", "dft/a"))]
    at = await work_on(tracking, rows, Cursor(0))
    report = await rebuilt(tracking, 3, at)
    assert (report["records"], report["differing"], report["was_stuck"]) == (3, 0, False)
    assert len(await everything(servers.kafka, topics.milestones(tracking.namespace).name)) == 2


async def test_what_differs_is_named_and_mended(servers: Servers, tracking: PlanTracking) -> None:
    """A date that no record accounts for is put right, and announced."""
    at = await work_on(tracking, [record(0, planned("dft/a")), record(1, planned("dft/b"))], Cursor(0))
    key = milestone_key(PLAN, "dft/a")
    await tracking.store._milestones.collection.update_one({"_id": key}, {"$set": {"state.projected": "2030-01-01"}})
    report = await rebuilt(tracking, 2, at)
    assert (report["differing"], report["named"]) == (1, [key])
    states = {state.milestone: str(state.projected) for state in await tracking.store.milestone_states(PLAN)}
    assert states == {"dft/a": "2027-01-01", "dft/b": "2027-01-01"}
    announced = await everything(servers.kafka, topics.milestones(tracking.namespace).name)
    assert [row.key.decode() for row in announced].count(key) == 2


async def test_a_stuck_plan_is_retried(tracking: PlanTracking) -> None:
    """What entered history unfolded while it was stuck is folded, and it goes on as any other."""
    at = await work_on(tracking, [record(0, planned("dft/a"))], Cursor(0))
    await poison(tracking, "dft/a")
    tracking.networks.drop()
    at = await work_on(tracking, [record(1, planned("dft/a", "2027-09-09")), record(2, planned("dft/b"))], at)
    stuck = await tracking.store.plan_state(PLAN)
    assert stuck is not None
    assert stuck.stuck
    report = await rebuilt(tracking, 3, at)
    assert (report["was_stuck"], report["records"]) == (True, 3)
    at = await work_on(tracking, [record(4, planned("dft/c"))], Cursor(4))
    again = await tracking.store.plan_state(PLAN)
    assert again is not None
    assert (again.stuck, again.version) == (False, 4)
    assert {state.milestone for state in await tracking.store.milestone_states(PLAN)} == {"dft/a", "dft/b", "dft/c"}
    assert [entry.won for entry in await tracking.store.history(PLAN, "dft/b")] != [()]


async def test_what_comes_with_the_request_is_folded_upon_the_history(tracking: PlanTracking) -> None:
    """A move in the same batch differs from no history; it moves what needs it, and its record is kept."""
    rows = [record(0, planned("dft/a")), record(1, planned("dwp/b")), record(2, needing("dwp/b", "dft/a"))]
    at = await work_on(tracking, rows, Cursor(0))
    later = (NOON + dt.timedelta(hours=1)).isoformat()
    moved = planned("dft/a", "2027-03-01", id="moved", time=later)
    await work_on(tracking, [record(3, request("r")), record(4, moved)], at)
    [report] = await tracking.store.rebuilt(["r"])
    assert (report["records"], report["differing"]) == (3, 0)
    states = await tracking.store.milestone_states(PLAN)
    assert {(state.milestone, str(state.declared), str(state.projected)) for state in states} == {
        ("dft/a", "2027-03-01", "2027-03-01"),
        ("dwp/b", "2027-01-01", "2027-03-01"),
    }
    stored = await tracking.store.milestones(PLAN, ["dft/a"])
    assert stored["dft/a"].milestone.registers["baseline"].value == "2027-03-01"
    assert [entry.id for entry in await tracking.store.history(PLAN, "dft/a")][-1] == "moved"
