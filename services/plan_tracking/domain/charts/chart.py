"""The plan chart: everything that is drawn of a plan on a day, and every need either drawn or explained."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from schemas.states import Need, Node, PlanState
from services.plan_tracking.domain.charts import routes as chart_routes
from services.plan_tracking.domain.charts.axis import Axis
from services.plan_tracking.domain.charts.model import BAND, PLOT, ROW, TURN, Chart, Edge, Group, Missing, Row
from services.plan_tracking.domain.charts.rows import axis_of, groups_of
from services.plan_tracking.domain.directory import Directory
from services.plan_tracking.domain.sentences import WAITING_WORDS


def chart(plan: PlanState, known: Directory, today: dt.date) -> Chart:
    """The chart of a plan's listed milestones on a day."""
    axis = axis_of(list(known.milestones.values()), today)
    beyond = axis.beyond(today)
    today_x = None if beyond else axis.x(today)
    groups = groups_of(plan, known, axis, today)
    rows = [row for group in groups for row in group.rows]
    edges, missing = _edges(known, rows, axis, today_x)
    groups = _explained(groups, known, edges, missing)
    height = sum(BAND + ROW * len(group.rows) for group in groups)
    return Chart(height, axis, today, today_x, beyond, groups, edges, missing)


def _edges(
    known: Directory, rows: Sequence[Row], axis: Axis, today_x: int | None
) -> tuple[tuple[Edge, ...], tuple[Missing, ...]]:
    """Every need of every row: drawn, or with the reason why it is not."""
    place = {row.name: index for index, row in enumerate(rows)}
    drawn, missing = [], []
    for receiver in rows:
        for need in known.milestones[receiver.name].needs:
            reason = _undrawable(need, known, rows, place, receiver)
            if reason is None:
                drawn.append((need, receiver.name))
            else:
                missing.append(_missing(need, receiver.name, reason, known))
    links = [chart_routes.Link(place[n.milestone], place[receiver], n.binding) for n, receiver in drawn]
    stops = [_stop(row) for row in rows]
    edges: list[Edge] = []
    for (need, name), way in zip(drawn, chart_routes.route(links, stops, axis.right + TURN - 4, today_x), strict=True):
        if way is None:
            missing.append(_missing(need, name, "there was no room for its line", known))
        else:
            edges.append(Edge(len(edges), need.milestone, name, need.binding, way))
    return tuple(edges), tuple(missing)


def _undrawable(need: Need, known: Directory, rows: Sequence[Row], place: dict[str, int], receiver: Row) -> str | None:
    if need.waiting is not None:
        return WAITING_WORDS[need.waiting]
    if known.state(need) is None:
        return "it is not shown here"
    if receiver.marker is None or rows[place[need.milestone]].marker is None:
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
    groups: Sequence[Group], known: Directory, edges: Sequence[Edge], missing: Sequence[Missing]
) -> tuple[Group, ...]:
    """The groups, each row with the lines and markers of its cause's path and the number of its needs not drawn."""
    numbers = {(edge.giver, edge.receiver): index for index, edge in enumerate(edges)}
    marks = {row.name: (row.marker.x, row.y) for group in groups for row in group.rows if row.marker}
    undrawn = Counter(each.receiver.name for each in missing)

    def explained(row: Row) -> Row:
        path = [node.milestone for node in known.milestones[row.name].path]
        steps = tuple(numbers[step] for step in pairwise(path) if step in numbers)
        rings = tuple(marks[name] for name in path if name in marks) if len(path) > 1 else ()
        return replace(row, cause=steps, caused_by=rings, undrawn=undrawn[row.name])

    return tuple(replace(group, rows=tuple(map(explained, group.rows))) for group in groups)
