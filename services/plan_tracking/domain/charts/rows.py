"""The rows of the plan chart: milestones by department and date, each with its markers, its slip and its columns."""

import datetime as dt
from collections.abc import Sequence

from schemas.states import MilestoneState
from services.kit.words import counted, day_in_words, short_day, slip_in_figures, slip_in_words
from services.plan_tracking.domain.arrange import Groups, shown_date
from services.plan_tracking.domain.charts.axis import Axis, spanning
from services.plan_tracking.domain.charts.axis import axis as axis_for
from services.plan_tracking.domain.charts.model import (
    BAND,
    FLAG,
    INSET,
    PLOT,
    ROW,
    TITLE_WIDTH,
    TITLE_X,
    TURN,
    WIDTH,
    Bar,
    Group,
    Mark,
    Row,
    Side,
)
from services.plan_tracking.domain.charts.text import fit
from services.plan_tracking.domain.directory import expected, is_overdue, title_of
from services.plan_tracking.domain.sentences import STATUS_WORDS, status_words, tally


def axis_of(states: Sequence[MilestoneState], today: dt.date, days: tuple[dt.date, dt.date] | None = None) -> Axis:
    """The axis of these milestones (or of these days), with room at its ends for the dates of what lies beyond them."""
    pairs = [(state.baseline.date if state.baseline else None, shown_date(state)) for state in states]
    dates = [day for pair in pairs for day in pair if day is not None]
    left, right = PLOT + INSET, WIDTH - TURN

    def made(left: int, right: int) -> Axis:
        return spanning(*days, left, right) if days else axis_for(dates, today, left, right)

    plain = made(left, right)
    sides = {plain.beyond(day) for day in [*dates, today]}
    return made(left + FLAG * (-1 in sides), right - FLAG * (1 in sides))


def groups_of(groups: Groups, axis: Axis, today: dt.date) -> tuple[Group, ...]:
    """The groups and their rows, from top to bottom; a group without a title has no heading."""
    made, y = [], 0
    for title, states in groups:
        band = BAND if title else 0
        middle = y + band + ROW // 2
        rows = tuple(_row(state, middle + ROW * index, axis, today) for index, state in enumerate(states))
        counts = f"{counted(len(states), 'milestone')}{_wanting(states)}"
        width = PLOT - 2 * TITLE_X
        made.append(Group(fit(title, width, 13.5), fit(counts, width, 12), y, rows))
        y += band + ROW * len(states)
    return tuple(made)


def _wanting(states: Sequence[MilestoneState]) -> str:
    """What wants attention: ", 2 late, 1 slipping"."""
    counts = tally(states)
    return "".join(f", {counts[s]:,} {STATUS_WORDS[s].lower()}" for s in ("late", "slipping", "undated") if counts[s])


def _row(state: MilestoneState, y: int, axis: Axis, today: dt.date) -> Row:
    date, title = expected(state), title_of(state)
    baseline = _mark(state.baseline.date if state.baseline else None, "baseline", axis)
    marker = _mark(shown_date(state), state.status, axis)
    said = f"expected {day_in_words(*date)}, {slip_in_words(state.slip)}" if date else "no date expected"
    if state.actual:
        said = f"done on {day_in_words(state.actual)}, {slip_in_words(state.slip)}"
    return Row(
        name=state.milestone,
        title=title,
        label=fit(title, TITLE_WIDTH, 13),
        y=y,
        expected=short_day(*date) if date else "cancelled" if state.status == "cancelled" else "no date",
        slip=slip_in_figures(state.slip),
        status=state.status,
        overdue=is_overdue(state, today),
        meaning=f"{title}: {status_words(state, today).lower()}; {said}",
        baseline=baseline,
        marker=marker,
        bar=_bar(state, baseline, marker),
    )


def _mark(day: dt.date | None, shape: str, axis: Axis) -> Mark | None:
    return None if day is None else Mark(axis.x(day), shape, short_day(day), axis.beyond(day))


def _bar(state: MilestoneState, baseline: Mark | None, marker: Mark | None) -> Bar | None:
    if baseline is None or marker is None or baseline.x == marker.x or state.lifecycle == "cancelled":
        return None
    left, right = sorted((baseline.x, marker.x))
    if baseline.x > marker.x:
        return Bar(left, right - left, "early")
    kind: Side = "done" if state.status == "done" else "late" if state.status == "late" else "slipping"
    return Bar(left, right - left, kind)
