"""Rhythms: at what moments a subscriber is told, by the clocks of London whatever they do in spring and autumn."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from schemas.alerts import Rhythm
from services.kit.words import LONDON, london_day

WantedRhythm = Rhythm | Literal["default"]
"""`default`: at once what hits the subscriber's own milestones, daily what is in its plans, weekly the rest."""

RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)
"""From the quickest to the slowest: who is told in one is told what is due in the quicker ones too."""

_ORDER = {rhythm: place for place, rhythm in enumerate(RHYTHMS)}


@dataclass(frozen=True, slots=True)
class Hours:
    """When a subscriber wants to be told, in London: digests at `hour`, the weekly one on `weekday` (0 is Monday).

    From `quiet_from` until `quiet_until` (hours; over midnight, where the first is the greater) it is told nothing.
    """

    hour: int = 8
    weekday: int = 0
    quiet_from: int | None = None
    quiet_until: int | None = None

    def is_quiet(self, hour: int) -> bool:
        """Whether nothing is told in this hour of the day."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def next(self, rhythm: Rhythm, after: dt.datetime) -> dt.datetime:
        """The first moment after `after` at which this rhythm tells: at once is at once."""
        if rhythm == "at_once":
            return after
        return _next_at(self.hour, after, self.weekday if rhythm == "weekly" else None)

    def after_day(self, day: dt.date) -> dt.datetime:
        """The first moment after a London day at which a digest is told."""
        return _moment(day + dt.timedelta(days=1), self.hour)

    def quiet_ends(self, now: dt.datetime) -> dt.datetime | None:
        """When the quiet hours end in which `now` lies; None outside them."""
        if self.quiet_until is None or not self.is_quiet(now.astimezone(LONDON).hour):
            return None
        return _next_at(self.quiet_until, now)


def _next_at(hour: int, after: dt.datetime, weekday: int | None = None) -> dt.datetime:
    """The next time that it is this hour in London: each day once, on a day of two the first, of none an hour later."""
    day = london_day(after)
    while (moment := _moment(day, hour)) <= after or weekday not in (None, day.weekday()):
        day += dt.timedelta(days=1)
    return moment


def _moment(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), LONDON).astimezone(dt.UTC)


def slower(one: Rhythm, other: Rhythm) -> Rhythm:
    """The slower of two rhythms."""
    return max(one, other, key=_ORDER.__getitem__)


def covers(told: Rhythm, due: Rhythm) -> bool:
    """Whether what is due in one rhythm is said when another tells."""
    return _ORDER[due] <= _ORDER[told]


def telling(due: Mapping[Rhythm, dt.datetime], now: dt.datetime) -> Rhythm | None:
    """The slowest rhythm whose time has come; None when none has."""
    return max((rhythm for rhythm, at in due.items() if at <= now), key=_ORDER.__getitem__, default=None)
