"""Networks that are kept: hot, then packed, then read again; and never one of another version."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from services.plan_tracking.domain.model import Plan
from services.plan_tracking.domain.network import Moves, Network, whole
from services.plan_tracking.domain.schedule import Given, Terms
from services.plan_tracking.domain.tally import Tallies, recount
from services.plan_tracking.stream.cache import Kept, Networks
from tests.services.plan_tracking.domain.test_network import MOVES, TERMS

OPEN = Given("open", 740_000, 740_900, None)
FIRST, SECOND = Plan("dluhc/first", version=3), Plan("dluhc/second", version=5)


@dataclass
class Reads:
    """A store in which no plan has a milestone; it notes which plans were asked for."""

    asked: list[str] = field(default_factory=list)

    async def moves(self, plan: str) -> Moves:
        """Nothing, and a note."""
        self.asked.append(plan)
        return Moves()


def made(plan: Plan, moves: Moves, terms: Terms) -> tuple[Network, Tallies]:
    """A network with its counts."""
    network = whole(plan.name, moves, terms)
    return network, recount({}, Network(plan.name), network, network.given, (14, 14))


def look(networks: Networks, plan: Plan) -> Kept:
    """What is kept of a plan, or read."""
    return asyncio.run(networks.of(plan))


def networks(reads: Reads, **bounds: Any) -> Networks:
    """A cache over these reads."""
    return Networks(cast(Any, reads), **bounds)


@given(MOVES, TERMS, st.integers(0, 1))
def test_a_network_is_the_same_hot_or_packed(moves: Moves, terms: Terms, most: int) -> None:
    """Everything of it and of its counts; the store is not asked."""
    reads, network, tallies = Reads(), *made(FIRST, moves, terms)
    cache = networks(reads, most=most)
    expected = Kept(FIRST.version, *made(FIRST, moves, terms))
    cache.keep(FIRST, network, tallies)
    cache.keep(SECOND, *made(SECOND, moves, terms))
    assert look(cache, FIRST) == expected
    assert look(cache, FIRST) == expected, "looking at it takes nothing away"
    assert reads.asked == []


@given(MOVES, TERMS, st.sampled_from([0, 10_000]))
def test_a_network_of_another_version_is_read(moves: Moves, terms: Terms, most: int) -> None:
    """Hot or packed: somebody else has written since."""
    reads = Reads()
    cache = networks(reads, most=most)
    cache.keep(FIRST, *made(FIRST, moves, terms))
    cache.keep(SECOND, *made(SECOND, moves, terms))
    look(cache, Plan(FIRST.name, version=4))
    assert reads.asked == [FIRST.name]


def test_beyond_its_bounds_the_oldest_is_forgotten() -> None:
    """So that memory is bounded, whatever the number of plans; and nothing outlasts an error."""
    moves = Moves(given={"dft/a": OPEN, "dft/b": OPEN})
    reads = Reads()
    cache = networks(reads, most=2, most_packed=1)
    for plan in (FIRST, SECOND):
        cache.keep(plan, *made(plan, moves, Terms()))
    look(cache, SECOND)
    assert reads.asked == []
    look(cache, FIRST)
    assert reads.asked == [FIRST.name]
    cache.drop()
    look(cache, SECOND)
    assert reads.asked == [FIRST.name, SECOND.name]


def test_a_plan_that_is_kept_again_is_kept_once() -> None:
    """The packed network of an older version gives its room back."""
    moves = Moves(given={"dft/a": OPEN})
    reads = Reads()
    cache = networks(reads, most=1, most_packed=2_000)
    for version in range(50):
        for name in (FIRST.name, SECOND.name):
            plan = Plan(name, version=version)
            cache.keep(plan, *made(plan, moves, Terms()))
    look(cache, Plan(FIRST.name, version=49))
    assert reads.asked == []
