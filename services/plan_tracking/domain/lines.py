"""Milestones of many plans side by side, as one reader may see them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import starmap

from schemas.dates import PreciseDate
from schemas.names import owner
from schemas.payloads import PlacedIn
from schemas.states import STATUSES, Confidence, Lifecycle, MilestoneState, Node, PlanState, Status
from schemas.topics import milestone_key
from services.plan_tracking.domain.directory import is_overdue
from services.plan_tracking.domain.masks import Sees


@dataclass(frozen=True, slots=True)
class Seen:
    """A milestone that the reader sees, with its plan.

    `as_known_on` is the date of the hold, where this is not the present but what was known then.
    """

    plan: PlanState
    state: MilestoneState
    as_known_on: dt.date | None = None

    @property
    def key(self) -> str:
        """Its identity everywhere."""
        return milestone_key(self.state.plan, self.state.milestone)


@dataclass(frozen=True, slots=True)
class Named:
    """A milestone by its names and titles; all empty where the reader may not know of it."""

    plan: str
    milestone: str
    title: str
    department: str


UNKNOWN = Named("", "", "", "")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What lines and money refer to: the states of these milestones by key, and which of them the reader may know."""

    states: Mapping[str, MilestoneState]
    sees: Sees

    def state(self, speaker: str, node: Node) -> MilestoneState | None:
        """The state of a milestone that a plan speaks of, if the reader may know of it."""
        return self.states.get(milestone_key(node.plan, node.milestone)) if self._seen(speaker, node) else None

    def named(self, speaker: str, node: Node) -> Named:
        """A milestone that a plan speaks of; without a title of its own, it has the last part of its name."""
        if not self._seen(speaker, node):
            return UNKNOWN
        state = self.state(speaker, node)
        title = state.title if state else node.milestone.rpartition("/")[2]
        return Named(node.plan, node.milestone, title, owner(node.milestone))

    def _seen(self, speaker: str, node: Node) -> bool:
        return self.sees(speaker, node.plan, node.milestone)


@dataclass(frozen=True, slots=True)
class Driver:
    """What drives a milestone's date where it is another's: the milestone, how late it is and its owner's reason."""

    milestone: Named
    slip: int | None
    reason: str | None
    by_day: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A milestone as lists of several plans show it; slip in days, `reason` its owner's.

    `cause` is None where its own date drives it; `by_day`, that only the passing of days does. `withdrawn` and
    `as_known_on` are its plan's.
    """

    plan: str
    plan_title: str
    milestone: str
    title: str
    department: str
    department_title: str
    places: tuple[str, ...]
    lifecycle: Lifecycle
    status: Status
    overdue: bool
    baseline: PreciseDate | None
    forecast: PreciseDate | None
    actual: dt.date | None
    projected: dt.date | None
    slip: int | None
    cause: Driver | None
    by_day: bool
    reason: str | None
    blocked: str | None
    confidence: Confidence | None
    last_heard: dt.datetime
    withdrawn: dt.date | None
    as_known_on: dt.date | None


def department_title(department: str, plans: Iterable[PlanState]) -> str:
    """What plans call a department: the first title that one has for it, else its name."""
    titles = (each.title for plan in plans for each in plan.contributors if each.department == department)
    return next(filter(None, titles), department)


def line(seen: Seen, mentioned: Mentioned, today: dt.date) -> Line:
    """The line of a milestone."""
    plan, state = seen.plan, seen.state
    return Line(
        plan=state.plan,
        plan_title=plan.title,
        milestone=state.milestone,
        title=state.title,
        department=state.department,
        department_title=department_title(state.department, [plan]),
        places=state.places,
        lifecycle=state.lifecycle,
        status=state.status,
        overdue=is_overdue(state, seen.as_known_on or today),
        baseline=state.baseline,
        forecast=state.forecast,
        actual=state.actual,
        projected=state.projected,
        slip=state.slip,
        cause=_driver(state, mentioned),
        by_day=state.cause is not None and state.cause.by_day,
        reason=state.reason.text if state.reason else None,
        blocked=state.blocked.reason if state.blocked else None,
        confidence=state.confidence,
        last_heard=state.last_heard,
        withdrawn=plan.withdrawn,
        as_known_on=seen.as_known_on,
    )


def lines(of: Iterable[Seen], mentioned: Mentioned, today: dt.date) -> tuple[Line, ...]:
    """The lines, those projected first at the top, those without a date at the end."""
    made = (line(seen, mentioned, today) for seen in of)
    return tuple(sorted(made, key=lambda one: (one.projected or dt.date.max, one.plan, one.milestone)))


SOON = dt.timedelta(days=60)
MOST_FIRST = 10


@dataclass(frozen=True, slots=True)
class Parts:
    """Lines in two parts: what a reader wants to see at once, and the others."""

    first: tuple[Line, ...]
    rest: tuple[Line, ...]


def parted(of: Iterable[Line], today: dt.date) -> Parts:
    """First what is late, slipping, blocked or overdue, or due soon, MOST_FIRST of them at most; both keep the order.

    Where that would leave a handful, all are first: to unfold them would be more trouble than to read on.
    """
    every = tuple(of)
    first = tuple(one for one in every if _presses(one, today))[:MOST_FIRST]
    names = {(one.plan, one.milestone) for one in first}
    rest = tuple(one for one in every if (one.plan, one.milestone) not in names)
    return Parts(first, rest) if len(rest) > 5 else Parts(every, ())


def _presses(one: Line, today: dt.date) -> bool:
    soon = one.projected is not None and one.projected <= today + SOON
    return one.lifecycle == "open" and (one.status in ("late", "slipping") or bool(one.blocked) or one.overdue or soon)


def _driver(state: MilestoneState, mentioned: Mentioned) -> Driver | None:
    cause = state.cause
    if cause is None or (cause.plan, cause.milestone) == (state.plan, state.milestone):
        return None
    driver = mentioned.state(state.plan, cause)
    reason = driver.reason.text if driver and driver.reason else None
    return Driver(mentioned.named(state.plan, cause), driver.slip if driver else None, reason, cause.by_day)


def counts(of: Iterable[Line]) -> dict[Status, int]:
    """How many of each status."""
    return summed({one.status: 1} for one in of)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as lists show it, with the number of its listed milestones by status."""

    plan: str
    title: str
    lead: str
    lead_title: str
    target: PreciseDate | None
    projected: dt.date | None
    places: tuple[PlacedIn, ...]
    counts: dict[Status, int]
    withdrawn: dt.date | None
    as_known_on: dt.date | None


def plan_lines(plans: Iterable[tuple[PlanState, dt.date | None]]) -> tuple[PlanLine, ...]:
    """The lines of plans, by title; each with the date of its hold where this is what was known then."""
    return tuple(sorted(starmap(_plan_line, plans), key=lambda one: (one.title.casefold(), one.plan)))


def _plan_line(plan: PlanState, as_known_on: dt.date | None) -> PlanLine:
    return PlanLine(
        plan=plan.plan,
        title=plan.title,
        lead=plan.lead,
        lead_title=department_title(plan.lead, [plan]),
        target=plan.target,
        projected=plan.projected,
        places=plan.places,
        counts=summed(department.statuses for department in plan.counts.values()),
        withdrawn=plan.withdrawn,
        as_known_on=as_known_on,
    )


def summed(of: Iterable[Mapping[Status, int]]) -> dict[Status, int]:
    """Counts by status, added up."""
    found: Counter[Status] = Counter()
    for one in of:
        found.update(one)
    return {status: found[status] for status in STATUSES}
