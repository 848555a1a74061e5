"""The pure pipeline in memory: states in, alerts, and what one subscriber is told."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.alerts import NotificationData
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.compose import Composed, compose
from services.alerting.domain.levels import Heard, conclude
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.select import Listener, decide_all, hold_all
from tests.services.alerting.examples import NOW, PLAN, Step, plan_state, states

URL = "http://plans.example"


@dataclass
class World:
    """One store in memory, and one subscriber to everything; `passed` days have gone by."""

    least_days: int = 0
    departments: tuple[str, ...] = ("dfe",)
    states: dict[str, MilestoneState] = field(default_factory=dict)
    alerts: dict[str, KeptAlert] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    plans: dict[str, PlanState] = field(default_factory=lambda: {PLAN: plan_state()})
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
        return Listener(self.least_days, self.departments, self.said)

    def hear(self, steps: Iterable[Step], *, known: bool = False) -> list[KeptAlert]:
        """The states of the steps arrive in one batch; answers with the alerts that change."""
        self.version += 1
        return self.take(states(steps, self.version, passed=self.passed, tolerance=self.tolerance), known=known)

    def take(self, arriving: Iterable[MilestoneState], *, known: bool = False) -> list[KeptAlert]:
        """States arrive in one batch; those that are not newer than stored are skipped."""
        keyed = {milestone_key(state.plan, state.milestone): state for state in arriving}
        newer = {k: s for k, s in keyed.items() if k not in self.states or s.version > self.states[k].version}
        heard = [Heard(state, first=key not in self.states, known=known) for key, state in newer.items()]
        self.states |= newer
        changed = conclude(heard, self.alerts, self.states, self.now)
        self.alerts |= {kept.key: kept for kept in changed}
        return changed

    def told(self) -> NotificationData | None:
        """The quiet time is over: what the subscriber is told, and remembered as said."""
        alerts = [kept for key, kept in self.alerts.items() if kept.firing or key in self.said]
        items = decide_all(alerts, self.listener, self.states, self.plans, self.now)
        return self._say(compose(items, self.listener, self.states, self.plans, URL))

    def summary(self) -> NotificationData | None:
        """Somebody subscribes now: the one summary."""
        firing = [kept for kept in self.alerts.values() if kept.firing]
        items = hold_all(firing, self.listener, self.plans)
        return self._say(compose(items, self.listener, self.states, self.plans, URL, kind="summary"))

    def _say(self, composed: Composed | None) -> NotificationData | None:
        if composed is None:
            return None
        for key, said in composed.said.items():
            if said is None:
                self.said.pop(key, None)
            else:
                self.said[key] = said
        return composed.data


def names(data: NotificationData | None) -> list[str]:
    """The milestones that a notification tells, in its order."""
    return [told.milestone for section in data.causes for told in section.moved] if data else []


def ends(data: NotificationData | None) -> dict[str, str | None]:
    """Why each milestone's alert is over."""
    return {told.milestone: told.ended for section in data.causes for told in section.moved} if data else {}
