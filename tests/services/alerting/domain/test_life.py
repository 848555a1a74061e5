"""An alert's life: which moments are kept."""

import datetime as dt

from services.alerting.domain.life import MOST_MOMENTS
from tests.services.alerting.examples import NOW, PLAN, RAIL, Step
from tests.services.alerting.world import World


def test_each_change_is_a_moment_and_a_day_s_passing_is_none() -> None:
    """Overdue from the day after, ten days long: one moment, one more when it goes to the lead, and its end."""
    world = World()
    world.hear([Step(RAIL, 0)])
    for passed in range(1, 11):
        world.passed = passed
        world.rejudge()
    began, passed_on = world.alerts[f"{PLAN}|{RAIL}|overdue"].life
    assert (began.at, began.escalated, passed_on.escalated) == (NOW + dt.timedelta(days=1), False, True)
    assert passed_on.days == 10
    world.hear([Step(RAIL, 0, 50)])
    assert [one.ended for one in world.alerts[f"{PLAN}|{RAIL}|overdue"].life] == [None, None, "re-forecast"]


def test_of_very_many_moments_the_first_and_the_last_are_kept() -> None:
    """A date that moves a hundred times."""
    world = World()
    for days in range(100):
        world.hear([Step(RAIL, 100, 150 + days)])
    life = world.alerts[f"{PLAN}|{RAIL}|late"].life
    assert len(life) == MOST_MOMENTS
    assert (life[0].days, life[-1].days) == (50, 149)
