"""Plans that are kept as they were known."""

import asyncio

from services.kit.mongo import Database
from services.plan_tracking.memory import Memory
from services.plan_tracking.store import Store
from tests.events import NOON, PLAN
from tests.services.plan_tracking.doors import said
from tests.services.plan_tracking.story import DAY, SECOND, forecast, story


async def test_a_plan_is_folded_once_for_a_moment(store: Store) -> None:
    """However many ask at once, and also after more was said since."""
    await said(store, story())
    memory = Memory(store)
    first, second = await asyncio.gather(memory.known(PLAN, SECOND), memory.known(PLAN, SECOND))
    assert first is second
    await said(store, [forecast("dft/a", "2027-12-01", NOON + DAY)], offset=9)
    assert await memory.known(PLAN, SECOND) is first
    assert await memory.known(PLAN, NOON) is not first


async def test_what_was_accepted_by_then_and_comes_later_is_folded_in(store: Store) -> None:
    """A record that was still on its way."""
    await said(store, story()[:7])
    memory = Memory(store)
    before = await memory.known(PLAN, SECOND)
    await said(store, story()[7:], offset=7)
    after = await memory.known(PLAN, SECOND)
    assert (before.plan.version, after.plan.version) == (6, 7)
    assert await memory.known(PLAN, SECOND) is after


async def test_only_so_many_milestones_are_kept(store: Store, database: Database) -> None:
    """What was used last stays; what is forgotten is folded again, to the same."""
    await said(store, story())
    memory = Memory(store, most=5)  # of three milestones each
    first = await memory.known(PLAN, SECOND)
    await memory.known(PLAN, NOON)
    again = await memory.known(PLAN, SECOND)
    assert again is not first
    assert again == first
    assert await database["history"].count_documents({}) == len(story())
