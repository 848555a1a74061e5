"""Changes: inside a transaction, what states do to the alerts, and the due marks that follow."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from schemas.alerts import Symptom, alert_key
from schemas.departments import DepartmentState
from schemas.states import MilestoneState, Node, PlanState
from schemas.topics import milestone_key
from services.alerting.documents import Judged, JudgedPlan, state_id
from services.alerting.domain.due import QUIET, extend, push
from services.alerting.domain.levels import (
    Concluded,
    Heard,
    HeardPlan,
    HeardPublisher,
    bearing,
    conclude,
    conclude_plan,
    conclude_publisher,
)
from services.alerting.domain.model import KeptAlert, mark_id
from services.alerting.domain.rules import milestones
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.rules.every import OF_PUBLISHERS, TOLERATED, of_dates
from services.alerting.domain.rules.needs import needs_engagement
from services.alerting.reachability import reachable
from services.alerting.store import Store
from services.kit.mongo import Session
from services.kit.words import london_day

LONGEST_REQUEST = 200
"""Characters of a correlation id by which requests are told apart."""

State = MilestoneState | PlanState | DepartmentState


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a batch brings: the newest state of each milestone, plan and department, and which were there at the start.

    Milestones go by milestone key, plans and departments by name; `known` has them all.
    """

    milestones: Mapping[str, MilestoneState]
    known: frozenset[str]
    plans: Mapping[str, PlanState]
    departments: Mapping[str, DepartmentState] = field(default_factory=dict)


def partitioned_by(state: State) -> str:
    """The name by which a state is partitioned: that of its plan, or of the department."""
    return state.department if isinstance(state, DepartmentState) else state.plan


