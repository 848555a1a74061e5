"""Chains of tasks between milestones: their longest lags, and what other chains imply."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import assume, given

from services.ingest.domain.schedules.chains import chains
from services.ingest.domain.schedules.model import Kind, Length, Relation, Task
from services.ingest.domain.schedules.network import network
from tests.services.ingest.domain.schedules.plans import days, link, longest, milestone, networks, task


def followed(
    tasks: Sequence[Task], relations: Sequence[Relation], most_steps: int = 10**6
) -> dict[tuple[str, str], Length]:
    """The chains between the flagged ones of these tasks: giver and taker, and how much later the taker is."""
    net = network(tasks, relations)
    found = chains(net, {net.finishes[one.id] for one in tasks if one.flagged}, most_steps)
    return {
        (net.tasks[giver].id, net.tasks[taker].id): length
        for taker, lengths in found.follows.items()
        for giver, length in lengths.items()
    }


def test_milestones_in_a_relation_are_a_chain_with_its_lag() -> None:
    """A lag of ten working days, or of minus three elapsed ones."""
    relations = [link("1", "2", working=10), link("2", "3", elapsed=-3)]
    found = followed([milestone("1"), milestone("2"), milestone("3")], relations)
    assert found == {("1", "2"): days(10), ("2", "3"): days(elapsed=-3)}


@pytest.mark.parametrize("kind", ["FS", "SS", "FF", "SF"])
def test_between_points_every_kind_of_relation_is_the_same(kind: Kind) -> None:
    """A milestone starts when it finishes."""
    assert followed([milestone("1"), milestone("2")], [link("1", "2", kind, 4)]) == {("1", "2"): days(4)}


def test_a_chain_through_tasks_is_as_long_as_its_longest_way() -> None:
    """The tasks' lengths and the lags between them: 3 + 2 + 4 by the upper way, 5 by the lower."""
    tasks = [milestone("1"), task("2", 3), task("3", 4), task("4", 5), milestone("5")]
    relations = [link("1", "2"), link("2", "3", working=2), link("3", "5"), link("1", "4"), link("4", "5")]
    assert followed(tasks, relations) == {("1", "5"): days(9)}


@pytest.mark.parametrize(
    ("first", "second", "lag"), [("FS", "FS", 6), ("FS", "SS", 1), ("FF", "FS", 1), ("FF", "SS", -4), ("SS", "FF", 6)]
)
def test_starts_and_finishes_of_a_task_lie_its_length_apart(first: Kind, second: Kind, lag: int) -> None:
    """A task of five days between two milestones, with a lag of one day before it."""
    relations = [link("1", "2", first, 1), link("2", "3", second)]
    assert followed([milestone("1"), task("2", 5), milestone("3")], relations) == {("1", "3"): days(lag)}


def test_working_and_elapsed_time_are_kept_apart() -> None:
    """Which way is longer is decided in calendar days: four elapsed ones are longer than two working ones."""
    tasks = [milestone("1"), task("2", 2), milestone("3")]
    assert followed(tasks, [link("1", "2"), link("2", "3", elapsed=1)]) == {("1", "3"): days(2, 1)}
    assert followed(tasks, [link("1", "2"), link("2", "3"), link("1", "3", elapsed=4)]) == {("1", "3"): days(elapsed=4)}


def test_what_another_chain_implies_is_left_out() -> None:
    """1 to 3 takes five days by way of 2, so that a direct lag of five says nothing, and one of six does."""
    tasks = [milestone("1"), milestone("2"), milestone("3")]
    by_two = [link("1", "2", working=2), link("2", "3", working=3)]
    assert ("1", "3") not in followed(tasks, [*by_two, link("1", "3", working=5)])
    assert followed(tasks, [*by_two, link("1", "3", working=6)])["1", "3"] == days(6)


