"""Needs that cross to another plan: drawn from the edge of the plot, or to it, in the gutter of their row."""

from collections.abc import Iterator, Mapping, Sequence

from schemas.states import MilestoneState, Need
from services.plan_tracking.domain.charts.model import PLOT, WIDTH, Port, Row
from services.plan_tracking.domain.charts.paths import arrow, line
from services.plan_tracking.domain.charts.routes import TIP
from services.plan_tracking.domain.directory import Directory, Step, title_of

GIVEN, GIVING = PLOT + 3, WIDTH - 6
"""Where the ports stand: what is needed at the left of the plot, what needs at its right."""
_GUTTER = 11
"""From the middle of the row; the lines inside the plan run a little further out."""
_OUT = 12
"""From the middle of a marker to where a line that leaves it turns into the gutter."""


def ports(row: Row, known: Directory, needing: Mapping[str, Sequence[MilestoneState]]) -> tuple[Port, ...]:
    """The ports of a row; `needing` has the milestones of other plans that need one of this plan's, by its name."""
    if row.marker is None:
        return ()
    mine = known.milestones[row.name]
    inward = [need for need in mine.needs if need.plan != known.plan and need.waiting is None]
    first = max(inward, key=lambda need: (need.binding, need.float_days is not None and -need.float_days), default=None)
    return (*([_inward(row, row.marker.x, first, known)] if first else ()), *_outward(row, known, needing))


def _inward(row: Row, x: int, need: Need, known: Directory) -> Port:
    """One line for all: that of the need that pushes hardest. The rest stand in the table."""
    gutter = row.y + _GUTTER
    path = line(((GIVEN, row.y), (GIVEN, gutter), (x, gutter)))
    return Port(known.step(need), True, need.binding, GIVEN, row.y, path, arrow((x, gutter), (x, row.y + TIP)))


def _outward(row: Row, known: Directory, needing: Mapping[str, Sequence[MilestoneState]]) -> Iterator[Port]:
    marker, others = row.marker, needing.get(row.name, ())
    if marker is None or not others:
        return
    other = min(others, key=lambda state: (state.plan, state.milestone))
    drives = any(need.binding for need in other.needs if (need.plan, need.milestone) == (known.plan, row.name))
    gutter, turn = row.y - _GUTTER, min(marker.x + _OUT, GIVING)
    path = line(((marker.x, row.y), (turn, row.y), (turn, gutter), (GIVING, gutter), (GIVING, row.y)))
    step = Step(other.milestone, title_of(other), known.department(other.department), other.plan)
    yield Port(step, False, drives, GIVING, row.y, path, "")
