"""The schedule: inherited and projected dates, causes and paths, cycles, working days."""

import datetime as dt
import itertools
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.network import Moves, Network, whole
from services.plan_tracking.domain.schedule import LONGEST_PATH, Edge, Given, Scheduled, Terms, meet, path
from services.plan_tracking.domain.working_days import LAST_DAY, later

PLAN = "dluhc/towns-fund"
DAY = dt.date(2026, 11, 25).toordinal()


def needs(*names: str, lag: int = 0) -> tuple[Edge, ...]:
    """Edges to milestones of the same plan, in order."""
    return tuple(Edge(name, lag, "calendar") for name in sorted(names))


def open_on(day: int | None, *names: str, lag: int = 0) -> Given:
    """An open milestone with a declared date (the baseline) and needs."""
    return Given("open", day, day, None, needs(*names, lag=lag))


def network(plan: Mapping[str, Given], day: int = DAY) -> Network:
    """The network of these milestones on a day."""
    return whole(PLAN, Moves(given=plan), Terms(day=day))


def schedule(plan: Mapping[str, Given]) -> Mapping[str, Scheduled]:
    """Where each milestone stands."""
    return network(plan).scheduled


def test_a_slip_is_inherited_along_the_chain_and_its_cause_is_named() -> None:
    """B needs A ten days earlier, C needs B: A's date moves both, and the path leads from A."""
    plan = {"c": open_on(DAY + 5, "b"), "b": open_on(DAY + 20, "a", lag=10), "a": open_on(DAY + 30)}
    found = schedule(plan)
    assert [found[name].projected for name in "abc"] == [DAY + 30, DAY + 40, DAY + 40]
    assert path(network(plan), "c") == ("a", "b", "c")
    assert (found["c"].driver, found["c"].via) == ("a", "b")


def test_its_own_date_drives_a_milestone_while_its_needs_leave_it_room() -> None:
    """A declared date after the inherited one is its own cause; an equal one too."""
    for own in (DAY + 31, DAY + 30):
        found = schedule({"a": open_on(DAY + 30), "b": open_on(own, "a")})
        assert (found["b"].projected, found["b"].driver) == (own, "b")


def test_ties_between_binding_needs_go_by_name() -> None:
    """Two needs that demand the same day: the first by name is the cause."""
    plan = {"z": open_on(DAY + 9), "y": open_on(DAY + 9), "b": open_on(DAY, "y", "z")}
    assert schedule(plan)["b"].driver == "y"


def test_what_is_done_stays_where_it_was_met() -> None:
    """The actual date is the projected one, and passes on to what needs it."""
    plan = {"a": Given("done", DAY - 50, DAY - 50, DAY - 40), "b": open_on(DAY - 45, "a", lag=100)}
    found = schedule(plan)
    assert (found["a"].projected, found["b"].projected) == (DAY - 40, DAY + 60)


def test_a_predecessor_that_only_days_move_passes_that_on() -> None:
    """Open and in the past: it stands at the plan's day, and so does what needs it, by the day."""
    found = schedule({"a": open_on(DAY - 50), "b": open_on(DAY - 45, "a")})
    assert (found["b"].projected, found["b"].by_day, found["b"].driver) == (DAY, True, "a")


@pytest.mark.parametrize(
    ("predecessor", "why"),
    [(open_on(None), "undated"), (Given("cancelled", DAY, DAY, None), "cancelled"), (None, "unknown")],
)
def test_a_predecessor_without_a_date_adds_nothing_and_says_why(predecessor: Given | None, why: str) -> None:
    """B stays on its own date and is shown as waiting."""
    plan = {"b": open_on(DAY + 1, "a")} | ({"a": predecessor} if predecessor else {})
    met = meet(network(plan), "b", plan["b"].needs[0])
    assert (schedule(plan)["b"].projected, met.demands, met.waiting) == (DAY + 1, None, why)


