"""Made-up plans for tests of alerting: a few milestones that need each other, and the states that follow from them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.dates import PreciseDate
from schemas.departments import DepartmentState
from schemas.names import owner
from schemas.payloads import Visibility
from schemas.states import (
    Cause,
    Contributor,
    Explained,
    Lifecycle,
    MilestoneState,
    Need,
    Node,
    PlanState,
    Status,
    Waiting,
)

NOW = dt.datetime(2026, 11, 25, 10, 30, tzinfo=dt.UTC)
TODAY = NOW.date()
PLAN = "dluhc/towns-fund"
RAIL, STATION, SKILLS = "dft/rail-2", "northgate/station-square", "dfe/skills-1"
TOLERANCE = 14


def day(days: int) -> dt.date:
    """The date so many days after the example's today."""
    return TODAY + dt.timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone as its owner says it; dates in days after the example's today, each need a name and a lag of 0."""

    name: str
    baseline: int | None
    forecast: int | None = None
    actual: int | None = None
    needs: tuple[str, ...] = ()
    cancelled: bool = False
    listed: bool = True
    reason: str | None = None

    @property
    def declared(self) -> int | None:
        """Its own date: the forecast, else the baseline."""
        return self.baseline if self.forecast is None else self.forecast

    @property
    def lifecycle(self) -> Lifecycle:
        """Open, done or cancelled."""
        return "cancelled" if self.cancelled else "open" if self.actual is None else "done"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a step stands: projected and inherited (in days), the path of its date, whether only days drive it."""

    projected: int | None
    inherited: int | None
    path: tuple[str, ...]
    by_day: bool


def chain(*, rail: Step | None = None, skills: int | None = None) -> list[Step]:
    """Rail opens, then the station, then skills, each in need of the one before; none is late by itself."""
    return [
        rail or Step(RAIL, 100),
        Step(STATION, 110, needs=(RAIL,)),
        Step(SKILLS, 120 if skills is None else skills, needs=(STATION,)),
    ]


def states(
    steps: Iterable[Step], version: int = 1, *, passed: int = 0, tolerance: int = TOLERANCE, plan: str = PLAN
) -> list[MilestoneState]:
    """The states of the steps; `passed` is the number of days that have gone by since the example's today."""
    given = {step.name: step for step in steps}
    done: dict[str, Standing] = {}
    return [
        _state(step, _stand(step, given, done, passed), given, done, version, tolerance, plan)
        for step in given.values()
    ]


def _stand(step: Step, given: Mapping[str, Step], done: dict[str, Standing], today: int) -> Standing:
    if step.name not in done:
        before = {name: _stand(given[name], given, done, today) for name in step.needs if name in given}
        done[step.name] = _place(step, before, given, today)
    return done[step.name]


def _place(step: Step, before: Mapping[str, Standing], given: Mapping[str, Step], today: int) -> Standing:
    demands = {n: s.projected for n, s in before.items() if not given[n].cancelled and s.projected is not None}
    inherited = max(demands.values(), default=None)
    if step.lifecycle != "open":
        return Standing(step.actual, inherited, (step.name,), False)
    dates = [date for date in (step.declared, inherited) if date is not None]
    if not dates:
        return Standing(None, None, (step.name,), False)
    projected = max(*dates, today)
    if inherited == projected and (step.declared is None or inherited > step.declared):
        via = before[min(name for name, date in demands.items() if date == inherited)]
        return Standing(projected, inherited, (*via.path, step.name), via.by_day)
    return Standing(projected, inherited, (step.name,), projected != step.declared)


def _state(
    step: Step,
    at: Standing,
    given: Mapping[str, Step],
    done: Mapping[str, Standing],
    version: int,
    tolerance: int,
    plan: str,
) -> MilestoneState:
    slip = None if at.projected is None or step.baseline is None else at.projected - step.baseline
    dated = at.projected is not None and step.lifecycle == "open"
    cause = Cause(plan=plan, milestone=at.path[0], department=owner(at.path[0]), by_day=at.by_day) if dated else None
    said = Explained(text=step.reason, explains=_date(step.declared), said=NOW) if step.reason else None
    return MilestoneState(
        plan=plan,
        milestone=step.name,
        version=version,
        department=owner(step.name),
        title=step.name.rpartition("/")[2].replace("-", " ").capitalize(),
        listed=step.listed,
        tolerance=tolerance,
        lifecycle=step.lifecycle,
        baseline=None if step.baseline is None else PreciseDate(date=day(step.baseline)),
        forecast=None if step.forecast is None else PreciseDate(date=day(step.forecast)),
        actual=_date(step.actual),
        declared=_date(step.declared),
        inherited=_date(at.inherited),
        projected=_date(at.projected),
        slip=slip,
        status=_status(step, slip, tolerance),
        reason=said,
        cause=cause,
        path=tuple(Node(plan=plan, milestone=name) for name in at.path) if dated else (),
        needs=tuple(_need(name, given, done, plan) for name in step.needs),
        last_heard=NOW,
        correlationid=f"request-{version}",
    )


def _need(name: str, given: Mapping[str, Step], done: Mapping[str, Standing], plan: str) -> Need:
    waiting: Waiting | None = "unknown" if name not in given else "cancelled" if given[name].cancelled else None
    if waiting is None and done[name].projected is None:
        waiting = "undated"
    dated = None if waiting else _date(done[name].projected)
    return Need(plan=plan, milestone=name, lag=0, unit="calendar", projected=dated, waiting=waiting)


def _date(days: int | None) -> dt.date | None:
    return None if days is None else day(days)


def _status(step: Step, slip: int | None, tolerance: int) -> Status:
    if step.cancelled:
        return "cancelled"
    if step.actual is not None:
        return "done"
    if slip is None:
        return "undated"
    return "late" if slip > tolerance else "slipping" if slip > 0 else "on-track"


def plan_state(visibility: Visibility = "public", *, plan: str = PLAN, version: int = 1) -> PlanState:
    """The state of the example plan, with the departments of the chain as contributors."""
    return PlanState(
        plan=plan,
        version=version,
        published=True,
        title="Towns Fund",
        lead=owner(plan),
        tolerance=TOLERANCE,
        visibility=visibility,
        contributors=tuple(Contributor(department=owner(name)) for name in (RAIL, STATION, SKILLS)),
        day=TODAY,
    )


def department_state(version: int, *, hours: float = 0, department: str = "dft", **fields: int) -> DepartmentState:
    """What waits of a department's records, by field; the last of them was refused so many hours from now."""
    refused = sum(fields.values())
    return DepartmentState(
        department=department,
        version=version,
        refused=refused,
        since=NOW - dt.timedelta(days=3) if refused else None,
        newest=NOW + dt.timedelta(hours=hours) if refused else None,
        fields=fields,
        link="http://ingest.example/publish/rejections",
    )
