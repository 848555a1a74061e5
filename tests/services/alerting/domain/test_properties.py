"""What holds after any sequence of states, whenever the subscriber happens to be told in between."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.speaking import grown_by_day, worse_by
from tests.services.alerting.examples import PLAN, RAIL, SKILLS, STATION, Step
from tests.services.alerting.world import World

SHIFTS = st.one_of(st.none(), st.integers(-40, 200))


def step(name: str, baseline: int, needs: tuple[str, ...]) -> st.SearchStrategy[Step]:
    """A milestone in any condition: forecast, met, cancelled, unlisted, with a moved or no baseline."""
    return st.builds(
        Step,
        st.just(name),
        baseline=st.sampled_from([baseline, baseline, baseline, baseline + 40, None]),
        forecast=SHIFTS,
        actual=st.one_of(st.none(), st.none(), st.none(), st.integers(0, 150)),
        needs=st.sampled_from([needs, needs, ()]),
        cancelled=st.sampled_from([False, False, False, True]),
        listed=st.sampled_from([True, True, True, False]),
    )


PLANS = st.tuples(step(RAIL, 30, ()), step(STATION, 40, (RAIL,)), step(SKILLS, 50, (STATION, RAIL)))
MOVES = st.lists(st.tuples(PLANS, st.booleans(), st.integers(0, 20), st.sampled_from([14, 14, 0, 30])), max_size=12)


def play(moves: list[tuple[tuple[Step, ...], bool, int, int]], least_days: int) -> World:
    """The states arrive, days pass, and the subscriber is told now and then, and once at the end."""
    world = World(least_days=least_days)
    for steps, tell, days, tolerance in moves:
        world.passed, world.tolerance = world.passed + days, tolerance
        world.hear(steps)
        if tell:
            world.told()
    world.told()
    return world


def unsaid(world: World, kept: KeptAlert) -> int:
    """Days by which a level that holds is worse than what was told of it, without those that passed by themselves."""
    return worse_by(kept, world.said.get(kept.key)) - grown_by_day(kept, world.states)


@settings(max_examples=150)
@given(MOVES, st.sampled_from([0, 5, 60]))
def test_no_level_is_worse_than_told_by_more_than_the_threshold(
    moves: list[tuple[tuple[Step, ...], bool, int, int]], least_days: int
) -> None:
    """Whatever happened in between, the last word about each level is within the threshold of it."""
    world = play(moves, least_days)
    for kept in world.alerts.values():
        if kept.firing and kept.symptom == "late":
            assert unsaid(world, kept) <= max(kept.tolerance, least_days)
        elif kept.firing:
            assert kept.key in world.said or kept.alert.days <= least_days


@settings(max_examples=75)
@given(MOVES, st.sampled_from([0, 5, 60]))
def test_whoever_was_told_hears_that_it_is_over(
    moves: list[tuple[tuple[Step, ...], bool, int, int]], least_days: int
) -> None:
    """Nothing that was told as holding is left so when it holds no more; and nothing is said twice."""
    world = play(moves, least_days)
    for key, said in world.said.items():
        assert said.ended or world.alerts[key].firing
    assert world.told() is None


@settings(max_examples=75)
@given(MOVES)
def test_good_news_is_only_of_dates_that_came_back(moves: list[tuple[tuple[Step, ...], bool, int, int]]) -> None:
    """Whatever is told as recovered is open, listed, dated, and within its plan's tolerance of what was agreed."""
    world = World()
    for steps, tell, days, tolerance in moves:
        world.passed, world.tolerance = world.passed + days, tolerance
        world.hear(steps)
        data = world.told() if tell else None
        for told in (told for section in data.causes for told in section.moved) if data else ():
            if told.ended == "recovered":
                state = world.states[milestone_key(PLAN, told.milestone)]
                assert (state.lifecycle, state.listed, told.to) == ("open", True, state.projected)
                assert state.slip is not None
                assert state.slip <= state.tolerance