def test_tasks_in_a_summary_follow_what_it_waits_for() -> None:
    """A milestone before a summary, one after it, and in it a task of five days and one of two."""
    tasks = [
        milestone("1"),
        task("2", summary=True),
        task("3", 5, parent="2"),
        task("4", summary=True, parent="2"),
        task("5", 2, parent="4"),
        milestone("6"),
    ]
    assert followed(tasks, [link("1", "2", working=1), link("2", "6")]) == {("1", "6"): days(6)}
    assert followed(tasks, [link("1", "4"), link("4", "6")]) == {("1", "6"): days(2)}


def test_what_is_done_carries_no_delay_on() -> None:
    """Nor does the start of what has begun; but what was waited for and is done is still known."""
    relations = [link("1", "2", "FF"), link("2", "3", "SS")]
    for state, started, found in (("done", True, 0), ("open", True, 0), ("open", False, 1)):
        tasks = [milestone("1"), task("2", 5, state=state, started=started), milestone("3")]
        assert len(followed(tasks, relations)) == found
    assert len(followed([milestone("1", state="done"), task("2", 5, state="done"), milestone("3")], relations)) == 1


def test_a_detour_by_what_is_done_implies_nothing() -> None:
    """3 was finished out of turn, so only the chain through 2 still holds 4 back."""
    tasks = [milestone("1"), task("2", 5), milestone("3", state="done"), milestone("4")]
    relations = [link("1", "2"), link("2", "4"), link("1", "3", working=5), link("3", "4")]
    assert ("1", "4") in followed(tasks, relations)


def test_work_is_bounded() -> None:
    """Where there is no room left, later milestones are unread, and said to be."""
    tasks = [milestone(str(number)) for number in range(20)]
    net = network(tasks, [link(str(n), str(n + 1)) for n in range(19)])
    found = chains(net, set(net.finishes.values()), most_steps=10)
    assert 0 < len(found.unread) < 20
    assert {*found.follows, *found.unread} == set(net.finishes.values())


def longest_over(found: Mapping[tuple[str, str], Length], tasks: Sequence[Task], origin: str) -> dict[str, float]:
    """The longest way over these chains, to each task that can be reached."""
    longest = {origin: 0.0}
    state = {one.id: one.state for one in tasks}
    for _ in tasks:
        for (giver, taker), length in found.items():
            stops = giver != origin and state[giver] == "done" and state[origin] != "done"
            if giver in longest and not stops:
                longest[taker] = max(longest.get(taker, float("-inf")), longest[giver] + length.days)
    return longest


@given(networks())
def test_chains_say_all_that_the_schedule_demands_and_no_more(plan: tuple[list[Task], list[Relation]]) -> None:
    """Over any number of chains, each milestone comes just as long after another as the starts and finishes demand;
    and one chain is as long as the longest way that meets no other milestone.
    """
    tasks, relations = plan
    assume(not network(tasks, relations).rings)
    found, kept = followed(tasks, relations), [one for one in tasks if one.flagged]
    for origin in kept:
        demanded = longest(tasks, relations, origin)
        alone = longest(tasks, relations, origin, {one.id for one in kept})
        reached = longest_over(found, tasks, origin.id)
        for taker in kept:
            assert reached.get(taker.id) == pytest.approx(demanded.get(taker.id))
            if (origin.id, taker.id) in found:
                assert found[origin.id, taker.id].days == pytest.approx(alone[taker.id])


@given(networks(states=True))
def test_chains_carry_what_is_still_open(plan: tuple[list[Task], list[Relation]]) -> None:
    """The same where tasks are done or have begun, for what is open."""
    tasks, relations = plan
    assume(not network(tasks, relations).rings)
    found = followed(tasks, relations)
    for origin in (one for one in tasks if one.flagged and one.state == "open"):
        demanded, reached = longest(tasks, relations, origin), longest_over(found, tasks, origin.id)
        for taker in (one for one in tasks if one.flagged):
            assert reached.get(taker.id) == pytest.approx(demanded.get(taker.id))
