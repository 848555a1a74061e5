"""Waiting: why a subscriber whose time has come is not told yet, and when it is."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from schemas.alerts import Rhythm
from services.alerting.domain.due import Burst
from services.alerting.domain.rhythm import telling
from services.alerting.domain.subscriptions import Subscription
from services.kit.words import london_day

DueBy = Mapping[Rhythm, dt.datetime]
"""When a subscriber is due, by rhythm."""


class Held(StrEnum):
    """What holds a message back; nothing drops it."""

    QUIET_HOURS = "its quiet hours"
    BURST = "the request that moves this is still moving things"
    ENOUGH = "it has been told often enough today: the rest is a digest"


@dataclass(frozen=True, slots=True)
class Wait:
    """What holds a message back, when it is due instead, and when that is looked at again."""

    why: Held
    due: DueBy
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Bursts:
    """The bursts whose moves a subscriber is to be told of together, and when it is told of them at the latest."""

    bursts: Collection[Burst] = ()
    latest: dt.datetime | None = None

    @property
    def over(self) -> dt.datetime | None:
        """When it is to be told; None without any."""
        times = [burst.over for burst in self.bursts]
        return min(max(times), self.latest or max(times)) if times else None


def waits(due: DueBy, to: Subscription, bursts: Bursts, most_a_day: int, now: dt.datetime) -> Wait | None:
    """Whether a subscriber who is due now must wait; None when not. `most_a_day` messages are sent at once."""
    if ends := to.hours.quiet_ends(now):
        return Wait(Held.QUIET_HOURS, {rhythm: max(at, ends) for rhythm, at in due.items()}, ends)
    if telling(due, now) != "at_once":
        return None
    if bursts.over and now < bursts.over:
        return Wait(Held.BURST, due, bursts.over)
    if to.told_on(london_day(now)) >= most_a_day:
        rest: DueBy = {rhythm: at for rhythm, at in due.items() if rhythm != "at_once"}
        digest = to.hours.next("daily", now)
        return Wait(Held.ENOUGH, earliest([rest, {"daily": digest}]), digest)
    return None


def left(due: DueBy, later: Iterable[Rhythm], to: Subscription, now: dt.datetime) -> DueBy:
    """When a subscriber who has been told is due next: what was not due yet, and the slower rhythms of the rest."""
    return earliest(
        [
            {rhythm: at for rhythm, at in due.items() if at > now},
            {rhythm: to.hours.next(rhythm, now) for rhythm in later},
        ]
    )


def earliest(several: Iterable[DueBy]) -> DueBy:
    """The earliest of each rhythm."""
    found: dict[Rhythm, dt.datetime] = {}
    for one in several:
        for rhythm, at in one.items():
            found[rhythm] = min(at, found.get(rhythm, at))
    return found
