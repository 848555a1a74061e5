"""The plan chart: everything that is drawn of a plan on a day, and every need either drawn or explained."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from schemas.states import MilestoneState, Need, Node, PlanState
from services.plan_tracking.domain.arrange import Arrangement, arranged
from services.plan_tracking.domain.charts import routes as chart_routes
from services.plan_tracking.domain.charts.axis import Axis
from services.plan_tracking.domain.charts.model import BAND, PLOT, ROW, TURN, Chart, Edge, Group, Missing, Row
from services.plan_tracking.domain.charts.ports import ports
from services.plan_tracking.domain.charts.rows import axis_of, groups_of
from services.plan_tracking.domain.directory import Directory
from services.plan_tracking.domain.sentences import WAITING_WORDS

AS_USUAL = Arrangement()


def chart(
    plan: PlanState,
    known: Directory,
    today: dt.date,
    how: Arrangement = AS_USUAL,
    needing: Mapping[str, Sequence[MilestoneState]] | None = None,
) -> Chart:
    """The chart of a plan's listed milestones on a day, as they are to be arranged.

    `needing` has the milestones of other plans that need one of this plan's, by its name.
    """
    shown = arranged(plan, known, how, today)
    axis = axis_of([state for _, states in shown for state in states], today, how.days(today))
    beyond = axis.beyond(today)
    today_x = None if beyond else axis.x(today)
    groups = groups_of(shown, axis, today)
    rows = [row for group in groups for row in group.rows]
    edges, missing = _edges(known, rows, axis, today_x)
    groups = _explained(groups, known, edges, missing, needing or {})
    height = sum((BAND if group.title else 0) + ROW * len(group.rows) for group in groups)
    return Chart(height, axis, today, today_x, beyond, groups, edges, missing)


def _edges(
    known: Directory, rows: Sequence[Row], axis: Axis, today_x: int | None
) -> tuple[tuple[Edge, ...], tuple[Missing, ...]]:
    """Every need of every row: drawn, or with the reason why it is not. One whose giver is filtered out is neither."""
    place = {row.name: index for index, row in enumerate(rows)}
    drawn, missing = [], []
    for receiver in rows:
        for need in known.milestones[receiver.name].needs:
            reason = _undrawable(need, known, rows, place, receiver)
            if reason:
                missing.append(_missing(need, receiver.name, reason, known))
            elif need.plan == known.plan and need.milestone in place:
                drawn.append((need, receiver.name))
    links = [chart_routes.Link(place[n.milestone], place[receiver], n.binding) for n, receiver in drawn]
    stops = [_stop(row) for row in rows]
    edges: list[Edge] = []
    for (need, name), way in zip(drawn, chart_routes.route(links, stops, axis.right + TURN - 14, today_x), strict=True):
        if way is None:
            missing.append(_missing(need, name, "there was no room for its line", known))
        else:
            edges.append(Edge(len(edges), need.milestone, name, need.binding, way))
    return tuple(edges), tuple(missing)


def _undrawable(need: Need, known: Directory, rows: Sequence[Row], place: dict[str, int], receiver: Row) -> str | None:
    """Why a need is not drawn as a line; None where it is, or where the other end is a port or not wanted."""
    if need.waiting is not None:
        return WAITING_WORDS[need.waiting]
    if receiver.marker is None:
        return "one of the two has no date"
    if need.plan != known.plan:
        return None
    if known.state(need) is None:
        return "it is not shown here"
    if need.milestone in place and rows[place[need.milestone]].marker is None:
        return "one of the two has no date"
    if need.milestone == receiver.name:
        return WAITING_WORDS["in-a-cycle"]
    return None


def _missing(need: Need, receiver: str, reason: str, known: Directory) -> Missing:
    return Missing(known.step(Node(plan=known.plan, milestone=receiver)), known.step(need), reason)


def _stop(row: Row) -> chart_routes.Stop:
    marked = tuple(mark.x for mark in (row.marker, row.baseline) if mark is not None)
    return chart_routes.Stop(row.y, row.marker.x if row.marker else PLOT, marked or (PLOT,))


def _explained(
    groups: Sequence[Group],
    known: Directory,
    edges: Sequence[Edge],
    missing: Sequence[Missing],
    needing: Mapping[str, Sequence[MilestoneState]],
) -> tuple[Group, ...]:
    """The groups, each row with its ports, the lines and markers of its cause's path, and its needs not drawn."""
    numbers = {(edge.giver, edge.receiver): index for index, edge in enumerate(edges)}
    marks = {row.name: (row.marker.x, row.y) for group in groups for row in group.rows if row.marker}
    undrawn = Counter(each.receiver.name for each in missing)

    def explained(row: Row) -> Row:
        path = [node.milestone for node in known.milestones[row.name].path]
        steps = tuple(numbers[step] for step in pairwise(path) if step in numbers)
        rings = tuple(marks[name] for name in path if name in marks) if len(path) > 1 else ()
        there = ports(row, known, needing)
        return replace(row, cause=steps, caused_by=rings, undrawn=undrawn[row.name], ports=there)

    return tuple(replace(group, rows=tuple(map(explained, group.rows))) for group in groups)
