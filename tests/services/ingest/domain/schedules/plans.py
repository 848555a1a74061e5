"""Small schedules for tests, and how long one finish comes after another in them, worked out plainly."""

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from services.ingest.domain.schedules.model import NO_TIME, Kind, Length, Relation, Schedule, Task

DAY = dt.date(2026, 11, 25)
MEANS: Mapping[str, Any] = {"Finish": "forecast", "Actual finish": "actual", "Baseline": "baseline"}

Point = tuple[str, str]
"""A task's id, and "S" or "F"."""


def days(working: float = 0, elapsed: float = 0) -> Length:
    """A length of working and elapsed days."""
    return Length(working, elapsed)


def task(identifier: str, length: float = 0, **more: Any) -> Task:
    """A task of so many working days, called as its id says."""
    row = int("".join(filter(str.isdecimal, identifier)) or 1)
    given = {"row": row, "slot": identifier, "title": f"Task {identifier}", "state": "open", "said": "0%"}
    return Task(id=identifier, length=days(length), **{**given, **more})


def milestone(identifier: str, finish: dt.date | None = None, **more: Any) -> Task:
    """A task that is flagged as a milestone, forecast for this day."""
    dates = {"Finish": finish} if finish else {}
    return task(identifier, flagged=True, **{"dates": dates, **more})


def link(giver: str, taker: str, kind: Kind = "FS", working: float = 0, elapsed: float = 0) -> Relation:
    """A relation with a lag in days."""
    return Relation(giver, taker, kind, days(working, elapsed))


def schedule(tasks: Iterable[Task], relations: Iterable[Relation] = (), **more: Any) -> Schedule:
    """A schedule of these tasks."""
    given = {"sheet": "Tasks", "identity": "plan", "project": "P", "as_at": DAY, "means": MEANS}
    return Schedule(tasks=tuple(tasks), relations=tuple(relations), **{**given, **more})


def longest(
    tasks: Sequence[Task], relations: Iterable[Relation], origin: Task, meeting: Collection[str] = ()
) -> dict[str, float]:
    """How many days each finish comes at least after that of `origin`, on ways that go on from none of `meeting`.

    Every task has a start and a finish; each demand of one point on another is worked through until nothing changes.
    """
    found: dict[Point, float] = {(origin.id, "F"): 0.0}
    by_id = {one.id: one for one in tasks}
    demands = list(_demands(by_id, relations, origin.state != "done"))
    for _ in range(2 * len(tasks) + 1):
        for source, target, length in demands:
            if _meets(by_id[source[0]], source, target, meeting) and source[0] != origin.id:
                continue
            if source in found and found[source] + length > found.get(target, float("-inf")) + 1e-9:
                found[target] = found[source] + length
    return {name: length for (name, point), length in found.items() if point == "F"}


def _meets(one: Task, source: Point, target: Point, meeting: Collection[str]) -> bool:
    """Whether a way goes on from one of `meeting`; who passes the begin of a summary has not met its finish."""
    return one.id in meeting and target[0] != one.id and not (one.summary and source[1] == "S")


def _demands(
    tasks: Mapping[str, Task], relations: Iterable[Relation], is_open: bool
) -> Iterable[tuple[Point, Point, float]]:
    stuck = {(one.id, point) for one in tasks.values() if is_open and one.state == "done" for point in "SF"}
    stuck |= {(one.id, "S") for one in tasks.values() if is_open and one.started and not one.summary}
    made: list[tuple[Point, Point, float]] = []
    for one in tasks.values():
        start, finish = (one.id, "S"), (one.id, "F")
        if not one.summary:
            made += [(start, finish, one.length.days), (finish, start, -one.length.days)]
        if one.parent:
            made += [((one.parent, "S"), start, 0.0), (finish, (one.parent, "F"), 0.0)]
    for relation in relations:
        source, target = (relation.giver, relation.kind[0]), (relation.taker, relation.kind[1])
        made.append((source, target, relation.lag.days))
    return [demand for demand in made if demand[0] not in stuck or demand[0][0] == demand[1][0]]


lengths = st.builds(Length, st.integers(-3, 5).map(float), st.sampled_from([0.0, 0.0, 0.0, 2.0]))


@st.composite
def networks(draw: st.DrawFn, states: bool = False) -> tuple[list[Task], list[Relation]]:
    """Tasks, some of them kept, some in summaries; and relations of every kind from earlier ones to later ones."""
    tasks: list[Task] = []
    for number in range(draw(st.integers(2, 9))):
        outer = [one for one in tasks if one.summary]
        tasks.append(
            task(
                str(number),
                draw(st.integers(0, 4)),
                flagged=draw(st.booleans()),
                summary=draw(st.integers(0, 4)) == 0,
                parent=draw(st.sampled_from([None, *(one.id for one in outer)])),
                state=draw(st.sampled_from(["open", "open", "done"])) if states else "open",
                started=states and draw(st.booleans()),
            )
        )
    kinds: list[Kind] = ["FS", "FS", "SS", "FF", "SF"]
    pairs = list(itertools.combinations([one.id for one in tasks], 2))
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=14))
    return tasks, [Relation(a, b, draw(st.sampled_from(kinds)), draw(st.just(NO_TIME) | lengths)) for a, b in chosen]
