"""A schedule as one network of points in time, each of which comes at least so long after others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.ingest.domain.schedules.model import NO_TIME, Length, Relation, Task
from services.kit.order import components, rings


class Edge(NamedTuple):
    """The point at `to` comes at least `length` after; `of_start` where that is counted from the start of a task."""

    to: int
    length: Length
    of_start: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """Points in an order in which each stands behind what it must follow.

    There is one for the finish of each task: its start is its finish less its length, since nobody plans to interrupt
    it. A summary has two, its begin and its finish, between which its tasks lie. `tasks` has whose point each is,
    `edges` what follows from each; `finishes` has the place of each task's finish, by id. `rings` are tasks whose
    relations run in a circle, and are left out.
    """

    tasks: tuple[Task, ...]
    edges: tuple[tuple[Edge, ...], ...]
    finishes: dict[str, int]
    rings: tuple[tuple[Task, ...], ...]


class _Way(NamedTuple):
    source: int
    edge: Edge


@dataclass(frozen=True, slots=True)
class _Points:
    """Numbers of points before they are in order: twice a task's number is its finish, one more the begin."""

    numbers: dict[str, int]
    tasks: Sequence[Task]

    def finish(self, task: Task) -> int:
        return 2 * self.numbers[task.id]

    def begin(self, summary: Task) -> int:
        return 2 * self.numbers[summary.id] + 1

    def find(self, identifier: str | None) -> Task | None:
        number = self.numbers.get(identifier or "")
        return None if number is None else self.tasks[number]

    def every(self) -> Iterator[int]:
        for task in self.tasks:
            yield self.finish(task)
            if task.summary:
                yield self.begin(task)


def network(tasks: Sequence[Task], relations: Iterable[Relation]) -> Network:
    """The network of these tasks; relations with tasks that are not among them are passed over."""
    points = _Points({task.id: number for number, task in enumerate(tasks)}, tasks)
    ways = [*_inside_summaries(points), *_between(points, relations)]
    needs: dict[int, list[int]] = {point: [] for point in points.every()}
    for way in ways:
        needs[way.edge.to].append(way.source)
    parts = list(components(needs))
    places = {point: place for place, point in enumerate(point for part in parts for point in part)}
    return Network(
        tuple(tasks[point // 2] for point in places),
        _in_order(ways, places, rings(parts)),
        {task.id: places[points.finish(task)] for task in tasks},
        tuple(tuple({point // 2: tasks[point // 2] for point in part}.values()) for part in parts if len(part) > 1),
    )


def _in_order(
    ways: Iterable[_Way], places: dict[int, int], circles: dict[int, tuple[int, ...]]
) -> tuple[tuple[Edge, ...], ...]:
    edges: list[list[Edge]] = [[] for _ in places]
    for source, edge in ways:
        circle = circles.get(source)
        if source != edge.to and (circle is None or circle is not circles.get(edge.to)):
            edges[places[source]].append(edge._replace(to=places[edge.to]))
    return tuple(map(tuple, edges))


def _inside_summaries(points: _Points) -> Iterator[_Way]:
    for task in points.tasks:
        summary = points.find(task.parent)
        if summary is None or not summary.summary:
            continue
        first, before = (points.begin(task), NO_TIME) if task.summary else (points.finish(task), task.length)
        yield _Way(points.begin(summary), Edge(first, before))
        yield _Way(points.finish(task), Edge(points.finish(summary), NO_TIME))


def _between(points: _Points, relations: Iterable[Relation]) -> Iterator[_Way]:
    for relation in relations:
        giver, taker = points.find(relation.giver), points.find(relation.taker)
        if giver is None or taker is None:
            continue
        of_start, to_start = relation.kind[0] == "S", relation.kind[1] == "S"
        source, before = _point(points, giver, of_start)
        target, after = _point(points, taker, to_start)
        length = before.back().then(relation.lag).then(after)
        yield _Way(source, Edge(target, length, of_start and not giver.summary))


def _point(points: _Points, task: Task, is_start: bool) -> tuple[int, Length]:
    """A point that stands for the start or finish of a task, and how long after that it comes."""
    if task.summary:
        return points.begin(task) if is_start else points.finish(task), NO_TIME
    return points.finish(task), task.length if is_start else NO_TIME
