"""The way of each dependency line: along its giver's row, down a lane of its own, and onto its receiver from outside.

A line leaves its giver to the right, changes rows in a vertical lane that no other line uses there, runs in the gutter
beside its receiver's row and ends in an arrow on top of (or under) the receiver's marker. A slip bar lies on the row's
middle line, to the left of its marker, so no arrow can be under one. Units are pixels, y grows downwards.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

GUTTER = 13
"""From the middle of a row to the gutter above or below it."""
TIP = 8
"""From the middle of a row to the tip of an arrow."""
SPACING = 4
"""Pixels between the lanes of two lines where both run."""
MOST = 1000
"""Lines on one chart: more can neither be read nor laid out within the time of a page."""
STUB = 11
"""Pixels that a line runs to the right of its giver before it may turn."""

_EXIT = 9
"""From the middle of a row to where a line runs that must not go through the row's own baseline marker."""
_NEAR = 9
"""A lane this near to the middle of another row's marker passes behind it."""
_EASY = 8
"""Pixels between two lanes that the eye tells apart without effort."""
_PRICE_OF_MARKER, _PRICE_OF_TODAY, _PRICE_OF_CLOSENESS, _PRICE_OF_PIXEL = 12.0, 15.0, 4.0, 0.4


@dataclass(frozen=True, slots=True)
class Stop:
    """A row as lines see it: its middle `y`, the `x` of its marker, and every x that is marked (the baseline too)."""

    y: int
    x: int
    marked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A line to draw, from the giver's row to the receiver's (indexes of the stops); `first` ones are drawn first."""

    giver: int
    receiver: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """A drawn line: its corners from giver to arrow base, and the arrow's tip."""

    points: tuple[tuple[int, int], ...]
    tip: tuple[int, int]
    lane: int

    @property
    def span(self) -> tuple[int, int]:
        """Top and bottom of the part that runs in the lane."""
        ends = sorted(y for x, y in self.points if x == self.lane)
        return ends[0], ends[-1]


def route(links: Sequence[Link], stops: Sequence[Stop], right: int, today: int | None) -> list[Route | None]:
    """A route for each link, in order; None for a link that finds no free lane left of the pixel `right`.

    Links that are `first` choose first, then the short, so that neighbours stay close; at most MOST are drawn. The same
    input always gives the same drawing.
    """
    streets = _Streets(stops, right, today)
    found: list[Route | None] = [None] * len(links)
    turns = sorted(range(len(links)), key=lambda i: (not links[i].first, abs(links[i].receiver - links[i].giver), i))
    for index in turns[:MOST]:
        found[index] = streets.drive(links[index])
    return found


class _Streets:
    """Which lanes are taken where, and what stands in their way."""

    def __init__(self, stops: Sequence[Stop], right: int, today: int | None) -> None:
        self._stops, self._right, self._today = stops, right, today
        self._taken: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._rows_at: defaultdict[int, list[int]] = defaultdict(list)
        for row, stop in enumerate(stops):
            for x in {near for mark in stop.marked for near in range(mark - _NEAR + 1, mark + _NEAR)}:
                self._rows_at[x].append(row)

    def drive(self, link: Link) -> Route | None:
        """Takes the cheapest free lane for a link."""
        giver, receiver = self._stops[link.giver], self._stops[link.receiver]
        down = 1 if receiver.y > giver.y else -1
        start = _start(giver, down)
        entry = receiver.y - down * GUTTER
        top, bottom = sorted((start[-1][1], entry))
        lane = self._cheapest(link, max(giver.x, *(x for x, _ in start)) + STUB, top, bottom)
        if lane is None:
            return None
        self._taken[lane].append((top, bottom))
        points = (*start, (lane, start[-1][1]), (lane, entry), (receiver.x, entry))
        return Route(_without_repeats(points), (receiver.x, receiver.y - down * TIP), lane)

    def _cheapest(self, link: Link, left: int, top: int, bottom: int) -> int | None:
        wanted = self._stops[link.receiver].x
        best, price = None, float("inf")
        for lane in _outwards(wanted, left, self._right):
            away = abs(lane - wanted) * _PRICE_OF_PIXEL
            if away >= price:
                break
            cost = away + self._cost(link, lane)
            if cost < price and self._free(lane, top, bottom, SPACING):
                cost += 0.0 if self._free(lane, top, bottom, _EASY) else _PRICE_OF_CLOSENESS
                best, price = (lane, cost) if cost < price else (best, price)
        return best

    def _cost(self, link: Link, lane: int) -> float:
        rows = self._rows_at.get(lane, [])
        low, high = sorted((link.giver, link.receiver))
        hidden = bisect_left(rows, high) - bisect_right(rows, low)
        near_today = self._today is not None and abs(lane - self._today) < SPACING
        return _PRICE_OF_MARKER * hidden + _PRICE_OF_TODAY * near_today

    def _free(self, lane: int, top: int, bottom: int, spacing: int) -> bool:
        return not any(
            top <= other_bottom and other_top <= bottom
            for near in range(lane - spacing + 1, lane + spacing)
            for other_top, other_bottom in self._taken.get(near, ())
        )


def _start(giver: Stop, down: int) -> tuple[tuple[int, int], ...]:
    """Where a line leaves its giver: from the middle, or past it where the giver's baseline stands to the right."""
    if max(giver.marked) <= giver.x:
        return ((giver.x, giver.y),)
    return (giver.x + 4, giver.y + down * 4), (giver.x + 4, giver.y + down * _EXIT)


def _outwards(wanted: int, left: int, right: int) -> Iterator[int]:
    """Every lane from left to right, the nearest to the wanted one first."""
    for away in range(max(abs(wanted - left), abs(wanted - right)) + 1):
        for lane in (wanted - away, wanted + away)[: 2 if away else 1]:
            if left <= lane <= right:
                yield lane


def _without_repeats(points: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(point for index, point in enumerate(points) if index == 0 or point != points[index - 1])
