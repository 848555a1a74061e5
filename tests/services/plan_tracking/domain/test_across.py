"""Law 3: slip travels between plans, in any order and split, and comes to rest where the set of events says."""

import datetime as dt
import itertools
import random
from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from schemas.events import LogRecord
from schemas.network import NETWORK
from tests.events import NOON, event
from tests.services.plan_tracking.world import World

PLANS = ("dft/rail", "dwp/jobs", "dluhc/towns")
NAMES = ("dft/a", "dwp/b", "dluhc/c")
DAY = NOON.date()
Key = tuple[str, str]


@dataclass(frozen=True)
class Needs:
    """A dependency: who needs, whom, how many days later, and until when it is absorbed."""

    receiver: Key
    giver: Key
    lag: int
    absorbed: dt.date | None = None


@dataclass(frozen=True)
class Story:
    """Dates by milestone (None: no date; absent: never planned), dependencies, and milestones that are cancelled."""

    dates: Mapping[Key, dt.date | None]
    needs: tuple[Needs, ...]
    cancelled: frozenset[Key]
    withdrawn: frozenset[str]

    def records(self) -> list[LogRecord]:
        """The story as accepted events."""
        said = [self._planned(key, date) for key, date in self.dates.items()]
        for one in self.needs:
            said.append(_about(one.receiver, "dependency.declared", {**_needed(one), "lag": one.lag}))
            if one.absorbed:
                data = {**_needed(one), "until": one.absorbed.isoformat()}
                said.append(_about(one.receiver, "dependency.absorbed", data))
        said += [_about(key, "milestone.cancelled", {"reason": "No longer"}) for key in sorted(self.cancelled)]
        for plan in sorted(self.withdrawn):
            said.append(event("plan.withdrawn", plan, {"reason": "Merged"}, plan=plan))
        return said

    def _planned(self, key: Key, date: dt.date | None) -> LogRecord:
        return _about(key, "milestone.planned", {"title": "M"} | ({"baseline": date.isoformat()} if date else {}))


def _needed(one: Needs) -> dict[str, object]:
    return {"needs": one.giver[1], "needs_plan": one.giver[0]}


def _about(key: Key, kind: str, data: Mapping[str, object]) -> LogRecord:
    return event(kind, key[1], dict(data), plan=key[0], id=f"{kind}-{key}-{data.get('needs')}-{data.get('needs_plan')}")


KEYS = st.tuples(st.sampled_from(PLANS), st.sampled_from(NAMES))
DATES = st.integers(-20, 60).map(lambda days: DAY + dt.timedelta(days=days))
STORIES = st.builds(
    Story,
    st.dictionaries(KEYS, st.none() | DATES, max_size=9),
    st.lists(
        st.builds(Needs, KEYS, KEYS, st.integers(-9, 30), st.none() | DATES),
        max_size=12,
        unique_by=lambda one: (one.receiver, one.giver),
    ).map(tuple),
    st.frozensets(KEYS, max_size=1),
    st.frozensets(st.sampled_from(PLANS), max_size=1),
)


def oracle(story: Story) -> dict[Key, dt.date | None]:
    """The whole as one graph: ring edges inside plans go first, then edges across plans that close a cycle."""
    planned = set(story.dates) | {one.receiver for one in story.needs} | story.cancelled
    inside = [one for one in story.needs if one.receiver[0] == one.giver[0]]
    kept = [one for one in inside if one.receiver not in _reach(inside, one.receiver, one.giver)]
    across = [one for one in story.needs if one.receiver[0] != one.giver[0]]
    edges = kept + [one for one in across if one.receiver not in _reach(kept + across, one.receiver, one.giver)]
    dates: dict[Key, dt.date | None] = {key: story.dates.get(key) for key in planned}
    dates = {key: max(date, DAY) if date else None for key, date in dates.items()}
    dates |= dict.fromkeys(story.cancelled)
    for _ in range(len(planned) + 1):
        for one in edges:
            gone = one.giver in story.cancelled or (one.giver[0] in story.withdrawn and one.giver[0] != one.receiver[0])
            before = None if gone else dates.get(one.giver)
            if before is None or one.receiver in story.cancelled:
                continue
            demanded = before + dt.timedelta(days=one.lag)
            if one.absorbed is None or demanded > one.absorbed:
                dates[one.receiver] = max(dates[one.receiver] or DAY, demanded, DAY)
    return dates


def _reach(edges: list[Needs], receiver: Key, giver: Key) -> set[Key]:
    """Everything that the giver needs, directly or not, and itself."""
    found, todo = {giver}, [giver]
    while todo:
        at = todo.pop()
        fresh = {one.giver for one in edges if one.receiver == at} - found
        found |= fresh
        todo += fresh
    return found


