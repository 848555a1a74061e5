"""Answers: what an office says to alerts, whom that keeps quiet, and for how long.

An answer is shown to everybody who may see the plan, but it keeps only its own office's subscriptions quiet: nobody can
tidy another's bad news away. What is acknowledged is told again once it is worse than it was then; what is silenced is
held back until the silence ends by itself, and told then if it still holds.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from schemas.alerts import SYMPTOMS, Answered, Rule
from schemas.states import PlanState
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.speaking import worst
from services.alerting.domain.subscriptions import Subscription

Kind = Literal["acknowledged", "silenced"]

LONGEST_DAYS = 92
"""An answer holds for a quarter at most: after that somebody has to look again."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is answered in a plan: a milestone, a department's, or all of it; under one rule, or under any."""

    plan: str
    milestone: str = ""
    department: str = ""
    rule: Rule | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is the plan as a whole."""
        return not (self.milestone or self.department)

    def covers(self, kept: KeptAlert) -> bool:
        """Whether an alert is meant."""
        alert = kept.alert
        of_rule = self.rule is None or SYMPTOMS[self.rule] == kept.symptom
        of_milestone = not self.milestone or self.milestone == alert.milestone
        of_department = not self.department or self.department == kept.department
        return alert.plan == self.plan and of_rule and of_milestone and of_department


@dataclass(frozen=True, slots=True)
class Answer:
    """What the department `by` said: it holds until the end of the day `until` in London.

    `levels` has what held when it was acknowledged, by alert key.
    """

    id: str
    kind: Kind
    scope: Scope
    by: str
    until: dt.date
    why: str
    said: dt.datetime
    levels: Mapping[str, Said] = field(default_factory=dict)

    def answers(self, kept: KeptAlert) -> bool:
        """Whether it is an answer to this alert: an acknowledgement only to what held at the time."""
        return self.scope.covers(kept) and (self.kind == "silenced" or kept.key in self.levels)

    def shown(self) -> Answered:
        """As everybody sees it."""
        return Answered(kind=self.kind, by=self.by, until=self.until, why=self.why, said=self.said)


Answers = Sequence[Answer]


def level(kept: KeptAlert) -> Said:
    """How an alert stands, to be compared with how it stands later."""
    return Said(kept.alert.days, kept.projected, kept.alert.cause)


def newest(kept: KeptAlert, answers: Answers, today: dt.date) -> Answer | None:
    """The last answer to an alert that still holds."""
    found = (one for one in answers if one.until >= today and one.answers(kept))
    return max(found, key=lambda one: (one.said, one.id), default=None)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a subscriber may be told in view of what its office has answered, and until when something is held back."""

    alerts: list[KeptAlert]
    silent_until: dt.date | None


def heard(alerts: Iterable[KeptAlert], subscription: Subscription, answers: Answers, today: dt.date) -> Heard:
    """Takes out what the office has silenced; what it has acknowledged counts as told to it."""
    own = [one for one in answers if one.by in subscription.departments and one.until >= today]
    found: list[KeptAlert] = []
    ends: list[dt.date] = []
    for kept in alerts:
        meant = [one for one in own if kept.firing and one.answers(kept)]
        silences = [one.until for one in meant if one.kind == "silenced"]
        if silences:
            ends.append(max(silences))
        else:
            found.append(_acknowledged(kept, meant))
    return Heard(found, min(ends, default=None))


def _acknowledged(kept: KeptAlert, meant: Iterable[Answer]) -> KeptAlert:
    known = kept.known
    for one in meant:
        known = worst(known, one.levels[kept.key])
    return replace(kept, known=known) if known != kept.known else kept


def refused(scope: Scope, departments: Collection[str], covered: bool, plan: PlanState | None) -> str | None:
    """Why somebody who speaks for these departments may not answer this; None when it may.

    `covered` says that one of its subscriptions listens to what is answered.
    """
    if plan is None:
        return f"{scope.plan}: there is no such plan, or it is not public"
    if plan.lead in departments:
        return None
    if scope.is_whole:
        return f"{scope.plan} as a whole: only its lead, {plan.lead}, can answer for it; name a milestone or department"
    owner = scope.department or scope.milestone.partition("/")[0]
    if owner in departments or covered:
        return None
    return f"{scope.milestone or scope.department}: it is not yours, and you do not subscribe to it"
