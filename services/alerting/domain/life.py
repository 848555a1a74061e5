"""An alert's life: the moments at which it began, changed, was answered and ended."""

import datetime as dt
from dataclasses import replace

from schemas.alerts import Alert
from services.alerting.domain.model import KeptAlert, Moment

MOST_MOMENTS = 30
"""The first is kept, and the last of the others."""


def lived(before: KeptAlert | None, after: KeptAlert, now: dt.datetime) -> KeptAlert:
    """The alert with one moment more, where it differs from before by more than a day's passing."""
    life = before.life if before else ()
    moment = _moment(after.alert, now)
    last = life[-1] if life else None
    if last and _same(last, moment, by_day=after.alert.by_day):
        return replace(after, life=(*life[:-1], replace(last, days=moment.days)))
    life = (*life, moment)
    return replace(after, life=life if len(life) <= MOST_MOMENTS else (life[0], *life[2:]))


def _moment(alert: Alert, now: dt.datetime) -> Moment:
    return Moment(now, alert.rule, alert.days, alert.cause, alert.ended, alert.answer, alert.escalated is not None)


def _same(one: Moment, other: Moment, *, by_day: bool) -> bool:
    return replace(one, at=other.at, days=other.days if by_day else one.days) == other
