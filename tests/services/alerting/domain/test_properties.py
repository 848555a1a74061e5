"""What holds after any sequence of states, whenever the subscriber happens to be told in between."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.alerts import NotificationData, Rhythm
from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.speaking import OF_LATENESS, grown_by_day, worse_by, worst
from tests.services.alerting.examples import PLAN, RAIL, SKILLS, STATION, Step
from tests.services.alerting.world import World, each

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
Move = tuple[tuple[Step, ...] | None, Rhythm | None, int, int]
"""What arrives (None: the same again), in which rhythm the subscriber is told then, days that pass, the tolerance."""
MOVES = st.lists(
    st.tuples(
        st.one_of(st.none(), PLANS, PLANS),
        st.sampled_from([None, None, "at_once", "weekly"]),
        st.integers(0, 20),
        st.sampled_from([14, 14, 0, 30]),
    ),
    max_size=12,
)


def moving(world: World, moves: list[Move]) -> Iterator[NotificationData | None]:
    """The states arrive, days pass, and the subscriber is told now and then: what it is told, if anything."""
    at: tuple[Step, ...] = ()
    for steps, rhythm, days, tolerance in moves:
        world.passed, world.tolerance, at = world.passed + days, tolerance, steps or at
        world.hear(at)
        yield world.told(rhythm) if rhythm else None


def play(moves: list[Move], least_days: int, rhythm: Rhythm = "at_once") -> World:
    """A world in which all this has happened; the subscriber is told once more at the end, in a rhythm."""
    world = World(least_days=least_days)
    list(moving(world, moves))
    world.told(rhythm)
    return world


def unsaid(world: World, kept: KeptAlert) -> int:
    """Days by which a level that holds is worse than what was told of it, those that passed by themselves too."""
    told = worst(world.said.get(kept.key), kept.known)
    return worse_by(kept, told) if kept.symptom == "late" else kept.alert.days - (told.days if told else 0)


@settings(max_examples=150)
@given(MOVES, st.sampled_from([0, 5, 60]))
def test_no_level_is_worse_than_told_by_more_than_the_threshold(moves: list[Move], least_days: int) -> None:
    """Whatever happened in between, the last word about each level is within the threshold of it."""
    world = play(moves, least_days)
    for kept in world.alerts.values():
        if kept.firing and kept.symptom == "late":
            assert unsaid(world, kept) - grown_by_day(kept, world.states) <= max(kept.tolerance, least_days)
        elif kept.firing:
            below = kept.symptom in OF_LATENESS and kept.alert.days <= least_days
            assert kept.key in world.said or kept.known or below


@settings(max_examples=75)
@given(MOVES, st.sampled_from([0, 5, 60]))
def test_after_a_weekly_digest_days_have_brought_nothing_that_was_not_said(moves: list[Move], least_days: int) -> None:
    """What is late because its own day passes is said as overdue; of all else the days are within the threshold."""
    world = play(moves, least_days, "weekly")
    for kept in world.alerts.values():
        own = kept.symptom == "late" and kept.alert.by_day and kept.alert.cause == kept.own
        if kept.firing and kept.symptom in ("late", "overdue") and not own and kept.alert.days > least_days:
            assert unsaid(world, kept) <= max(kept.tolerance, least_days)
    assert world.told("weekly") is None


@settings(max_examples=75)
@given(MOVES, st.sampled_from([0, 5, 60]))
def test_whoever_was_told_hears_that_it_is_over(moves: list[Move], least_days: int) -> None:
    """Nothing that was told as holding is left so when it holds no more; and nothing is said twice."""
    world = play(moves, least_days)
    for key, said in world.said.items():
        assert said.ended or world.alerts[key].firing
    assert world.told() is None


@settings(max_examples=75)
@given(MOVES)
def test_good_news_is_only_of_dates_that_came_back(moves: list[Move]) -> None:
    """Whatever is told as recovered is open, listed, dated, and within its plan's tolerance of what was agreed."""
    world = World()
    for data in moving(world, moves):
        for told in each(data):
            if told.ended == "recovered":
                state = world.states[milestone_key(PLAN, told.milestone)]
                assert (state.lifecycle, state.listed, told.to) == ("open", True, state.projected)
                assert state.slip is not None
                assert state.slip <= state.tolerance
