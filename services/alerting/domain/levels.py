"""Levels: how alerts open, change and end, as states arrive and days pass."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from schemas.alerts import Ended, Symptom, alert_key
from schemas.departments import DepartmentState
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.answers import Answers
from services.alerting.domain.ends import ending
from services.alerting.domain.escalation import Desk
from services.alerting.domain.judging import Alerts, Already, Ruling
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules import every
from services.alerting.domain.rules.departments import expected
from services.alerting.domain.rules.every import OF_DEPARTMENTS, OF_MILESTONES, OF_PLANS, OF_PUBLISHERS, Holding
from services.alerting.domain.rules.holds import LIMITS, Limits
from services.alerting.domain.rules.needs import States
from services.alerting.domain.subjects import (
    Subject,
    department_subject,
    milestone_subject,
    plan_subject,
    publisher_subject,
)
from services.kit.words import london_day


@dataclass(frozen=True, slots=True)
class Heard:
    """A milestone's state to be judged: whether it is the first, and whether it was there at the first start.

    `before` is the state as it was; of `loosened` symptoms, which are judged by a new rule or a lower threshold, what
    held of it already is known.
    """

    state: MilestoneState
    first: bool = False
    known: bool = False
    before: MilestoneState | None = None
    loosened: Collection[Symptom] = ()


@dataclass(frozen=True, slots=True)
class HeardPlan:
    """A plan's state to be judged; `heard` is the London date as at which each of its departments was heard of.

    `known` says that it was there at the first start; `loosened` symptoms are judged by a new rule. Of `unreachable`
    departments nobody has confirmed an address, although others wait for them.
    """

    plan: PlanState
    heard: Mapping[str, dt.date]
    first: bool = False
    known: bool = False
    loosened: Collection[Symptom] = ()
    unreachable: Collection[str] = ()

    @property
    def departments(self) -> list[str]:
        """The departments of which something may hold."""
        return sorted({one.department for one in self.plan.contributors} | self.plan.counts.keys())


@dataclass(frozen=True, slots=True)
class HeardPublisher:
    """A department's state to be judged, whatever the plans: `known` and `loosened` as of a plan's."""

    state: DepartmentState
    known: bool = False
    loosened: Collection[Symptom] = ()


@dataclass(frozen=True, slots=True)
class Concluded:
    """The alerts that change, and the keys of all that fire, by the milestone's key or the plan's name.

    `wakes` is when an answer ends, or the lead is to be told, by the same.
    """

    changed: list[KeptAlert]
    firing: dict[str, list[str]]
    wakes: dict[str, dt.date]

    def take(self, name: str, changed: Iterable[KeptAlert], firing: Sequence[str], alerts: Alerts, desk: Desk) -> None:
        """Adds what was concluded of one milestone, of a department, or of a plan; `alerts` are those before."""
        new = {kept.key: kept for kept in changed}
        self.changed.extend(new.values())
        self.firing[name] = [*self.firing.get(name, ()), *firing]
        standing = (new.get(key) or alerts.get(key) for key in firing)
        days = [day for kept in standing if kept and (day := desk.next_day(kept))]
        if days:
            self.wakes[name] = min([*days, self.wakes.get(name, dt.date.max)])


def keys_of(state: MilestoneState, symptoms: Iterable[Symptom] = OF_MILESTONES) -> list[str]:
    """The keys of the alerts that a milestone can have."""
    return [alert_key(state.plan, state.milestone, symptom) for symptom in symptoms]


def conclude(
    heard: Iterable[Heard],
    alerts: Alerts,
    states: States,
    now: dt.datetime,
    limits: Limits,
    symptoms: Collection[Symptom] = OF_MILESTONES,
    answers: Answers = (),
) -> Concluded:
    """What becomes of the alerts of milestones; `symptoms` are those to be judged, `alerts` has those that fire.

    `states` has what was heard, what these need, and the paths of alerts that no longer hold.
    """
    concluded, desk = Concluded([], {}, {}), Desk(london_day(now), limits.patience, answers)
    for one in heard:
        state, holding = one.state, every.of_milestone(one.state, states, now, limits)
        ruling = Ruling(milestone_subject(state), holding, _already(one, holding, states, now, limits), one.first, desk)
        changed = ruling.changes(symptoms, alerts, partial(ending, state=state, states=states), now)
        name = milestone_key(state.plan, state.milestone)
        concluded.take(name, changed, keys_of(state, holding), alerts, desk)
    return concluded


def _already(one: Heard, holding: Holding, states: States, now: dt.datetime, limits: Limits) -> Already | None:
    """What held before, judged as it is judged now; None where nothing makes it known."""
    if one.known:
        return Already(holding, one.state.projected, OF_MILESTONES, at_start=True)
    if one.before is None or not one.loosened:
        return None
    before = one.before.model_copy(update={"tolerance": one.state.tolerance})
    return Already(every.of_milestone(before, states, now, limits), before.projected, one.loosened)


def conclude_plan(
    one: HeardPlan, alerts: Alerts, now: dt.datetime, limits: Limits = LIMITS, answers: Answers = ()
) -> Concluded:
    """What becomes of the alerts of a plan, and of the departments in it; `alerts` has those that fire."""
    concluded, desk = Concluded([], {}, {}), Desk(london_day(now), limits.patience, answers)
    for subject, holding, symptoms in _parts(one, now):
        already = Already(holding, None, symptoms if one.known else one.loosened, at_start=one.known)
        ruling = Ruling(subject, holding, already, one.first, desk)
        firing = [alert_key(subject.plan, subject.about, symptom) for symptom in holding]
        concluded.take(subject.plan, ruling.changes(symptoms, alerts, _resolved, now), firing, alerts, desk)
    return concluded


def _parts(one: HeardPlan, now: dt.datetime) -> Iterator[tuple[Subject, Holding, tuple[Symptom, ...]]]:
    """The plan and each department, what holds for it, and what may."""
    yield plan_subject(one.plan), every.of_plan(one.plan), OF_PLANS
    for department in one.departments:
        unreachable = department in one.unreachable
        holding = every.of_department(one.plan, department, one.heard.get(department), now, unreachable=unreachable)
        yield department_subject(one.plan, department), holding, OF_DEPARTMENTS


def conclude_publisher(one: HeardPublisher, alerts: Alerts, now: dt.datetime, limits: Limits = LIMITS) -> Concluded:
    """What becomes of the alerts of a department, whatever the plans; `alerts` has those that fire."""
    concluded, desk = Concluded([], {}, {}), Desk(london_day(now), limits.patience)
    subject, holding = publisher_subject(one.state), every.of_publisher(one.state)
    symptoms = OF_PUBLISHERS if one.known else one.loosened
    already = Already(holding, None, symptoms, at_start=one.known, newest=subject.newest)
    changed = Ruling(subject, holding, already, False, desk).changes(OF_PUBLISHERS, alerts, _resolved, now)
    firing = [alert_key(subject.plan, subject.about, symptom) for symptom in holding]
    concluded.take(subject.plan, changed, firing, alerts, desk)
    return concluded


def _resolved(_: KeptAlert) -> Ended:
    return "resolved"


def bearing(plan: PlanState) -> tuple[object, ...]:
    """All of a plan's state that its rules, and what is said of it, depend on."""
    green = plan.confidence.get(plan.plan)
    steady = plan.model_copy(
        update={
            "version": 0,
            "day": dt.date.min,
            "projected": plan.projected if green else None,
            "counts": {},
            "cycles": (),
            "waiting": 0,
            "confidence": {},
        }
    )
    return steady, green, frozenset(d for d in plan.counts if expected(plan, d))
