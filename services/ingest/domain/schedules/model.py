"""A schedule as a planning tool keeps it: tasks with lengths, and relations between their starts and finishes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from services.ingest.domain.returns.model import Finding, Meaning, MilestoneType, State

WORKING_WEEK = 5
"""The working days of the week that "working days" mean everywhere here: Monday to Friday."""

Kind = Literal["FS", "SS", "FF", "SF"]
"""Which point of the giver, then which of the taker, a relation is between: start or finish."""


class Length(NamedTuple):
    """A length of time in days: of working time, and of time that passes whether anybody works or not."""

    working: float = 0.0
    elapsed: float = 0.0

    @property
    def days(self) -> float:
        """All of it in calendar days: seven for each five working days."""
        return self.working * 7 / WORKING_WEEK + self.elapsed

    def then(self, other: "Length") -> "Length":
        """This, and the other after it."""
        return Length(self.working + other.working, self.elapsed + other.elapsed)

    def back(self) -> "Length":
        """The same length the other way."""
        return Length(-self.working, -self.elapsed)

    def times(self, factor: float) -> "Length":
        """A part or a multiple of it."""
        return Length(self.working * factor, self.elapsed * factor)


NO_TIME = Length()


@dataclass(frozen=True, slots=True)
class Workweek:
    """A calendar by what counts as a day in it (minutes of work), and the week it has: days and minutes of work.

    Work by a week of five days is working time. By any other week, as that of a site which never rests, the same work
    passes in its share of seven days.
    """

    day: float = 480
    days: int = WORKING_WEEK
    week: float = 2400

    def length(self, minutes: float) -> Length:
        """So many minutes of work."""
        if self.days == WORKING_WEEK:
            return Length(working=minutes / self.day)
        return Length(elapsed=minutes * 7 / self.week)


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a schedule, which may be flagged as a milestone, and may be the summary of others.

    `id` is what relations and `parent` (the id of its summary) name it by; `row`, `slot`, `key`, `said`, `type`,
    `version` and `project` are as in a row of a return. `state` is None where what is `said` of it is not known.
    `length` is its planned duration, `started` whether it has begun. `dates` are the days as the file writes them, by
    what the tool calls them.
    """

    id: str
    row: int
    slot: str
    title: str
    state: State | None
    said: str
    key: str | None = None
    flagged: bool = False
    summary: bool = False
    parent: str | None = None
    length: Length = NO_TIME
    started: bool = False
    dates: Mapping[str, dt.date] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    project: str | None = None
    type: MilestoneType | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """The taker's point comes at least `lag` after the giver's; of an FS relation, its start after the finish."""

    giver: str
    taker: str
    kind: Kind = "FS"
    lag: Length = NO_TIME


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as read: `sheet` is what the file calls its list of tasks, `identity` tells it from other schedules.

    `means` has what its dates are called, and what each means unless the sender says otherwise (None: it is not read).
    """

    sheet: str
    identity: str
    project: str | None
    as_at: dt.date | None
    tasks: tuple[Task, ...]
    relations: tuple[Relation, ...] = ()
    means: Mapping[str, Meaning | None] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
