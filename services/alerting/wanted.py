"""A subscription as it is asked for."""

import datetime as dt
import uuid
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.alerts import Rule
from schemas.names import Department, MilestoneName, Place, PlanName
from services.alerting.domain.model import Channel
from services.alerting.domain.rhythm import Hours, WantedRhythm
from services.alerting.domain.scopes import Scope, ScopeKind, mission_slug
from services.alerting.domain.subscriptions import Subscription
from services.alerting.telling.subscribing import new_secret

Hour = Annotated[int, Field(ge=0, le=23)]


class QuietHours(BaseModel):
    """From an hour until another, in London, nothing is sent; what is due then waits. They may span midnight."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)

    from_: Hour = Field(alias="from")
    until: Hour

    @model_validator(mode="after")
    def _some_are_loud(self) -> Self:
        if self.from_ == self.until:
            raise ValueError("from and until must differ: all day is not quiet, it is no subscription")
        return self


class When(BaseModel):
    """In which rhythm one is told, and at what hours.

    In the rhythm `default` what hits the caller's own milestones is told at once, what is in its plans daily, and the
    rest weekly; digests come at `hour` in London, the weekly one on `weekday` (0 is Monday).
    """

    model_config = ConfigDict(extra="forbid")

    rhythm: WantedRhythm = "default"
    hour: Hour = 8
    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    quiet: QuietHours | None = None

    @model_validator(mode="after")
    def _digests_are_sent(self) -> Self:
        if self.hours().is_quiet(self.hour):
            raise ValueError("hour: lies in the quiet hours, in which nothing is sent")
        return self

    def hours(self) -> Hours:
        """When it is told."""
        quiet = (self.quiet.from_, self.quiet.until) if self.quiet else (None, None)
        return Hours(self.hour, self.weekday, *quiet)


class Wanted(When):
    """A subscription as it is asked for.

    It listens to one plan, to the milestones of one department in every plan, to one milestone (of `plan`; without it,
    in every plan) and, with `downstream`, to what is late because of it, to one place (by its GSS code), or to one
    mission (by its text or its slug). `rules` names the rules that it hears of; all, where none is named. `least_days`
    is how many days worse it must be to be told, at least. When it is told is said as in When.
    """

    channel: Channel
    target: str
    plan: PlanName | None = None
    department: Department | None = None
    milestone: MilestoneName | None = None
    downstream: bool = False
    place: Place | None = None
    mission: Annotated[str, Field(max_length=300)] | None = None
    rules: Annotated[tuple[Rule, ...], Field(max_length=100)] = ()
    least_days: Annotated[int, Field(ge=0, le=3650)] = 0

    @model_validator(mode="after")
    def _one_scope(self) -> Self:
        named = [kind for kind, name in self._scopes() if name is not None]
        if named not in (["plan"], ["department"], ["milestone"], ["plan", "milestone"], ["place"], ["mission"]):
            raise ValueError(
                "say exactly one of plan, department, milestone, place and mission (a milestone may name its plan too)"
            )
        if self.downstream and self.milestone is None:
            raise ValueError("downstream: only of a milestone")
        if self.mission is not None and mission_slug(self.mission) is None:
            raise ValueError("mission: must have a letter or digit")
        return self

    def _scopes(self) -> list[tuple[ScopeKind, str | None]]:
        return [
            ("plan", self.plan),
            ("department", self.department),
            ("milestone", self.milestone),
            ("place", self.place),
            ("mission", self.mission),
        ]

    def scope(self) -> Scope:
        """What it listens to."""
        kind, name = [(kind, name) for kind, name in self._scopes() if name is not None][-1]
        if kind == "milestone":
            return Scope(kind, name, self.plan, self.downstream)
        return Scope(kind, (mission_slug(name) or name) if kind == "mission" else name)

    def subscription(self, departments: tuple[str, ...], now: dt.datetime) -> Subscription:
        """The subscription, of whoever speaks for these departments."""
        return Subscription(
            id=uuid.uuid4().hex,
            owner=departments[0],
            departments=departments,
            channel=self.channel,
            target=self.target,
            secret=new_secret() if self.channel == "webhook" else None,
            scope=self.scope(),
            least_days=self.least_days,
            rhythm=self.rhythm,
            created=now,
            rules=tuple(dict.fromkeys(self.rules)),
            hours=self.hours(),
        )


def shown(one: Subscription) -> dict[str, Any]:
    """A subscription as its owner sees it, in the same words."""
    hours, scope = one.hours, one.scope
    more: dict[str, Any] = {scope.kind: scope.name}
    more |= {"plan": scope.plan} if scope.plan else {}
    more |= {"downstream": True} if scope.downstream else {}
    more |= {"quiet": {"from": hours.quiet_from, "until": hours.quiet_until}} if hours.quiet_from is not None else {}
    return {
        "id": one.id,
        "channel": one.channel,
        "target": target_shown(one),
        **more,
        "rules": list(one.rules),
        "least_days": one.least_days,
        "rhythm": one.rhythm,
        "hour": hours.hour,
        "weekday": hours.weekday,
        "state": one.state,
        "ended": one.ended,
        "created": one.created.isoformat(),
        "told": one.number,
        **({"bounces": one.bounces} if one.bounces else {}),
    }


def target_shown(one: Subscription) -> str:
    """Where it is sent; of a chat only the service, for its address is the key to it."""
    return f"{one.target.partition('://')[0]}://..." if one.channel == "chat" else one.target
