"""Plans as known at a moment: when they are folded again, how many are kept, and how large they may be."""

import asyncio
import datetime as dt

import pytest

from services.kit.http import Problem
from services.kit.mongo import Database
from services.plan_tracking.domain.keys import at, by, towards
from services.plan_tracking.domain.known import end_of
from services.plan_tracking.past import Past
from services.plan_tracking.store import Store
from tests.events import NOON, PLAN
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import said
from tests.services.plan_tracking.story import DAY as A_DAY
from tests.services.plan_tracking.story import SECOND, forecast, story
from tests.services.plan_tracking.test_lookups import Finds, heard
from tests.services.plan_tracking.towns import ALDERMOOR, JOBS, RENEWAL, SLUG

__all__ = ["heard"]

DAY = NOON.date()
OVER = end_of(DAY)


async def test_a_plan_is_folded_from_what_was_accepted_by_the_end_of_the_day(store: Store) -> None:
    """Its milestones and its facts; the outline tells by what they are found, and that it is on hold."""
    late = towns.planned(RENEWAL, "dft/late", "Late", "2027-01-01")
    in_time = [late.model_copy(update={"acceptedtime": OVER, "subject": "dft/in-time"})]
    after = [late.model_copy(update={"acceptedtime": OVER + dt.timedelta(microseconds=1)})]
    await towns.founded(store, renewal_plan=[*towns.renewal(), *in_time, *after])
    past = Past(store)
    known = await past.held(RENEWAL, DAY)
    assert {"dft/in-time", "dft/station"} <= set(known.milestones)
    assert "dft/late" not in known.milestones
    assert "funding|dluhc/hub@E10000001@Towns%20Fund" in {fact.name for fact in known.facts}
    outline = await past.outline(RENEWAL, DAY)
    assert (outline.plan.hold, outline.plan.title) == (DAY, "Aldermoor renewal")
    assert {at(ALDERMOOR), by("dft")} <= outline.keys
    assert {at(ALDERMOOR), towards(SLUG)} <= outline.plan_keys


async def test_a_plan_is_folded_once_for_a_moment(store: Store) -> None:
    """However many ask at once, and also after more was said since."""
    await said(store, story())
    past = Past(store)
    first, second = await asyncio.gather(past.known(PLAN, SECOND), past.known(PLAN, SECOND))
    assert first is second
    await said(store, [forecast("dft/a", "2027-12-01", NOON + A_DAY)], offset=9)
    assert await past.known(PLAN, SECOND) is first
    assert await past.known(PLAN, NOON) is not first


async def test_what_was_accepted_by_then_and_comes_later_is_folded_in(store: Store) -> None:
    """A record that was still on its way."""
    await said(store, story()[:7])
    past = Past(store)
    before = await past.known(PLAN, SECOND)
    await said(store, story()[7:], offset=7)
    after = await past.known(PLAN, SECOND)
    assert (before.plan.version, after.plan.version) == (6, 7)
    assert await past.known(PLAN, SECOND) is after


async def test_a_plan_on_hold_is_looked_at_no_more_often_than_every_few_seconds(heard: tuple[Store, Finds]) -> None:
    """It is asked about by every door, and what changes it comes late and seldom."""
    store, finds = heard
    await towns.founded(store)
    past = Past(store)
    await past.outline(RENEWAL, DAY)
    finds.sent.clear()
    await past.held(RENEWAL, DAY)
    await past.outline(RENEWAL, DAY)
    assert finds.sent == []
    await past.known(RENEWAL, OVER)
    assert [find["filter"]["plan"] for find in finds.sent] == [RENEWAL]


async def test_only_so_much_is_kept_and_outlines_longer_than_plans(heard: tuple[Store, Finds]) -> None:
    """The plan that was not asked for longest goes first; its outline is still there."""
    store, finds = heard
    await towns.founded(store)
    await said(store, towns.published("dft/rail", "Rail"), plan="dft/rail")
    past = Past(store, most_kept=19)
    await past.outline(JOBS, DAY)
    for plan in (RENEWAL, JOBS, RENEWAL, "dft/rail"):
        await past.held(plan, DAY)
    finds.sent.clear()
    await past.held(RENEWAL, DAY)
    await past.outline(JOBS, DAY)
    assert finds.sent == []
    await past.held(JOBS, DAY)
    assert [find["filter"]["plan"] for find in finds.sent] == [JOBS]


async def test_what_is_forgotten_is_folded_again_to_the_same(store: Store, database: Database) -> None:
    """It is kept to be quick, and for nothing else."""
    await said(store, story())
    past = Past(store, most_kept=5)  # of three milestones each
    first = await past.known(PLAN, SECOND)
    await past.known(PLAN, NOON)
    again = await past.known(PLAN, SECOND)
    assert again is not first
    assert again == first
    assert await database["history"].count_documents({}) == len(story())


async def test_a_history_of_any_length_is_folded_a_slice_at_a_time(store: Store) -> None:
    """Longer than one read; what it moved can be asked of any of its records."""
    moves = [forecast("dft/a", "2027-12-01", NOON + number * dt.timedelta(seconds=1)) for number in range(1_100)]
    await said(store, [*story(), *moves])
    past, last = Past(store), len(story()) + 1_099
    known = await past.known(PLAN, NOON + A_DAY)
    assert known.plan.version == last
    assert known.milestones["dft/a"].projected == dt.date(2027, 12, 1)
    found = await past.moved(PLAN, [0, 600, last])
    assert set(found) == {0, 600, last}
    assert (found[last].steps, found[last].more) == ((), 0)


async def test_a_plan_that_is_too_large_is_refused_with_the_limit_and_another_way(store: Store) -> None:
    """How long its history is does not matter, how much it speaks of does; one on hold is answered all the same."""
    await said(store, story())
    past = Past(store, most_subjects=2)
    with pytest.raises(Problem, match="more than 2 milestones and facts") as refused:
        await past.known(PLAN, SECOND)
    assert refused.value.status == 422
    with pytest.raises(Problem, match="download its history"):
        await past.moved(PLAN, [8])
    assert len((await past.held(PLAN, DAY)).milestones) == 3
