"""The pure pipeline in memory: states in, alerts, and what one subscriber is told."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.alerts import NotificationData, Rhythm, Rule, Symptom, Told
from schemas.departments import DepartmentState
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.answers import Answer, heard
from services.alerting.domain.compose import Composed, compose
from services.alerting.domain.levels import (
    Heard,
    HeardPlan,
    HeardPublisher,
    conclude,
    conclude_plan,
    conclude_publisher,
)
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.rhythm import WantedRhythm, covers
from services.alerting.domain.rules.every import TOLERATED
from services.alerting.domain.rules.holds import Limits
from services.alerting.domain.scopes import Scope
from services.alerting.domain.select import Listener, decide_all, hold_all
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.view import View
from tests.services.alerting.examples import NOW, PLAN, Step, plan_state, states

URL = "http://plans.example"


@dataclass
class World:
    """One store in memory, and one subscriber to everything; `passed` days have gone by."""

    least_days: int = 0
    departments: tuple[str, ...] = ("dfe",)
    rhythm: WantedRhythm = "at_once"
    rules: tuple[Rule, ...] = ()
    states: dict[str, MilestoneState] = field(default_factory=dict)
    alerts: dict[str, KeptAlert] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    plans: dict[str, PlanState] = field(default_factory=lambda: {PLAN: plan_state()})
    heard_of: dict[str, dt.date] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    answers: list[Answer] = field(default_factory=list)
    scope: Scope = field(default_factory=lambda: Scope("plan", PLAN))
    version: int = 0
    passed: int = 0
    tolerance: int = 14

    @property
    def now(self) -> dt.datetime:
        """The moment."""
        return NOW + dt.timedelta(days=self.passed)

    @property
    def listener(self) -> Listener:
        """The subscriber."""
        return Listener(
            Subscription(
                id="s",
                owner=self.departments[0],
                departments=self.departments,
                channel="webhook",
                target="https://example.gov.uk/hook",
                secret=None,
                scope=self.scope,
                least_days=self.least_days,
                rhythm=self.rhythm,
                created=NOW,
                rules=self.rules,
            ),
            self.said,
        )

    @property
    def view(self) -> View:
        """What the subscriber sees."""
        return View(self.departments, self.states, self.plans, self.now.date())

    def hear(self, steps: Iterable[Step], *, known: bool = False) -> list[KeptAlert]:
        """The states of the steps arrive in one batch; answers with the alerts that change."""
        self.version += 1
        return self.take(states(steps, self.version, passed=self.passed, tolerance=self.tolerance), known=known)

    def take(self, arriving: Iterable[MilestoneState], *, known: bool = False) -> list[KeptAlert]:
        """States arrive in one batch; those that are not newer than stored are skipped."""
        keyed = {milestone_key(state.plan, state.milestone): state for state in arriving}
        newer = {k: s for k, s in keyed.items() if k not in self.states or s.version > self.states[k].version}
        arrived = [self._heard(key, state, known) for key, state in newer.items()]
        self.states |= newer
        return self._judge(arrived)

    def _heard(self, key: str, state: MilestoneState, known: bool) -> Heard:
        was = self.states.get(key)
        loosened = TOLERATED if was and was.tolerance > state.tolerance else frozenset()
        return Heard(state, first=was is None, known=known, before=was, loosened=loosened)

    def rejudge(self, *loosened: Symptom) -> list[KeptAlert]:
        """A day has passed, or rules of these symptoms are new: all states are judged again, with none arriving."""
        return self._judge([Heard(state, before=state, loosened=loosened) for state in self.states.values()])

    def _judge(self, arrived: list[Heard]) -> list[KeptAlert]:
        changed = conclude(
            arrived, self._firing(), self.states, self.now, self.limits, answers=tuple(self.answers)
        ).changed
        self.alerts |= {kept.key: kept for kept in changed}
        return changed

    def _firing(self) -> dict[str, KeptAlert]:
        return {key: kept for key, kept in self.alerts.items() if kept.firing}

    def lead(self, **changes: Any) -> list[KeptAlert]:
        """The plan's state arrives, or is judged again, with these changes; answers with the alerts that change."""
        more = {name: changes.pop(name) for name in ("known", "loosened", "first") if name in changes}
        self.plans[PLAN] = self.plans[PLAN].model_copy(update={"day": self.now.date(), **changes})
        changed = conclude_plan(HeardPlan(self.plans[PLAN], self.heard_of, **more), self._firing(), self.now).changed
        self.alerts |= {kept.key: kept for kept in changed}
        return changed

    def publisher(self, state: DepartmentState, **more: Any) -> list[KeptAlert]:
        """The state of a department arrives; answers with the alerts that change."""
        changed = conclude_publisher(HeardPublisher(state, **more), self.alerts, self.now).changed
        self.alerts |= {kept.key: kept for kept in changed}
        return changed

    def told(self, rhythm: Rhythm = "at_once") -> NotificationData | None:
        """The quiet time is over: what the subscriber is told in this rhythm, and remembered as said."""
        found = [kept for key, kept in self.alerts.items() if kept.firing or key in self.said]
        alerts = heard(found, self.listener.subscription, self.answers, self.now.date()).alerts
        items = decide_all(alerts, self.listener, self.states, self.plans, self.now)
        due = [item for item in items if covers(rhythm, item.rhythm)]
        return self._say(compose(due, self.view, URL, rhythm=rhythm))

    def summary(self) -> NotificationData | None:
        """Somebody subscribes now: the one summary."""
        items = hold_all(self._firing().values(), self.listener, self.plans, self.now)
        return self._say(compose(items, self.view, URL, kind="summary"))

    def _say(self, composed: Composed | None) -> NotificationData | None:
        if composed is None:
            return None
        for key, said in composed.said.items():
            if said is None:
                self.said.pop(key, None)
            else:
                self.said[key] = said
        return composed.data


def each(data: NotificationData | None) -> list[Told]:
    """Everything that a notification tells, in its order."""
    return [told for section in data.causes for told in section.moved] if data else []


def names(data: NotificationData | None) -> list[str]:
    """The milestones that a notification tells, in its order."""
    return [told.milestone for told in each(data)]


def ends(data: NotificationData | None) -> dict[str, str | None]:
    """Why each milestone's alert is over, of those that are."""
    return {told.milestone: told.ended for told in each(data) if told.ended}


def raised(data: NotificationData | None) -> dict[str, str]:
    """Under which rule something holds of each milestone that is told."""
    return {told.milestone: told.rule for told in each(data) if not told.ended}
