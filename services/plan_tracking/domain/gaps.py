"""Gaps between places, or between groups: how wide they are, and whether they close."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Literal

from services.plan_tracking.domain.periods import Kind, Period

Direction = Literal["increase", "decrease"]
Verdict = Literal["closing", "widening", "unchanged", "mixed"]


@dataclass(frozen=True, slots=True)
class Value:
    """What was observed of one period, as it was written; `provisional` until it is final."""

    written: str
    value: Decimal
    provisional: bool


Values = Mapping[str, Mapping[Period, Value]]
"""What was observed of each place or group, by period."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far apart places or groups are at one period.

    `absolute` is the difference between best and worst in the outcome's unit, `relative` the ratio of the greatest
    value to the least (to four decimals; None where the least is not above zero). Nobody is apart at 0 and 1.
    """

    period: str
    values: dict[str, Decimal]
    best: str
    worst: str
    absolute: Decimal
    relative: Decimal | None
    provisional: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap at the latest period for which at least two have a value, and how it has moved.

    `judged` are the two spreads compared, earlier first; with fewer there is no `verdict`. `levelled_down` says that it
    closes although those compared are on average worse off than before.
    """

    latest: Spread
    judged: tuple[Spread, Spread] | None
    verdict: Verdict | None
    levelled_down: bool


def gap(values: Values, direction: Direction) -> Gap | None:
    """The gap between those that have values; None where no two have one for the same period.

    *Measured* as the World Health Organization's *Health inequality monitoring: harnessing data to advance health
    equity* (2024, chapters 19, 20 and 22) does pairwise: the difference between best and worst (absolute) and their
    ratio (relative); among many places this is the regional range of the OECD's *Regions and Cities at a Glance*.
    Which end is best follows from the direction in which the outcome is meant to move.

    *Judged* between the two latest periods of one kind (periods.py) for which the same two or more have final values,
    on these alone. Both measures are shown because they can disagree: it is *closing* or *widening* when one says so
    and the other does not contradict it, *mixed* when they contradict each other. Nothing is said of one period. A gap
    can close because the best off fall back: `levelled_down` marks that the unweighted mean got worse, as Eurofound's
    convergence monitoring tells upward from downward convergence.

    *Provisional* values count only where there are not two periods with final ones, and the spread then says so.
    """
    latest = _latest(values, direction)
    if latest is None:
        return None
    kind, spread = latest
    of_kind = {name: {p: v for p, v in one.items() if p.kind == kind} for name, one in values.items()}
    pair = _pair(_final(of_kind), direction) or _pair(of_kind, direction)
    verdict = _verdict(*pair) if pair else None
    return Gap(spread, pair, verdict, pair is not None and verdict == "closing" and _worse(*pair, direction))


def _final(values: Values) -> Values:
    return {name: {p: v for p, v in one.items() if not v.provisional} for name, one in values.items()}


def _latest(values: Values, direction: Direction) -> tuple[Kind, Spread] | None:
    """The spread of the period that ends last (of two that end together, of the longer), and that period's kind."""
    at = max(_shared(values), key=lambda at: at.recency, default=None)
    if at is None:
        return None
    return at.kind, _spread({name: one[at] for name, one in values.items() if at in one}, direction)


def _shared(values: Values) -> Iterator[Period]:
    """The periods for which at least two have a value."""
    for at in {at for one in values.values() for at in one}:
        if sum(at in one for one in values.values()) > 1:
            yield at


def _pair(values: Values, direction: Direction) -> tuple[Spread, Spread] | None:
    """The spreads, of the same places or groups, at the latest two periods that at least two of them share."""
    for after, before in combinations(sorted(_shared(values), reverse=True), 2):
        names = [name for name, one in values.items() if after in one and before in one]
        if len(names) > 1:
            earlier, later = ({name: values[name][at] for name in names} for at in (before, after))
            return _spread(earlier, direction), _spread(later, direction)
    return None


def _spread(values: Mapping[str, Value], direction: Direction) -> Spread:
    ordered = sorted(values, key=lambda name: (values[name].value, name))
    least, greatest = values[ordered[0]].value, values[ordered[-1]].value
    worst, best = (ordered[0], ordered[-1]) if direction == "increase" else (ordered[-1], ordered[0])
    return Spread(
        period=values[best].written,
        values={name: values[name].value for name in sorted(values)},
        best=best,
        worst=worst,
        absolute=greatest - least,
        relative=round(greatest / least, 4) if least > 0 else None,
        provisional=any(value.provisional for value in values.values()),
    )


def _verdict(before: Spread, after: Spread) -> Verdict:
    signs = {_sign(before.absolute, after.absolute)}
    if before.relative is not None and after.relative is not None:
        signs.add(_sign(before.relative, after.relative))
    if {-1, 1} <= signs:
        return "mixed"
    return "closing" if -1 in signs else "widening" if 1 in signs else "unchanged"


def _sign(before: Decimal, after: Decimal) -> int:
    return (after > before) - (after < before)


def _worse(before: Spread, after: Spread, direction: Direction) -> bool:
    moved = sum(after.values.values()) - sum(before.values.values())
    return moved < 0 if direction == "increase" else moved > 0
