"""The chains of a schedule: how long one kept task's finish comes after another's, through tasks that are not kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from services.ingest.domain.schedules.model import NO_TIME, Length
from services.ingest.domain.schedules.network import Edge, Network

MOST_STEPS = 10_000_000
"""Lengths that are worked out in one schedule: a bound on the work that it can cause."""

_EQUAL = 1e-6
"""Days by which sums of lengths may differ only because they were added in another order."""

Lengths = dict[int, Length]
"""How long a point comes after kept places, by place."""


@dataclass(frozen=True, slots=True)
class Chains:
    """What each kept place follows, and by how long; `unread` are those for which there was no room to look."""

    follows: Mapping[int, Lengths]
    unread: tuple[int, ...] = ()


def chains(network: Network, kept: AbstractSet[int], most_steps: int = MOST_STEPS) -> Chains:
    """What each kept place follows, without what other chains imply.

    A chain is the longest way that meets no other kept task. What is done is moved by nothing, and what has begun no
    longer has a start that could move: there a chain from something open ends. All is found in one pass in the
    network's order, in which each point hands on what it follows to those that follow it.
    """
    walk = _Walk(network, kept, most_steps)
    for place in range(len(network.tasks)):
        if walk.left < 0:
            break
        walk.visit(place)
    return Chains(walk.follows, tuple(sorted(kept - walk.follows.keys())))


class _Reach(NamedTuple):
    """Lengths, and one that is added to each of them: a chain of tasks adds to it, and copies nothing."""

    lengths: Lengths
    after: Length = NO_TIME

    def items(self) -> Iterator[tuple[int, Length]]:
        return ((place, length.then(self.after)) for place, length in self.lengths.items())


class _Walk:
    def __init__(self, network: Network, kept: AbstractSet[int], most_steps: int) -> None:
        self._network, self._kept, self._leads = network, kept, _leading(network, kept)
        self._arrived: dict[int, list[_Reach]] = defaultdict(list)
        self.follows: dict[int, Lengths] = {}
        self.left = most_steps

    def visit(self, place: int) -> None:
        """Hands on what this place follows; what it has followed is all known by now."""
        arrived = self._arrived.pop(place, [])
        if place in self._kept:
            self.follows[place] = self._joined(arrived)
            reach = _Reach({place: NO_TIME})
        elif len(arrived) == 1:
            reach = arrived[0]
        else:
            reach = _Reach(self._joined(arrived))
        for edge in self._network.edges[place] if reach.lengths else ():
            if edge.to in self._kept or self._leads[edge.to]:
                self._carry(reach, place, edge)

    def _carry(self, reach: _Reach, place: int, edge: Edge) -> None:
        self.left -= 1
        task, lengths = self._network.tasks[place], reach.lengths
        if task.state == "done" or (edge.of_start and task.started):
            lengths = {source: length for source, length in lengths.items() if self._is_done(source)}
            self.left -= len(reach.lengths)
        if lengths:
            self._arrived[edge.to].append(_Reach(lengths, reach.after.then(edge.length)))

    def _joined(self, arrived: Iterable[_Reach]) -> Lengths:
        """The longest of these lengths from each place, without what others imply."""
        longest: Lengths = {}
        for reach in arrived:
            self.left -= len(reach.lengths)
            for place, length in reach.items():
                known = longest.get(place)
                if known is None or length.days > known.days:
                    longest[place] = length
        implied = set(self._implied(longest))
        return {place: length for place, length in longest.items() if place not in implied}

    def _implied(self, lengths: Lengths) -> Iterator[int]:
        """Places from which a detour by another is as long; one that is done carries nothing on."""
        for between, second in lengths.items():
            self.left -= len(self.follows[between])
            for place, first in self.follows[between].items():
                direct = lengths.get(place)
                if direct is None or (self._is_done(between) and not self._is_done(place)):
                    continue
                if first.days + second.days >= direct.days - _EQUAL:
                    yield place

    def _is_done(self, place: int) -> bool:
        return self._network.tasks[place].state == "done"


def _leading(network: Network, kept: AbstractSet[int]) -> Sequence[bool]:
    """Of each place whether a kept one follows it."""
    leading = [False] * len(network.tasks)
    for place in reversed(range(len(leading))):
        leading[place] = any(edge.to in kept or leading[edge.to] for edge in network.edges[place])
    return leading
