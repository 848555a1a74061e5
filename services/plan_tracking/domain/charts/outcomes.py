"""Outcome charts: small multiples, one panel for each place and group, all of one outcome on one scale."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.plan_tracking.domain.outcomes import Observed, Outcome, Series
from services.plan_tracking.domain.periods import Period, period

WIDTH, HEIGHT = 260, 116
"""Pixels of a panel."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 12, WIDTH - 12, 12, HEIGHT - 24
"""The plot, inside the labels."""


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a series at its pixel."""

    x: float
    y: float
    said: Observed


@dataclass(frozen=True, slots=True)
class Panel:
    """One series: `line` is the path through its points, broken where a value is not known."""

    series: Series
    points: tuple[Point, ...]
    line: str


@dataclass(frozen=True, slots=True)
class OutcomeChart:
    """An outcome and its panels; `target_y` and `baseline_y` are the same in each, None where it has none.

    `first` and `last` are the periods at the ends of the axis, as they were written.
    """

    outcome: Outcome
    panels: tuple[Panel, ...]
    target_y: float | None
    baseline_y: float | None
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """From days to x and from values to y; a single one stands in the middle."""

    days: tuple[int, int]
    values: tuple[Decimal, Decimal]

    def x(self, day: dt.date) -> float:
        first, last = self.days
        share = (day.toordinal() - first) / (last - first) if last > first else 0.5
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def y(self, value: Decimal) -> float:
        low, high = self.values
        share = float((value - low) / (high - low)) if high > low else 0.5
        return round(_BOTTOM - share * (_BOTTOM - _TOP), 1)


Dated = tuple[Period, Observed]


def outcome_chart(outcome: Outcome) -> OutcomeChart:
    """The chart of an outcome; without a panel where nothing was observed that can be put in order."""
    drawn = [(series, dated) for series in outcome.series if (dated := list(_dated(series.observed)))]
    every = sorted((at, said.period) for _, dated in drawn for at, said in dated)
    defined = outcome.defined
    target, baseline = (defined.target, defined.baseline) if defined else (None, None)
    values = [said.value for _, dated in drawn for _, said in dated]
    scale = _scale([at for at, _ in every], [one for one in (*values, target, baseline) if one is not None])
    return OutcomeChart(
        outcome=outcome,
        panels=tuple(_panel(series, dated, scale) for series, dated in drawn),
        target_y=None if target is None else scale.y(target),
        baseline_y=None if baseline is None else scale.y(baseline),
        first=every[0][1] if every else "",
        last=every[-1][1] if every else "",
    )


def _dated(observed: Iterable[Observed]) -> Iterator[Dated]:
    for said in observed:
        if at := period(said.period):
            yield at, said


def _scale(periods: Sequence[Period], values: Sequence[Decimal]) -> _Scale:
    days = [at.last.toordinal() for at in periods] or [0]
    return _Scale((min(days), max(days)), (min(values, default=Decimal()), max(values, default=Decimal())))


def _panel(series: Series, dated: Sequence[Dated], scale: _Scale) -> Panel:
    points = [
        Point(scale.x(at.last), scale.y(said.value), said) if said.value is not None else None for at, said in dated
    ]
    return Panel(series, tuple(filter(None, points)), _line(points))


def _line(points: Sequence[Point | None]) -> str:
    """An SVG path that starts anew after each unknown value."""
    steps, pen = [], "M"
    for point in points:
        if point:
            steps.append(f"{pen}{point.x:g} {point.y:g}")
        pen = "L" if point else "M"
    return "".join(steps)