def newest(read: Iterable[tuple[State, bool]]) -> Arrived:
    """What a batch brings; each state comes with whether it was there at the first start."""
    states: dict[str, tuple[State, bool]] = {}
    for state, known in read:
        key = state_id(state) if isinstance(state, MilestoneState) else partitioned_by(state)
        if key not in states or state.version >= states[key][0].version:
            states[key] = state, known
    at_start = frozenset(key for key, (_, known) in states.items() if known)
    found = {key: state for key, (state, _) in states.items()}
    return Arrived(
        {key: state for key, state in found.items() if isinstance(state, MilestoneState)},
        at_start,
        {key: state for key, state in found.items() if isinstance(state, PlanState)},
        {key: state for key, state in found.items() if isinstance(state, DepartmentState)},
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """One transaction's changes, judged by the rules at the moment `now`, told when it has been `quiet`."""

    store: Store
    session: Session
    rules: RuleBook
    now: dt.datetime
    quiet: dt.timedelta = QUIET

    @property
    def today(self) -> dt.date:
        """The date in London."""
        return london_day(self.now)

    async def take(self, arrived: Arrived) -> list[KeptAlert]:
        """Writes newer states, what they change in the alerts, and the marks; answers with the alerts that changed."""
        stored = await self.store.states.judged(arrived.milestones, self.session)
        heard = [
            self._heard(state, stored.get(key), key in arrived.known)
            for key, state in arrived.milestones.items()
            if key not in stored or state.version > stored[key].state.version
        ]
        concluded = await self._judge(heard, stored)
        await self._wake(heard, stored)
        await self.store.states.write(self.session, [self._judged(one.state, concluded, arrived=True) for one in heard])
        shown = await self._take_plans(arrived)
        changed = concluded.changed + await self._take_departments(arrived)
        await self._mark(changed, shown)
        return changed

    async def _take_departments(self, arrived: Arrived) -> list[KeptAlert]:
        """Writes newer states of departments, and judges them; answers with the alerts that change."""
        stored = await self.store.departments.judged(arrived.departments, self.session)
        newer = {n: s for n, s in arrived.departments.items() if n not in stored or s.version > stored[n][0]}
        keys = (alert_key(name, "", symptom) for name in newer for symptom in OF_PUBLISHERS)
        alerts, changed = await self.store.alerts.find(keys, self.session), list[KeptAlert]()
        for name, state in newer.items():
            loosened = self._new_since(stored[name][1]) if name in stored else ()
            heard = HeardPublisher(state, known=name in arrived.known, loosened=loosened)
            changed += conclude_publisher(heard, alerts, self.now, self.rules.limits).changed
        await self.store.alerts.write(self.session, changed)
        await self.store.departments.write(self.session, newer, self.rules.version)
        return changed

    def _heard(self, state: MilestoneState, stored: Judged | None, known: bool) -> Heard:
        if stored is None:
            return Heard(state, first=True, known=known)
        loosened = self._new_since(stored.rules)
        if stored.state.tolerance > state.tolerance:
            loosened |= TOLERATED
        return Heard(state, known=known, before=stored.state, loosened=loosened)

    def _new_since(self, version: str | None) -> frozenset[Symptom]:
        return frozenset() if version == self.rules.version else self.rules.new_since(version)

    def _judged(self, state: MilestoneState, concluded: Concluded, *, arrived: bool) -> Judged:
        next_day = milestones.next_day(state, self.today, self.rules.limits.blocked_days)
        wakes = min(filter(None, (next_day, concluded.wakes.get(state_id(state)))), default=None)
        if arrived and needs_engagement(state):  # what it needs may be arriving elsewhere at this very moment
            wakes = self.today + dt.timedelta(days=1)
        return Judged(state, self.rules.version, concluded.firing[state_id(state)], wakes)

    async def _judge(self, heard: Collection[Heard], stored: Mapping[str, Judged]) -> Concluded:
        """The alerts that change, written."""
        keys = (key for one in heard if (was := stored.get(state_id(one.state))) for key in was.firing)
        alerts = await self.store.alerts.find(keys, self.session)
        states = {state_id(one.state): one.state for one in heard}
        wanted = (_needed(heard) | _paths_of_ending(heard, alerts, self.now)) - states.keys()
        states |= await self.store.states.milestones(wanted, self.session)
        answers = await self.store.answers.of({one.state.plan for one in heard}, self.today, self.session)
        concluded = conclude(heard, alerts, states, self.now, self.rules.limits, answers=answers)
        await self.store.alerts.write(self.session, concluded.changed)
        return concluded

    async def _wake(self, heard: Collection[Heard], stored: Mapping[str, Judged]) -> None:
        """Whatever else is to be judged because of these states, by whoever owns it."""
        met = [key for one in heard if _engages(one.state, stored.get(key := state_id(one.state)))]
        await self.store.states.wake_engaged(self.session, met, self.today)
        spoke: dict[tuple[str, str], dt.datetime] = {}
        for state in (one.state for one in heard):
            by = state.plan, state.department
            spoke[by] = max(state.last_heard, spoke.get(by, state.last_heard))
        await self.store.states.hear(self.session, spoke, self.today)

    async def _take_plans(self, arrived: Arrived) -> list[str]:
        """Writes newer states of plans, to be judged; answers with those that others may see than could before."""
        stored = await self.store.states.plans(arrived.plans, self.session)
        newer = {n: p for n, p in arrived.plans.items() if n not in stored or p.version > stored[n].version}
        await self.store.states.write_plans(self.session, newer, arrived.known)
        moved = [name for name, plan in newer.items() if _differs(stored.get(name), plan, bearing)]
        await self.store.states.wake_plans(self.session, moved, self.today)
        return [name for name, plan in newer.items() if _differs(stored.get(name), plan, _audience)]

    async def retake(self, keys: Collection[str]) -> list[KeptAlert]:
        """Judges stored milestones again, because a day has passed or what they depend on has changed."""
        stored = await self.store.states.judged(keys, self.session)
        heard = [Heard(one.state, before=one.state, loosened=self._new_since(one.rules)) for one in stored.values()]
        concluded = await self._judge(heard, stored)
        await self.store.states.touch(
            self.session, [self._judged(one.state, concluded, arrived=False) for one in heard]
        )
        if any(one.rules is None for one in stored.values()):
            await self._wake(heard, stored)  # from before departments were listened for
        await self._mark(concluded.changed, [])
        return concluded.changed

    async def retake_plan(self, name: str) -> list[KeptAlert]:
        """Judges a stored plan, and the departments in it, again."""
        stored = (await self.store.states.judged_plans([name], self.session)).get(name)
        if stored is None:
            return []
        spoke = await self.store.states.heard(name, self.session)
        heard = HeardPlan(
            stored.plan,
            {department: london_day(last) for department, last in spoke.items()},
            first=stored.rules == "",
            known=stored.known,
            loosened=self._new_since(stored.rules) if stored.rules != "" else (),
        )
        heard = replace(heard, unreachable=await self._unreachable(name, heard.departments))
        alerts = await self.store.alerts.find(stored.firing, self.session)
        answers = await self.store.answers.of([name], self.today, self.session)
        concluded = conclude_plan(heard, alerts, self.now, self.rules.limits, answers)
        await self.store.alerts.write(self.session, concluded.changed)
        firing = concluded.firing[name]
        silent = any(key.endswith("|silent") for key in firing)
        # Every day: whether somebody is silent, has been answered for long enough, or can be told by nobody.
        wakes = self.today + dt.timedelta(days=1) if stored.plan.published else None
        judged = JudgedPlan(stored.plan, self.rules.version, firing, silent=silent, wakes=wakes)
        await self.store.states.touch_plan(self.session, judged)
        await self._mark(concluded.changed, [])
        return concluded.changed

    async def _unreachable(self, plan: str, among: Collection[str]) -> set[str]:
        """The departments for which others wait, and of which nobody with a confirmed address listens."""
        awaited = await self.store.states.awaited(plan, among, self.session)
        return awaited - await reachable(self.store, awaited) if awaited else awaited

    async def _mark(self, changed: Iterable[KeptAlert], shown: Iterable[str]) -> None:
        wanted: dict[str, tuple[str, Node | None, str | None]] = {mark_id(p, None): (p, None, None) for p in shown}
        for kept in changed:
            request = kept.correlationid[:LONGEST_REQUEST] if kept.correlationid else None
            wanted[mark_id(kept.alert.plan, kept.alert.cause)] = kept.alert.plan, kept.alert.cause, request
        there = await self.store.queue.marks(wanted, self.session)
        marks = [push(there.get(key), *moved[:2], self.now, moved[2], self.quiet) for key, moved in wanted.items()]
        await self.store.queue.write_marks(self.session, marks)
        requests = {request for _, _, request in wanted.values() if request}
        under_way = await self.store.queue.bursts(requests, self.session)
        bursts = {request: extend(under_way.get(request), self.now, self.quiet) for request in requests}
        await self.store.queue.write_bursts(self.session, bursts)


def _needed(heard: Iterable[Heard]) -> set[str]:
    """What deliveries that were met need: among it may be engagements."""
    met = (one.state for one in heard if needs_engagement(one.state))
    return {milestone_key(need.plan, need.milestone) for state in met for need in state.needs}


def _paths_of_ending(heard: Iterable[Heard], alerts: Mapping[str, KeptAlert], now: dt.datetime) -> set[str]:
    """The milestones on the paths of slips that no longer hold: what became of them tells how these end."""
    late = {state_id(one.state) for one in heard if "late" in of_dates(one.state, now)}
    ending = (kept for kept in alerts.values() if kept.symptom == "late" and _key(kept.alert) not in late)
    return {_key(node) for kept in ending for node in kept.path}


def _key(of: Node) -> str:
    return milestone_key(of.plan, of.milestone)


def _engages(state: MilestoneState, stored: Judged | None) -> bool:
    """Whether the rule *engagement unmet* may say something else of what depends on this milestone."""
    if "engagement" not in (state.type, stored.state.type if stored else None):
        return False
    return stored is None or (state.type, state.lifecycle) != (stored.state.type, stored.state.lifecycle)


def _differs(before: PlanState | None, plan: PlanState, look: Callable[[PlanState], object]) -> bool:
    return before is None or look(before) != look(plan)


def _audience(plan: PlanState) -> tuple[object, ...]:
    return plan.visibility, plan.hold, frozenset(one.department for one in plan.contributors)
