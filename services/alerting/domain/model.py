"""The domain's values: an alert as alerting keeps it, what was said of it, marks, notifications and attempts."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from schemas.alerts import SYMPTOMS, Alert, Answered, Ended, Kind, Rule, Symptom, alert_key
from schemas.states import Node

Channel = Literal["webhook", "mail", "chat", "alertmanager"]
Result = Literal["started", "delivered", "failed", "refused", "bounced", "gone"]
"""What came of an attempt: failed is worth another try, refused is not, nor is a mailbox that is not there (bounced).

Gone ends the subscription.
"""

Sent = Kind | Literal["confirmation", "test"]
"""What is sent: notifications, before the first the question to a mailbox whether it wants any, and tests."""

Delivery = Literal["pending", "sent", "stopped", "undelivered"]
"""Stopped: the receiver refused it, or nobody is subscribed any more. Undelivered: every attempt failed."""


def is_plan(name: str) -> bool:
    """Whether this, in the place of a plan's name, is one: that of a department, whatever the plans, has no `/`."""
    return "/" in name


@dataclass(frozen=True, slots=True)
class Said:
    """What a subscriber was last told of one symptom.

    `days` is the slip then (of other symptoms, the alert's days), `to` the projected date; `ended` is set when the last
    word was that it is over. `thread` is the notification that first told it, `newest` when the last of it had come.
    """

    days: int
    to: dt.date | None
    cause: Node
    ended: Ended | None = None
    thread: str | None = None
    newest: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in an alert's life: from then on it held under this rule, or had ended, and stood so."""

    at: dt.datetime
    rule: Rule
    days: int
    cause: Node
    ended: Ended | None = None
    answer: Answered | None = None
    escalated: bool = False


@dataclass(frozen=True, slots=True)
class KeptAlert:
    """An alert, and what is needed to tell it and to judge how it ends.

    `says` is the reason with CAUSE in it (rules/holds.py). `department` owns it (of a plan, the lead), `concerns` are
    all that it is about. `baseline`, `tolerance` and `path` are those under which it last fired; `slip` and `projected`
    are the newest. `first_seen` says that it was already so when it was first heard of, and has not moved since;
    `known` is the level that counts as told to everybody: what held at the first start, or under a rule or threshold
    that is new. `life` has its moments, the oldest first. `page` is where to look, where that is no plan's; `newest` is
    when the last came of the many that are one level.
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
    says: str = ""
    places: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    life: tuple[Moment, ...] = ()
    page: str = ""
    newest: dt.datetime | None = None

    @property
    def plan(self) -> str:
        """The plan that it is in; empty of what is a department's whatever the plans."""
        return self.alert.plan if is_plan(self.alert.plan) else ""

    @property
    def symptom(self) -> Symptom:
        """What a reader suffers, whatever the cause."""
        return SYMPTOMS[self.alert.rule]

    @property
    def key(self) -> str:
        """The alert's identity."""
        return alert_key(self.alert.plan, self.alert.about, self.symptom)

    @property
    def own(self) -> Node:
        """What suffers: the milestone, or with an empty name the plan."""
        return Node(plan=self.alert.plan, milestone=self.alert.milestone)

    @property
    def firing(self) -> bool:
        """Whether the level holds."""
        return self.alert.level == "firing"


@dataclass(frozen=True, slots=True)
class Mark:
    """A due mark: something of this plan moved because of this cause; told when it has been quiet since.

    `request` is the one that moved it last, by its correlation id: all that one return moves is told together.
    """

    plan: str
    cause: Node | None
    first: dt.datetime
    due: dt.datetime
    request: str | None = None

    @property
    def id(self) -> str:
        """The mark's identity: one per plan and cause (without a cause, whatever holds in the plan)."""
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
    `titles` names milestones for whoever reads the mail. `message` is what its receiver knows it by, never the same for
    two bodies, not even when the store was put back to an older copy and the number is given again; `thread` is that of
    the notification that it takes up.
    """

    id: str
    subscription: str
    number: int
    channel: Channel
    destination: str
    kind: Sent
    body: str
    titles: dict[str, str]
    correlationid: str | None
    due: dt.datetime
    composed: dt.datetime
    next: dt.datetime | None
    state: Delivery = "pending"
    attempts: tuple[Attempt, ...] = ()
    thread: str | None = None
    message: str | None = None

    @property
    def known_as(self) -> str:
        """What its receiver knows it by."""
        return self.message or self.id
