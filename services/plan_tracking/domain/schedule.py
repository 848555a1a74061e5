"""The schedule of one plan: what each milestone's date becomes when its needs, its own word and the day are joined.

Dates are proleptic Gregorian ordinals (`date.toordinal`).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.payloads import Unit
from schemas.states import Answer, Lifecycle, Waiting
from schemas.topics import milestone_key
from services.plan_tracking.domain.order import components, rings

LONGEST_PATH, HEAD_OF_PATH = 40, 5
"""A path names at most 40 milestones: of a longer one the first 5 and the last 35."""

LAST_DAY = dt.date.max.toordinal()
"""No lag leads past the last day that a date can say."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A milestone needs `milestone` of `plan`, at least `lag` days earlier, and absorbs a slip until `absorbed`."""

    plan: str
    milestone: str
    lag: int
    unit: Unit
    absorbed: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a milestone brings to the schedule: its own word, its needs (sorted by plan and name), and its answers.

    `answers` are pairs of a milestone that needs this one (`plan|milestone`) and "accepted" or "disputed".
    """

    lifecycle: Lifecycle
    baseline: int | None
    declared: int | None
    actual: int | None
    needs: tuple[Edge, ...] = ()
    answers: tuple[tuple[str, Answer], ...] = ()


@dataclass(frozen=True, slots=True)
class Met:
    """What one need comes to: the giver's projected date and answer, and what it demands, or why it demands nothing."""

    projected: int | None = None
    demands: int | None = None
    waiting: Waiting | None = None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Where a milestone stands.

    `via` is the binding need (None when its own date drives it), `path` leads from the driving milestone to it,
    `by_day` says that only the passing of days drives it; `needs` is in the order of Given.needs.
    """

    projected: int | None
    inherited: int | None
    via: str | None
    by_day: bool
    path: tuple[str, ...]
    needs: tuple[Met, ...]

    @property
    def driver(self) -> str:
        """The milestone whose own date drives this one."""
        return self.path[0]


def schedule(plan: str, given: Mapping[str, Given], day: int) -> dict[str, Scheduled]:
    """Every milestone's standing on the plan's day."""
    inside = {name: [e.milestone for e in g.needs if e.plan == plan] for name, g in given.items()}
    parts = list(components(inside))
    ring_of = rings(parts)
    done: dict[str, Scheduled] = {}
    for part in parts:
        for name in part:
            ring = set(ring_of.get(name, (name,)))
            needs = tuple(_meet(plan, name, edge, ring, given, done) for edge in given[name].needs)
            done[name] = _stand(name, given[name], needs, done, day)
    return done


def cycles(plan: str, given: Mapping[str, Given]) -> tuple[tuple[str, ...], ...]:
    """The rings of milestones that wait for each other, sorted; a milestone that needs itself is one too."""
    inside = {name: [e.milestone for e in g.needs if e.plan == plan] for name, g in given.items()}
    selves = [(name,) for name, needed in inside.items() if name in needed]
    found = [part for part in components(inside) if len(part) > 1]
    return tuple(sorted(found + [s for s in selves if not any(s[0] in ring for ring in found)]))


def _meet(
    plan: str, name: str, edge: Edge, ring: set[str], given: Mapping[str, Given], done: Mapping[str, Scheduled]
) -> Met:
    if edge.plan != plan:
        return Met(waiting="other-plan")
    if edge.milestone not in given:
        return Met(waiting="unknown")
    answer = dict(given[edge.milestone].answers).get(milestone_key(plan, name))
    if edge.milestone in ring:
        return Met(waiting="in-a-cycle", answer=answer)
    if given[edge.milestone].lifecycle == "cancelled":
        return Met(waiting="cancelled", answer=answer)
    projected = done[edge.milestone].projected
    if projected is None:
        return Met(waiting="undated", answer=answer)
    return Met(projected, later(projected, edge.lag, edge.unit), answer=answer)


def _stand(name: str, own: Given, needs: tuple[Met, ...], done: Mapping[str, Scheduled], day: int) -> Scheduled:
    demands = [met.demands for met in needs if met.demands is not None]
    inherited = max(demands, default=None)
    if own.lifecycle == "cancelled":
        return Scheduled(None, inherited, None, False, (name,), needs)
    if own.lifecycle == "done":
        return Scheduled(own.actual, inherited, None, False, (name,), needs)
    dates = [date for date in (own.declared, inherited) if date is not None]
    if inherited is None and own.declared is None:
        return Scheduled(None, None, None, False, (name,), needs)
    projected = max(*dates, day)
    if inherited == projected and (own.declared is None or inherited > own.declared):
        binding = min(e.milestone for e, met in zip(own.needs, needs, strict=True) if met.demands == inherited)
        before = done[binding]
        return Scheduled(projected, inherited, binding, before.by_day, _extend(before.path, name), needs)
    return Scheduled(projected, inherited, None, projected != own.declared, (name,), needs)


def _extend(path: tuple[str, ...], name: str) -> tuple[str, ...]:
    longer = (*path, name)
    return longer if len(longer) <= LONGEST_PATH else longer[:HEAD_OF_PATH] + longer[HEAD_OF_PATH + 1 :]


def later(day: int, lag: int, unit: Unit) -> int:
    """The day `lag` days after `day` (before it, when negative); working days are Monday to Friday."""
    if unit == "calendar":
        return min(max(day + lag, 1), LAST_DAY)
    step = 1 if lag >= 0 else -1
    while lag and (day - 1) % 7 >= 5:
        day -= step  # counted from the working day before a weekend (after it, when counting back)
    weeks, rest = divmod(abs(lag), 5)
    day += step * 7 * weeks
    for _ in range(rest):
        day += step
        while (day - 1) % 7 >= 5:
            day += step
    return min(max(day, 1), LAST_DAY)
