"""Plans as known at the end of a day: when they are folded again, and how many are kept."""

import datetime as dt

import pytest

from services.kit.mongo import Database
from services.plan_tracking.domain.keys import at, by, towards
from services.plan_tracking.domain.known import end_of
from services.plan_tracking.past import FRESH, SETTLED, Past
from services.plan_tracking.store import Store
from tests.events import NOON
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import said
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
    past = Past(store.lookups)
    known = await past.known(RENEWAL, DAY, OVER + SETTLED)
    assert {"dft/in-time", "dft/station"} <= set(known.milestones)
    assert "dft/late" not in known.milestones
    assert "funding|dluhc/hub@E10000001@Towns%20Fund" in {fact.name for fact in known.facts}
    outline = await past.outline(RENEWAL, DAY, OVER + SETTLED)
    assert (outline.plan.hold, outline.plan.title) == (DAY, "Aldermoor renewal")
    assert {at(ALDERMOOR), by("dft")} <= outline.keys
    assert {at(ALDERMOOR), towards(SLUG)} <= outline.plan_keys


@pytest.mark.parametrize(
    ("made", "asked", "again"),
    [
        (dt.timedelta(minutes=5), FRESH / 2, False),
        (dt.timedelta(minutes=5), FRESH * 2, True),
        (dt.timedelta(minutes=5), SETTLED * 2, True),
        (SETTLED, dt.timedelta(days=90), False),
    ],
)
async def test_it_is_folded_again_while_something_may_be_on_its_way(
    store: Store, database: Database, made: dt.timedelta, asked: dt.timedelta, again: bool
) -> None:
    """In the hour after the day, and then no more often than every few seconds; afterwards once."""
    await towns.founded(store)
    past, moment = Past(store.lookups), OVER + made
    assert "dft/station" in (await past.known(RENEWAL, DAY, moment)).milestones
    await database["history"].delete_many({"plan": RENEWAL})
    assert ("dft/station" not in (await past.known(RENEWAL, DAY, moment + asked)).milestones) is again
    assert ((await past.outline(RENEWAL, DAY, moment + asked)).plan.title != "Aldermoor renewal") is again


async def test_only_so_much_is_kept_and_outlines_longer_than_plans(heard: tuple[Store, Finds]) -> None:
    """The plan that was not asked for longest goes first; its outline is still there."""
    store, finds = heard
    await towns.founded(store)
    await said(store, towns.published("dft/rail", "Rail"), plan="dft/rail")
    past, moment = Past(store.lookups, most_known=19), OVER + SETTLED
    for plan in (RENEWAL, JOBS, RENEWAL, "dft/rail"):
        await past.known(plan, DAY, moment)
    finds.sent.clear()
    await past.known(RENEWAL, DAY, moment)
    assert finds.sent == []
    await past.outline(JOBS, DAY, moment)
    assert finds.sent == []
    await past.known(JOBS, DAY, moment)
    assert [find["filter"] for find in finds.sent] == [{"plan": JOBS}]
