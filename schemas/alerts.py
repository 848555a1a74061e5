"""Alerts, as alerting concludes them, and the body of the notification that a subscriber receives."""

import datetime as dt
from typing import Literal

from pydantic import ConfigDict, Field, TypeAdapter

from schemas.dates import Instant
from schemas.envelope import Envelope, Record
from schemas.states import Node

Rule = Literal["slipped", "inherited-slip", "overdue"]
Symptom = Literal["late", "overdue"]
SYMPTOMS: dict[Rule, Symptom] = {"slipped": "late", "inherited-slip": "late", "overdue": "overdue"}
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
]
"""Why an alert ended; only `recovered` is good news.

`re-forecast` ends *overdue*: the owner said another date. `tolerance-moved`: the yardstick changed and not the date.
`predecessor-gone`: what drove the date was cancelled, or has no date any more.
"""


class Alert(Node):
    """A level that holds for a milestone, with a reason and a cause.

    `days` is the slip against the baseline; of *overdue*, the days since the milestone's own date. `version` is that
    of the milestone's state; of two with the same version the one written later holds.
    """

    rule: Rule
    level: Level
    since: Instant
    days: int
    by_day: bool
    reason: str
    cause: Node
    ended: Ended | None = None
    version: int


class AlertChanged(Envelope):
    """An alert's newest level, on `milepost.alerts`."""

    type: Literal["org.milepost.alert.changed.v1"] = "org.milepost.alert.changed.v1"
    data: Alert


class ToldCause(Node):
    """The milestone that drives what is told: whose it is, by how many days it moved, and why."""

    department: str
    title: str
    days: int | None
    reason: str | None


class Told(Node):
    """One milestone in a notification.

    `from` is the date last told (the baseline, the first time), `to` the projected date, `days` the difference;
    `against_baseline` is the slip. `path` leads from the cause to this milestone. `ended` says why an alert is over.
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


class ToldOfCause(Record):
    """A section of a notification: a cause, and every milestone it moved."""

    cause: ToldCause
    moved: tuple[Told, ...]


Kind = Literal["moved", "summary", "recovered", "ended"]


class NotificationData(Record):
    """What one subscriber is told at once: everything from the same moment, sectioned by cause.

    `more` counts milestones that are not named here because there are too many.
    """

    kind: Kind
    links: dict[str, str]
    causes: tuple[ToldOfCause, ...]
    more: int = 0


class Notification(Record):
    """The body of a webhook."""

    type: Literal["org.milepost.notification.v1"] = "org.milepost.notification.v1"
    timestamp: Instant
    data: NotificationData


ALERT_CHANGED = TypeAdapter(AlertChanged)


def alert_key(plan: str, milestone: str, symptom: Symptom) -> str:
    """The compaction key of an alert, and its identity everywhere: a new cause never makes another alert."""
    return f"{plan}|{milestone}|{symptom}"
