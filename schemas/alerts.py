"""Alerts, as alerting concludes them, and the body of the notification that a subscriber receives."""

import datetime as dt
from typing import Literal, get_args

from pydantic import ConfigDict, Field, TypeAdapter

from schemas.dates import Instant
from schemas.envelope import Envelope, Record
from schemas.states import Node

Lasting = Literal[
    "overdue",
    "blocked",
    "declared-green",
    "cycle",
    "unplanned",
    "disputed",
    "uncontrolled-baseline",
    "reopened",
    "engagement-unmet",
    "silent",
    "unlisted",
    "unreachable",
    "withdrawn",
    "target-moved",
    "tolerance-moved",
    "stuck",
    "money-at-risk",
    "outcome-off-path",
    "refused",
]
Rule = Literal["slipped", "inherited-slip", Lasting]
"""What is watched. Of a milestone: all to `engagement-unmet`, and `money-at-risk`.

Of a department in a plan: `silent` (its return has not come), `unlisted` and `unreachable` (others wait for it, and
nobody there has confirmed an address). Of a plan: `declared-green` (late too),
`withdrawn`, `target-moved` and `tolerance-moved` (without an approval), `stuck`, `outcome-off-path`.
Of a department, whatever the plans: `refused` (records of its own that wait to be sent again).
"""

Symptom = Literal["late", Lasting]
SYMPTOMS: dict[Rule, Symptom] = {
    "slipped": "late",
    "inherited-slip": "late",
    **{lasting: lasting for lasting in get_args(Lasting)},
}
"""What a reader suffers under each rule: late stays late when its cause moves from its own date to a predecessor's."""

Level = Literal["firing", "ended"]
Ended = Literal[
    "recovered",
    "completed",
    "completed-late",
    "re-baselined",
    "re-forecast",
    "tolerance-moved",
    "predecessor-gone",
    "cancelled",
    "withdrawn",
    "resolved",
    "rule-changed",
]
"""Why an alert ended; only `recovered` is good news.

`re-forecast` ends *overdue*: the owner said another date. `tolerance-moved`: the yardstick changed and not the date.
`predecessor-gone`: what drove the date was cancelled, or has no date any more. `resolved` ends what is no date: it is
so no more. `rule-changed`: Milepost's own rule was made stricter.
"""

Rhythm = Literal["at_once", "daily", "weekly"]
"""When a subscriber is told."""


class Answered(Record):
    """What an office has said to an alert: that it is dealt with, or that it wants to hear no more of it for a while.

    `by` is the department that answered, never a person; it holds until the end of the day `until` in London.
    """

    kind: Literal["acknowledged", "silenced"]
    by: str
    until: dt.date
    why: str
    said: Instant


class Alert(Node):
    """A level that holds for a milestone, with a reason and a cause.

    Of a department in a plan `milestone` is empty and `department` says which; of a plan as a whole both are empty. Of
    a department whatever the plans, `plan` is its name, which has no `/` as those of plans have; it is on no topic.
    `days` is the slip against the baseline; of other rules the days since it began to be so, or 0. `cause` is the
    milestone (with an empty name: the plan) that brought it about; `reason` names no other milestone, since readers may
    not see it. `version` is that of the state; of two with the same version the one written later holds. `answer` is
    what was last said to it, where that still holds; `escalated` the London date since which the lead is told of it,
    because nobody had answered.
    """

    department: str | None = None
    rule: Rule
    level: Level
    since: Instant
    days: int
    by_day: bool
    reason: str
    cause: Node
    ended: Ended | None = None
    version: int
    answer: Answered | None = None
    escalated: dt.date | None = None

    @property
    def about(self) -> str:
        """The milestone or department that it is about; empty for the plan as a whole."""
        return self.milestone or self.department or ""


class AlertChanged(Envelope):
    """An alert's newest level, on `milepost.alerts`."""

    type: Literal["org.milepost.alert.changed.v1"] = "org.milepost.alert.changed.v1"
    data: Alert


class ToldCause(Node):
    """The milestone that drives what is told: whose it is, by how many days it moved, and why.

    With an empty milestone it is the plan; with an empty plan too, what is told is of no plan, or not for the reader to
    know. `contact` is the mailbox of the team to ask.
    """

    department: str
    title: str
    days: int | None
    reason: str | None
    contact: str | None = None


class Told(Node):
    """One milestone in a notification (with an empty milestone: `department` in the plan, or the plan).

    With an empty plan too it is `department`, whatever the plans. `from` is the date last told (the baseline, the first
    time), `to` the projected date, `days` the difference; `against_baseline` is the slip. `path` leads from the cause
    to this milestone. `reason` says what is wrong and what to do about it, or why an alert is over; `ended` is that in
    one word. `yours` says that it is the subscriber's own.
    """

    model_config = ConfigDict(frozen=True, extra="allow", validate_by_name=True, validate_by_alias=True)

    title: str
    department: str
    rule: Rule
    from_: dt.date | None = Field(alias="from")
    to: dt.date | None
    days: int
    against_baseline: int | None
    path: tuple[Node, ...]
    ended: Ended | None = None
    reason: str = ""
    yours: bool = False


class ToldOfCause(Record):
    """A section of a notification: a cause, and every milestone it moved."""

    cause: ToldCause
    moved: tuple[Told, ...]


Kind = Literal["moved", "raised", "summary", "recovered", "ended"]
"""`moved`: dates are later or have passed. `raised`: only things that are no dates. `summary`: what held already."""


class NotificationData(Record):
    """What one subscriber is told at once: everything from the same moment, sectioned by cause.

    `rhythm` is that in which it was due. `more` counts milestones that are not named here because there are too many.
    """

    kind: Kind
    rhythm: Rhythm = "at_once"
    links: dict[str, str]
    causes: tuple[ToldOfCause, ...]
    more: int = 0


class Notification(Record):
    """The body of a webhook."""

    type: Literal["org.milepost.notification.v1"] = "org.milepost.notification.v1"
    timestamp: Instant
    data: NotificationData


class TrialData(Record):
    """What a test says: which subscription was tried, and a sentence for people."""

    subscription: str
    says: str


class Trial(Record):
    """The body of a webhook that its subscriber asked for, to see it arrive; it tells nothing."""

    type: Literal["org.milepost.test.v1"] = "org.milepost.test.v1"
    timestamp: Instant
    data: TrialData


ALERT_CHANGED = TypeAdapter(AlertChanged)


def alert_key(plan: str, about: str, symptom: Symptom) -> str:
    """The compaction key of an alert, and its identity everywhere: a new cause never makes another alert.

    `about` is a milestone, a department in the plan (its name has no `/`), or empty for the plan as a whole.
    """
    return f"{plan}|{about}|{symptom}"
