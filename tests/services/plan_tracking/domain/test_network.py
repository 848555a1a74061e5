"""A network that is renewed where something moved is the network made of everything."""

import random
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.network import Moves, Network, renew, whole
from services.plan_tracking.domain.schedule import Edge, Given, Port, Terms, path
from services.plan_tracking.domain.tally import recount

PLAN = "dluhc/towns-fund"
DAY = 739_000
NAMES = [f"dft/{letter}" for letter in "abcdefg"]
PORTS = ["dwp/jobs|dwp/x", "dwp/jobs|dwp/y"]
EDGES = st.builds(
    Edge,
    st.sampled_from([*NAMES, *PORTS]),
    st.integers(-9, 20),
    st.sampled_from(["calendar", "working"]),
    st.none() | st.integers(DAY, DAY + 60),
)
GIVENS = st.builds(
    Given,
    st.sampled_from(["open", "open", "open", "done", "cancelled"]),
    st.none() | st.integers(DAY, DAY + 40),
    st.none() | st.integers(DAY - 20, DAY + 60),
    st.integers(DAY - 20, DAY),
    st.lists(EDGES, max_size=3, unique_by=lambda edge: edge.giver).map(
        lambda e: tuple(sorted(e, key=lambda x: x.giver))
    ),
)
CHAINED = st.lists(st.sampled_from([f"{PLAN}|{name}" for name in NAMES]), max_size=2).map(tuple)
HEARD = st.builds(
    Port,
    st.booleans(),
    st.sampled_from(["open", "done", "cancelled"]),
    st.none() | st.integers(DAY - 5, DAY + 80),
    st.booleans(),
    st.booleans(),
    st.just(("dwp/jobs|dwp/x",)),
    CHAINED,
)
MOVES = st.builds(
    Moves, st.dictionaries(st.sampled_from(NAMES), GIVENS, max_size=4), st.dictionaries(st.sampled_from(PORTS), HEARD)
)
TERMS = st.builds(
    Terms,
    st.integers(DAY, DAY + 3),
    st.just(()),
    st.frozensets(st.tuples(st.sampled_from(PORTS), st.sampled_from(NAMES)), max_size=2),
)


@given(st.lists(st.tuples(MOVES, TERMS), max_size=6))
def test_renewed_again_and_again_it_is_the_same_as_made_at_once(steps: list[tuple[Moves, Terms]]) -> None:
    """Dates, causes, rings and dependents; and whoever differs is among those that are called affected."""
    network, everything = Network(PLAN), Moves()
    day = 0
    for moves, terms in steps:
        day = max(day, terms.day)
        terms = Terms(day, terms.holidays, terms.cuts)
        before = _standing(network)
        renewed = renew(network, moves, terms)
        network = renewed.network.kept()
        everything = Moves({**everything.given, **moves.given}, {**everything.ports, **moves.ports})
        fresh = whole(PLAN, everything, terms)
        assert network.scheduled == fresh.scheduled
        assert (network.rings, _full(network.dependents)) == (fresh.rings, _full(fresh.dependents))
        after = _standing(network)
        assert {name for name in after if after[name] != before.get(name)} <= renewed.affected


def _standing(network: Network) -> dict[str, Any]:
    return {name: (stands, path(network, name)) for name, stands in network.scheduled.items()}


def _full(dependents: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    return {name: names for name, names in dependents.items() if names}


@given(st.lists(MOVES, max_size=5), st.integers(0, 30))
def test_counts_kept_as_they_move_are_those_counted_at_once(steps: list[Moves], tolerance: int) -> None:
    """Statuses, slips and dates of every department."""
    network, tallies = Network(PLAN), dict[str, Any]()
    for moves in steps:
        renewed = renew(network, moves, Terms(DAY))
        tolerances = (tolerance, tolerance)
        tallies = dict(recount(tallies, network, renewed.network, renewed.affected, tolerances))
        network = renewed.network.kept()
    at_once = recount({}, Network(PLAN), network, network.given, (tolerance, tolerance))
    assert {n: (t.counts(), t.dates, t.opened, t.number) for n, t in tallies.items()} == {
        n: (t.counts(), t.dates, t.opened, t.number) for n, t in at_once.items()
    }


def test_only_what_is_affected_is_visited() -> None:
    """In a plan of 3,000 chains of three, a move affects its own chain alone."""
    chance = random.Random(1)  # noqa: S311 - no secret
    plan = {}
    for number in range(3000):
        for link in range(3):
            needs = (Edge(f"dft/{number}-{link - 1}", 1, "calendar"),) if link else ()
            plan[f"dft/{number}-{link}"] = Given("open", DAY, DAY + chance.randint(0, 9), None, needs)
    network = whole(PLAN, Moves(given=plan), Terms(DAY))
    moved = {"dft/7-0": Given("open", DAY, DAY + 90, None)}
    assert renew(network, Moves(given=moved), Terms(DAY)).affected == {"dft/7-0", "dft/7-1", "dft/7-2"}