@given(STORIES, st.randoms(use_true_random=False))
def test_after_quiet_every_plan_stands_where_one_fold_over_all_events_puts_it(
    story: Story, chance: random.Random
) -> None:
    """Whatever the order, the split and the repetitions; cycles inside and across plans among them."""
    records = story.records()
    chance.shuffle(records)
    world = World(chance)
    cut = chance.randint(0, len(records))
    for part in (records[:cut], records[cut:]):
        world.say(part)
        world.rest()
    found = {(plan, name): date for plan, dates in world.projected().items() for name, date in dates.items()}
    assert found == oracle(story)
    for plan, name in found:
        _path_is_real(story, world, found, plan, name)
    assert world.said <= most_announced(story)


def most_announced(story: Story) -> int:
    """The bound of announcements: twenty for each dependency and plan, and forty for a story without any.

    A dependency registers once and is answered; its port moves no more often than something before it does, in each of
    the two parts of the story; links and verdicts follow what is declared. A third of them is said twice.
    """
    return 40 + 20 * len(story.needs) * len(PLANS)


def _path_is_real(story: Story, world: World, found: dict[Key, dt.date | None], plan: str, name: str) -> None:
    """Each step is a dependency, and adds up."""
    steps = [tuple(step.split("|")) for step in world.path(plan, name)]
    assert steps[-1] == (plan, name)
    first = (steps[0][0], steps[0][1])
    own = story.dates.get(first)
    assert found[first] == (max(own, DAY) if own and first not in story.cancelled else found[first])
    lags = {(one.giver, one.receiver): one.lag for one in story.needs}
    for before, after in itertools.pairwise(steps):
        date = found[before]  # type: ignore[index]
        assert date is not None
        assert found[after] == date + dt.timedelta(days=lags[before, after])  # type: ignore[index]


def test_a_slip_crosses_three_plans_with_its_cause_and_path() -> None:
    """The rail milestone moves; the last of three plans says who moved it and on which way."""
    rail, jobs, town = ("dft/rail", "dft/a"), ("dwp/jobs", "dwp/b"), ("dluhc/towns", "dluhc/c")
    day = DAY + dt.timedelta(days=10)
    story = Story(
        {rail: day, jobs: day, town: day}, (Needs(jobs, rail, 5), Needs(town, jobs, 7)), frozenset(), frozenset()
    )
    world = World(random.Random(1))  # noqa: S311 - no secret
    world.say(story.records())
    world.rest()
    moved = {"forecast": (day + dt.timedelta(days=30)).isoformat(), "reason": "Possession moved"}
    world.say([event("milestone.forecast", "dft/a", moved, plan="dft/rail", id="moved")])
    world.rest()
    assert world.projected()["dluhc/towns"]["dluhc/c"] == day + dt.timedelta(days=42)
    assert world.path(*town) == ("dft/rail|dft/a", "dwp/jobs|dwp/b", "dluhc/towns|dluhc/c")


def test_a_diamond_across_plans_moves_its_end_to_the_longest_way() -> None:
    """Two ways of different length: few messages, and one date."""
    start, left, right, end = ("dft/rail", "dft/a"), ("dwp/jobs", "dwp/b"), ("dwp/jobs", "dft/a"), PLANS[2]
    day = DAY + dt.timedelta(days=10)
    last = (end, "dluhc/c")
    needs = (Needs(left, start, 3), Needs(right, start, 9), Needs(last, left, 0), Needs(last, right, 0))
    dates = {start: day, left: day, right: day, (end, "dluhc/c"): day}
    world = World(random.Random(2))  # noqa: S311 - no secret
    world.say(Story(dates, needs, frozenset(), frozenset()).records())
    world.rest()
    assert world.projected()[end]["dluhc/c"] == day + dt.timedelta(days=9)
    assert world.said < 30


RING = tuple((plan, name) for plan, name in zip(PLANS, NAMES, strict=True))


@given(st.permutations([0, 1, 2]), st.integers(1, 30), st.randoms(use_true_random=False))
def test_a_ring_across_plans_comes_to_rest_before_it_is_judged_and_is_left_out_after(
    order: list[int], lag: int, chance: random.Random
) -> None:
    """A date that comes round again is not taken; once the network plan has judged, each stands on its own date."""
    dates: dict[Key, dt.date | None] = {key: DAY + dt.timedelta(days=5 * order[i]) for i, key in enumerate(RING)}
    needs = tuple(Needs(receiver, giver, lag) for receiver, giver in zip(RING, (RING[-1], *RING), strict=False))
    world = World(chance)
    world.say(Story(dates, needs, frozenset(), frozenset()).records())
    world.rest(away=NETWORK)
    assert world.said < 60
    world.rest()
    assert {key: world.projected()[key[0]][key[1]] for key in RING} == dates
    assert {need.waiting for need in world.needs()} == {"in-a-cycle"}
