"""The domain's values: an alert as alerting keeps it, what was said of it, subscriptions, marks and attempts."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from schemas.alerts import SYMPTOMS, Alert, Ended, Kind, Symptom, alert_key
from schemas.states import Node

Channel = Literal["webhook", "mail"]
ScopeKind = Literal["plan", "department", "milestone"]
Rhythm = Literal["at_once"]
Result = Literal["started", "delivered", "failed", "refused", "gone"]
"""What came of an attempt: failed is worth another try, refused is not, gone ends the subscription."""

Delivery = Literal["pending", "sent", "stopped", "undelivered"]
"""Stopped: the receiver refused it, or nobody is subscribed any more. Undelivered: every attempt failed."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a subscriber was last told of one symptom.

    `days` is the slip then (of *overdue*, the days), `to` the projected date; `ended` is set when the last word was
    that it is over.
    """

    days: int
    to: dt.date | None
    cause: Node
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert, and what is needed to tell it and to judge how it ends.

    `baseline`, `tolerance` and `path` are those under which it last fired; `slip` and `projected` are the newest.
    `first_seen` says that the milestone was already so when it was first heard of, and has not moved since; `known`
    is the level that Milepost found when it was first started: told to nobody.
    """

    alert: Alert
    title: str
    department: str
    tolerance: int
    baseline: dt.date | None
    declared: dt.date | None
    projected: dt.date | None
    slip: int | None
    path: tuple[Node, ...]
    first_seen: bool
    known: Said | None = None
    correlationid: str | None = None

    @property
    def symptom(self) -> Symptom:
        """What a reader suffers, whatever the cause."""
        return SYMPTOMS[self.alert.rule]

    @property
    def key(self) -> str:
        """The alert's identity."""
        return alert_key(self.alert.plan, self.alert.milestone, self.symptom)

    @property
    def firing(self) -> bool:
        """Whether the level holds."""
        return self.alert.level == "firing"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a subscription listens to; `plan` narrows a milestone to one plan."""

    kind: ScopeKind
    name: str
    plan: str | None = None

    @property
    def key(self) -> str:
        """The key under which alerts and subscriptions find each other."""
        return f"{self.kind}:{self.name}"

    def holds(self, alert: Alert) -> bool:
        """Whether an alert found under `key` is meant."""
        return self.plan is None or self.plan == alert.plan


def scopes_of(kept: KeptAlert) -> tuple[str, ...]:
    """The keys of all scopes that an alert falls under."""
    alert = kept.alert
    return f"plan:{alert.plan}", f"department:{kept.department}", f"milestone:{alert.milestone}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who listens, to what and how.

    `owner` is the department that may see and end it, `departments` all that its key spoke for; `number` is that of
    the last notification, `chunks` the number of documents that hold what was said. `ended` says why it is over.
    """

    id: str
    owner: str
    departments: tuple[str, ...]
    channel: Channel
    target: str
    secret: str | None
    scope: Scope
    least_days: int
    rhythm: Rhythm
    created: dt.datetime
    number: int = 0
    chunks: int = 0
    ended: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A due mark: something of this plan moved because of this cause; told when it has been quiet since."""

    plan: str
    cause: Node | None
    first: dt.datetime
    due: dt.datetime

    @property
    def id(self) -> str:
        """The mark's identity: one per plan and cause (without a cause, the plan as a whole)."""
        return mark_id(self.plan, self.cause)


def mark_id(plan: str, cause: Node | None) -> str:
    """The identity of the mark of a plan and a cause."""
    return f"{plan}|{cause.plan}|{cause.milestone}" if cause else f"{plan}||"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver: when, what came of it, and the answer, cut short."""

    at: dt.datetime
    result: Result
    answer: str = ""


@dataclass(frozen=True, slots=True)
class NotificationRecord:
    """A notification as it is kept: the body exactly as sent, and every attempt to send it.

    `due` is when it became due; `next` is when it is to be tried (again), None when there is nothing left to do.
    `titles` names milestones for whoever reads the mail.
    """

    id: str
    subscription: str
    number: int
    channel: Channel
    destination: str
    kind: Kind
    body: str
    titles: dict[str, str]
    correlationid: str | None
    due: dt.datetime
    composed: dt.datetime
    next: dt.datetime | None
    state: Delivery = "pending"
    attempts: tuple[Attempt, ...] = ()
