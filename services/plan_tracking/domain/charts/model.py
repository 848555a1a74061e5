"""What the plan chart consists of, as positions in pixels: columns of text, rows, markers, slips, lines.

Left of the plot stand the columns of text, so that no line ever runs under a label.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from services.plan_tracking.domain.charts.axis import Axis
from services.plan_tracking.domain.charts.paths import arrow as arrow_data
from services.plan_tracking.domain.charts.paths import line as line_data
from services.plan_tracking.domain.charts.routes import Route
from services.plan_tracking.domain.directory import Step

WIDTH = 1200
ROW, BAND, AXIS = 30, 44, 52
"""Heights of a milestone's row, of a department's heading and of the axis."""
TITLE_X, TITLE_WIDTH = 12, 268
EXPECTED_X, SLIP_X = 290, 412
"""Where the date begins and where the slip ends."""
PLOT, INSET = 426, 14
"""Where the plot begins, and what stays free inside it so that no marker is cut."""
TURN = 38
"""What stays free right of the axis for lines to turn round in."""
FLAG = 88
"""The room for the dates of markers beyond an end of the axis."""

Side = Literal["late", "slipping", "done", "early"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker: its middle, its shape (a schedule status, or baseline), and the date it stands for.

    `beyond` is -1 or 1 where the date lies before or after the axis: the marker then stands at that end.
    """

    x: int
    shape: str
    day: str
    beyond: int


@dataclass(frozen=True, slots=True)
class Bar:
    """The slip, from baseline to expected date (the other way round when early)."""

    x: int
    width: int
    kind: Side


@dataclass(frozen=True, slots=True)
class Edge:
    """A drawn need: corners and tip, whether it drives its receiver's date, and the rows it joins."""

    number: int
    giver: str
    receiver: str
    drives: bool
    route: Route

    @property
    def line(self) -> str:
        """The line as SVG path data."""
        return line_data(self.route.points)

    @property
    def arrow(self) -> str:
        """The arrow as SVG path data."""
        return arrow_data(self.route.points[-1], self.route.tip)


@dataclass(frozen=True, slots=True)
class Missing:
    """A need that is not drawn, and why."""

    receiver: Step
    giver: Step
    reason: str


@dataclass(frozen=True, slots=True)
class Port:
    """An end of a need that lies in another plan: `inward` where the row needs it, and whether it drives the date.

    `step` is the milestone there, as far as the reader may know it; `line` and `arrow` are SVG path data.
    """

    step: Step
    inward: bool
    drives: bool
    x: int
    y: int
    line: str
    arrow: str

    @property
    def meaning(self) -> str:
        """What it says."""
        where = f" in plan {self.step.plan}" if self.step.plan else ""
        return f"{'Needs' if self.inward else 'Is needed by'} {self.step.title}{where}"


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone: what its columns say, its middle `y`, its markers, and the lines (indexes) of its cause's path."""

    name: str
    title: str
    label: str
    y: int
    expected: str
    slip: str
    status: str
    overdue: bool
    meaning: str
    baseline: Mark | None
    marker: Mark | None
    bar: Bar | None
    cause: tuple[int, ...] = ()
    caused_by: tuple[tuple[int, int], ...] = ()
    undrawn: int = 0
    ports: tuple[Port, ...] = ()

    @property
    def flag(self) -> Mark | None:
        """The marker whose date is written at an end of the axis."""
        return next((mark for mark in (self.marker, self.baseline) if mark is not None and mark.beyond), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Milestones under a heading, which begins at `y` (none, without a title), and their rows."""

    title: str
    counts: str
    y: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn. `today_x` is None where today lies beyond the axis (`today_beyond` says where)."""

    height: int
    axis: Axis
    today: dt.date
    today_x: int | None
    today_beyond: int
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]
    missing: tuple[Missing, ...]

    @property
    def crossing(self) -> bool:
        """Whether a need of it crosses to another plan."""
        return any(row.ports for row in self.rows)

    @property
    def rows(self) -> list[Row]:
        """Every row, from top to bottom."""
        return [row for group in self.groups for row in group.rows]
