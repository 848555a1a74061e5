"""Subscriptions: who listens, to what, and in which rhythm."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from schemas.alerts import Rhythm, Rule
from schemas.states import PlanState
from services.alerting.domain.model import Channel, KeptAlert
from services.alerting.domain.rhythm import Hours, WantedRhythm
from services.alerting.domain.scopes import Scope
from services.alerting.domain.speaking import DIGEST_ONLY


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who listens, to what and how.

    `owner` is the department that may see and end it, `departments` all that its key spoke for; it hears of `rules`
    only, of all where there are none; `number` is that of the last notification, `chunks` the number of documents that
    hold what was said, `counted` how many notifications it had on the London date `counted_on`. Until it is `confirmed`
    it is told nothing. `ended` says why it is over. After a rotation `former_secret` signs too, until `former_until`.
    `bounces` counts the mails in a row that its mailbox refused.
    """

    id: str
    owner: str
    departments: tuple[str, ...]
    channel: Channel
    target: str
    secret: str | None
    scope: Scope
    least_days: int
    rhythm: WantedRhythm
    created: dt.datetime
    number: int = 0
    chunks: int = 0
    confirmed: bool = True
    ended: str | None = None
    rules: tuple[Rule, ...] = ()
    hours: Hours = field(default_factory=Hours)
    counted_on: dt.date | None = None
    counted: int = 0
    former_secret: str | None = None
    former_until: dt.datetime | None = None
    bounces: int = 0

    @property
    def state(self) -> Literal["unconfirmed", "active", "ended"]:
        """Whether it is told anything."""
        return "ended" if self.ended else "active" if self.confirmed else "unconfirmed"

    @property
    def subscriber(self) -> tuple[Channel, str]:
        """Who is told: the same mailbox, however it is written, is one."""
        return self.channel, self.target.lower() if self.channel == "mail" else self.target

    @property
    def wish(self) -> tuple[object, ...]:
        """What it asks to be told, and when."""
        return self.scope, self.least_days, self.rhythm, self.rules, self.hours

    def secrets(self, now: dt.datetime) -> tuple[str, ...]:
        """What signs now, the newest first: after a rotation both, for a while."""
        former = self.former_secret if self.former_until and now < self.former_until else None
        return tuple(one for one in (self.secret, former) if one)

    def hears(self, kept: KeptAlert) -> bool:
        """Whether an alert that was found under its scope is meant."""
        return self.scope.holds(kept.alert, kept.path) and self.wants(kept)

    def wants(self, kept: KeptAlert) -> bool:
        """Whether it asked for the rule."""
        return not self.rules or kept.alert.rule in self.rules

    def told_on(self, day: dt.date) -> int:
        """How many notifications it had on a London date."""
        return self.counted if self.counted_on == day else 0

    def rhythm_of(self, kept: KeptAlert, plan: PlanState | None) -> Rhythm:
        """The rhythm in which it is told of an alert."""
        if kept.symptom in DIGEST_ONLY:
            return "weekly"
        if self.rhythm != "default":
            return self.rhythm
        if not kept.plan:
            return "daily"
        if kept.alert.about and kept.department in self.departments:
            return "at_once"
        mine = plan and not {plan.lead, *(c.department for c in plan.contributors)}.isdisjoint(self.departments)
        return "daily" if mine else "weekly"
