"""The chart's time axis: which days it spans, where a day stands on it, and which labels it carries."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.kit.words import day_in_words, month_name

SHORTEST = 28
"""Days that an axis spans at least."""

_ROOM = 38
"""Pixels that a label needs."""

_FAR = 1.5
"""A gap is far when it is this many times the span of the bulk of the dates (and over half a year)."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid.

    `label` names the period that begins at it; `major` the year (or month) that it lies in, once for each where there
    is room; `begins` says that the year (or month) begins at it.
    """

    x: int
    label: str
    major: str | None = None
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """Days `first` to `last` between the pixels `left` and `right`; `ticks` from left to right."""

    first: dt.date
    last: dt.date
    left: int
    right: int
    ticks: tuple[Tick, ...] = ()

    def x(self, day: dt.date) -> int:
        """The pixel of a day; of a day outside the axis, its nearer end."""
        share = (day - self.first).days / (self.last - self.first).days
        return self.left + round(min(max(share, 0.0), 1.0) * (self.right - self.left))

    def beyond(self, day: dt.date) -> int:
        """-1 for a day before the axis, 1 for one after it, else 0."""
        return (day > self.last) - (day < self.first)


def bulk(days: Sequence[dt.date]) -> tuple[dt.date, dt.date]:
    """The first and last day of the bulk: outwards from the middle eight tenths until a gap is far.

    So one date in 2086 does not squash a plan of two years. Raises ValueError without days.
    """
    if not days:
        raise ValueError("an axis needs at least one day")
    ordered = sorted(days)
    aside = max(2, len(ordered) // 10) if len(ordered) >= 8 else 0
    low, high = aside, len(ordered) - aside - 1
    far = farthest(ordered[low], ordered[high])
    while low > 0 and (ordered[low] - ordered[low - 1]).days <= far:
        low -= 1
    while high < len(ordered) - 1 and (ordered[high + 1] - ordered[high]).days <= far:
        high += 1
    return (ordered[low], ordered[high]) if aside else (ordered[0], ordered[-1])


def farthest(first: dt.date, last: dt.date) -> float:
    """The greatest gap in days that an axis of this bulk still spans."""
    return max(_FAR * (last - first).days, 180.0)


def axis(days: Sequence[dt.date], today: dt.date, left: int, right: int) -> Axis:
    """The axis of a chart of these days, and of today where that is not far from them."""
    first, last = bulk(days or [today])
    far = farthest(first, last)
    if (first - today).days <= far and (today - last).days <= far:
        first, last = min(first, today), max(last, today)
    return spanning(*_padded(first, last), left, right)


def spanning(first: dt.date, last: dt.date, left: int, right: int) -> Axis:
    """The axis of exactly these days."""
    bare = Axis(first, last, left, right)
    return Axis(first, last, left, right, tuple(_legible(list(_ticks(bare)))))


def _padded(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    span = (last - first).days
    pad = max(span // 50, (SHORTEST - span + 1) // 2, 1)
    low = max(first.toordinal() - pad, 1)
    high = min(last.toordinal() + pad, dt.date.max.toordinal())
    return dt.date.fromordinal(low), dt.date.fromordinal(high)


def _ticks(bare: Axis) -> Iterator[Tick]:
    """The finest grid whose labels have room."""
    pixels = (bare.right - bare.left) / (bare.last - bare.first).days
    if 7 * pixels >= _ROOM:
        yield from _weeks(bare)
        return
    for months in (1, 3, 6):
        if 30.4 * months * pixels >= _ROOM:
            yield from _months(bare, months)
            return
    steps = (years for base in (1, 10, 100, 1000) for years in (base, 2 * base, 5 * base))
    yield from _years(bare, next((years for years in steps if 365.25 * years * pixels >= _ROOM), 5000))


def _weeks(bare: Axis) -> Iterator[Tick]:
    month = 0
    start = -bare.first.weekday() % 7
    for ordinal in range(bare.first.toordinal() + start, bare.last.toordinal() + 1, 7):
        day = dt.date.fromordinal(ordinal)
        major = day_in_words(day, "month") if day.month != month else None
        begins, month = major is not None and month != 0, day.month
        yield Tick(bare.x(day), str(day.day), major, begins)


def _months(bare: Axis, step: int) -> Iterator[Tick]:
    year = 0
    count = bare.first.year * 12 + bare.first.month - 1
    for number in range(-(-count // step) * step, bare.last.year * 12 + bare.last.month, step):
        day = dt.date(number // 12, number % 12 + 1, 1)
        if bare.beyond(day):
            continue
        major = str(day.year) if day.year != year else None
        year = day.year
        yield Tick(bare.x(day), month_name(day.month), major, day.month == 1)


def _years(bare: Axis, step: int) -> Iterator[Tick]:
    for year in range(-(-bare.first.year // step) * step, bare.last.year + 1, step):
        day = dt.date(max(year, 1), 1, 1)
        if not bare.beyond(day):
            yield Tick(bare.x(day), str(day.year))


def _legible(ticks: list[Tick]) -> Iterator[Tick]:
    """The ticks, without a year or month whose successor leaves it no room (only the first can be so short)."""
    majors = [tick.x for tick in ticks if tick.major]
    for tick in ticks:
        after = next((x for x in majors if x > tick.x), None)
        room = 14 + 7 * len(tick.major or "")
        yield replace(tick, major=None) if after is not None and after - tick.x < room else tick