def test_edges_inside_a_ring_are_left_out_and_the_rest_goes_on() -> None:
    """a and b wait for each other; c, outside, still inherits from b's own date."""
    plan = {"a": open_on(DAY + 3, "b"), "b": open_on(DAY + 5, "a"), "c": open_on(DAY, "b")}
    found = schedule(plan)
    assert [found[name].projected for name in "abc"] == [DAY + 3, DAY + 5, DAY + 5]
    assert meet(network(plan), "a", plan["a"].needs[0]).waiting == "in-a-cycle"
    assert network(plan).cycles() == (("a", "b"),)


def test_a_milestone_that_needs_itself_is_a_cycle_of_one() -> None:
    """Its edge is left out."""
    plan = {"a": open_on(DAY + 3, "a", lag=9)}
    assert schedule(plan)["a"].projected == DAY + 3
    assert network(plan).cycles() == (("a",),)


def test_a_very_long_chain_names_its_cause_and_its_last_links() -> None:
    """Deep chains neither recurse nor fill a document."""
    plan = {"0": open_on(DAY + 1)} | {str(n): open_on(None, str(n - 1), lag=1) for n in range(1, 5000)}
    made = network(plan)
    last, way = made.scheduled["4999"], path(made, "4999")
    assert last.projected == DAY + 5000
    assert (len(way), last.driver, way[:2], way[-1]) == (LONGEST_PATH, "0", ("0", "1"), "4999")


def test_no_lag_leads_past_the_calendar() -> None:
    """The last day a date can say is the end."""
    assert later(LAST_DAY - 1, 3650, "calendar") == LAST_DAY
    assert later(LAST_DAY - 1, 3650, "working") == LAST_DAY
    assert later(2, -3650, "calendar") == 1


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(-300, 300))
def test_working_days_are_monday_to_friday_counted_one_by_one(day: dt.date, lag: int) -> None:
    """The same as walking day by day and counting those that are not a weekend."""
    walked, left, step = day, abs(lag), 1 if lag > 0 else -1
    while left:
        walked += dt.timedelta(days=step)
        left -= walked.weekday() < 5
    assert dt.date.fromordinal(later(day.toordinal(), lag, "working")) == walked


NAMES = [str(n) for n in range(7)]
PLANS = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        lambda declared, lag, names: open_on(declared, *names, lag=lag),
        st.none() | st.integers(DAY - 20, DAY + 60),
        st.integers(-15, 15),
        st.sets(st.sampled_from(NAMES), max_size=3),
    ),
)


@given(PLANS)
def test_every_date_is_the_longest_path_that_leads_to_it(plan: dict[str, Given]) -> None:
    """Against a relaxation that knows nothing of order; and every path is real and adds up."""
    found = schedule(plan)
    assert {name: s.projected for name, s in found.items()} == relaxed(plan)
    for name in found:
        way = path(network(plan), name)
        assert way[-1] == name
        for before, after in itertools.pairwise(way):
            edge = next(e for e in plan[after].needs if e.giver == before)
            assert found[after].projected == (found[before].projected or 0) + edge.lag


def relaxed(plan: dict[str, Given]) -> dict[str, int | None]:
    """Projected dates by repeated relaxation, edges between milestones that reach each other left out."""
    reach = {name: reachable(plan, name) for name in plan}
    dates = {name: g.declared and max(g.declared, DAY) for name, g in plan.items()}
    for _ in plan:
        for name, given_ in plan.items():
            for edge in given_.needs:
                before = dates.get(edge.giver)
                if before is not None and name not in reach.get(edge.giver, ()):
                    dates[name] = max(dates[name] or DAY, before + edge.lag, DAY)
    return dates


def reachable(plan: dict[str, Given], start: str) -> set[str]:
    """Everything that `start` needs, directly or not, and itself."""
    found, todo = {start}, [start]
    while todo:
        for edge in plan[todo.pop()].needs:
            if edge.giver in plan and edge.giver not in found:
                found.add(edge.giver)
                todo.append(edge.giver)
    return found
