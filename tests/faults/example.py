"""Evidence of a small run in which nothing went wrong, made in memory: for controls of the invariants."""

import dataclasses
import datetime as dt
import json
from collections import Counter
from typing import Any

from schemas.alerts import Notification, NotificationData
from schemas.events import LOG_RECORD
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.model import Attempt, NotificationRecord
from services.alerting.domain.scopes import Scope
from services.alerting.domain.subscriptions import Subscription
from services.plan_tracking.domain.model import Entry
from tests.events import NOON, PLAN, body
from tests.faults.evidence import Announced, Evidence, Hook, Kept, Telling
from tests.faults.expected import expected
from tests.faults.load import Body
from tests.services.alerting.world import World

SUBSCRIPTION = Subscription(
    id="s", owner="dwp", departments=("dwp",), channel="webhook", target="http://127.0.0.1/", secret=None,
    scope=Scope("plan", PLAN), least_days=5, rhythm="at_once", created=NOON, number=3, chunks=1,
)  # fmt: skip


def events() -> list[Body]:
    """Two milestones: both slip, both come back, and then the second slips by itself."""
    words: list[tuple[str, str, dict[str, Any]]] = [
        ("plan.published", PLAN, {"title": "Towns fund", "tolerance": 14}),
        ("contributor.listed", PLAN, {"department": "dft"}),
        ("milestone.planned", "dft/a", {"title": "A", "baseline": "2027-01-01"}),
        ("milestone.planned", "dft/b", {"title": "B", "baseline": "2027-02-01"}),
        ("dependency.declared", "dft/b", {"needs": "dft/a"}),
        ("milestone.forecast", "dft/a", {"forecast": "2027-03-01", "reason": "Later"}),
        ("milestone.forecast", "dft/a", {"forecast": "2027-01-01", "reason": "Back"}),
        ("milestone.forecast", "dft/b", {"forecast": "2027-03-15", "reason": "Its own"}),
    ]
    minutes = [(NOON + dt.timedelta(minutes=number)).isoformat() for number in range(len(words))]
    return [body(*said, id=str(n), time=at) for n, (said, at) in enumerate(zip(words, minutes, strict=True))]


def logged(said: list[Body]) -> list[Entry]:
    """The events as they are on the log."""
    accepted = [{**event, "acceptedtime": event["time"]} for event in said]
    return [Entry(offset, LOG_RECORD.validate_json(json.dumps(one))) for offset, one in enumerate(accepted)]


class Run:
    """Record by record: what is announced, what alerting makes of it, and what its one subscriber is told."""

    def __init__(self, entries: list[Entry]) -> None:
        self.world = World(least_days=SUBSCRIPTION.least_days, departments=SUBSCRIPTION.departments)
        self.milestones: dict[str, MilestoneState] = {}
        self.announced, self.told = Announced(), list[NotificationData]()
        for number in range(1, len(entries) + 1):
            self._step(entries[:number])

    def _step(self, entries: list[Entry]) -> None:
        plan = expected(PLAN, entries)
        moved = [state for state in plan.milestones.values() if self._new(state)]
        self.world.plans = {PLAN: plan.state}
        self.announced.plans.append((PLAN, plan.state))
        for state in moved:
            self.milestones[milestone_key(PLAN, state.milestone)] = state
            self.announced.milestones.append((milestone_key(PLAN, state.milestone), state))
        self.announced.alerts.extend((kept.key, kept.alert) for kept in self.world.take(moved))
        if told := self.world.told():
            self.told.append(told)

    def _new(self, state: MilestoneState) -> bool:
        before = self.milestones.get(milestone_key(PLAN, state.milestone))
        return before is None or before.model_copy(update={"version": state.version}) != state


def evidence() -> Evidence:
    """Everything as it should be."""
    said = events()
    entries = logged(said)
    run, plan = Run(entries), expected(PLAN, entries)
    return Evidence(
        accepted=said,
        answers=Counter({"202": len(said), "503": 2, "ConnectError": 1}),
        log={PLAN: entries},
        rejected={},
        kept=Kept(
            run.milestones,
            {PLAN: plan.state},
            {milestone_key(PLAN, n): s.registers for n, s in plan.subjects.items()} | {PLAN: plan.plan.registers},
            [(PLAN, entry.offset, entry.event.source, entry.event.id) for entry in entries],
        ),
        announced=run.announced,
        telling=telling(run),
        series=[series(plan.state)],
        wrong=[],
        kills=Counter({"alerting": 1, "kafka": 1}),
        today=NOON.date(),
        outcomes={(event["source"], event["id"]): ["applied"] for event in said},
    )


def telling(run: Run) -> Telling:
    """The notifications, each sent in one attempt."""
    bodies = [Notification(timestamp=NOON, data=data).model_dump_json(by_alias=True) for data in run.told]
    records = [record(number, text) for number, text in enumerate(bodies, 1)]
    hooks = [Hook(record.id, record.body) for record in records]
    return Telling(run.world.alerts, {SUBSCRIPTION.id: SUBSCRIPTION}, {one.id: one for one in records}, hooks)


def record(number: int, text: str) -> NotificationRecord:
    """A notification that was sent."""
    return NotificationRecord(
        id=f"{SUBSCRIPTION.id}-{number}", subscription=SUBSCRIPTION.id, number=number, channel="webhook",
        destination="webhook:127.0.0.1", kind="moved", body=text, titles={}, correlationid=None, due=NOON,
        composed=NOON, next=None, state="sent", attempts=(Attempt(NOON, "delivered"),),
    )  # fmt: skip


def series(state: PlanState) -> dict[tuple[str, str, str], float]:
    """What the metrics service shows of a plan."""
    rows = state.counts.items()
    return {(state.plan, dep, status): float(n) for dep, counts in rows for status, n in counts.statuses.items()}


def without_hook(good: Evidence, number: int) -> Evidence:
    """One notification has not arrived."""
    left = [hook for hook in good.telling.hooks if hook.number != number]
    return good.but(telling=dataclasses.replace(good.telling, hooks=left))


def with_hooks(good: Evidence, *more: Hook) -> Evidence:
    """More has arrived."""
    return good.but(telling=dataclasses.replace(good.telling, hooks=[*good.telling.hooks, *more]))


def reworded(good: Evidence, number: int, old: str, new: str) -> Evidence:
    """One notification says something else."""
    hooks = [Hook(h.id, h.text.replace(old, new)) if h.number == number else h for h in good.telling.hooks]
    return good.but(telling=dataclasses.replace(good.telling, hooks=hooks))
