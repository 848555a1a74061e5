"""Speaking: whether a subscriber hears of an alert now, with the reason for or against."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from schemas.states import MilestoneState
from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert, Said


class Why(StrEnum):
    """Why a subscriber hears of an alert now, or does not."""

    FIRST = "never told, and over the threshold"
    WORSE = "worse than told by more than the threshold"
    OVERDUE = "has become overdue"
    ENDED = "told, and over now"
    BELOW = "never told, and not over the threshold"
    NOT_WORSE = "not worse than told by more than the threshold"
    DAY_PASSED = "worse only because days have passed"
    ALREADY_TOLD = "overdue is said once"
    NEVER_TOLD = "over, and never told"

    @property
    def speaks(self) -> bool:
        """Whether it is a reason to speak."""
        return self in (Why.FIRST, Why.WORSE, Why.OVERDUE, Why.ENDED)


def decide(kept: KeptAlert, said: Said | None, least_days: int, grown: int) -> Why:
    """Whether to speak to a subscriber who was told `said`.

    `least_days` is the subscription's; the threshold is the greater of it and the plan's tolerance. `grown` is the
    number of days that come from the passing of days alone.
    """
    if not kept.firing:
        return Why.ENDED if said and not said.ended else Why.NEVER_TOLD
    if kept.symptom == "overdue":
        return _overdue(kept, said or kept.known, least_days)
    told = worst(said, kept.known)
    threshold = max(kept.tolerance, least_days)
    worse = worse_by(kept, told)
    if worse <= threshold:
        return Why.NOT_WORSE if told else Why.BELOW
    if worse - grown <= threshold:
        return Why.DAY_PASSED
    return Why.WORSE if told else Why.FIRST


def _overdue(kept: KeptAlert, told: Said | None, least_days: int) -> Why:
    if told:
        return Why.ALREADY_TOLD
    return Why.OVERDUE if kept.alert.days > least_days else Why.BELOW


def worst(said: Said | None, known: Said | None) -> Said | None:
    """What counts as told: the greater of what was said and what was known when Milepost was first started."""
    both = [one for one in (said, known) if one]
    return max(both, key=lambda one: one.days, default=None)


def worse_by(kept: KeptAlert, told: Said | None) -> int:
    """Days by which a slip is worse than told: of the slip or of the date, whichever grew more (a baseline moves)."""
    slip = kept.alert.days
    if told is None:
        return slip
    later = (kept.projected - told.to).days if kept.projected and told.to else 0
    return max(slip - told.days, later)


def grown_by_day(kept: KeptAlert, states: Mapping[str, MilestoneState]) -> int:
    """Days of a slip that come from the day passing its cause by: the cause's projected less what is said of it."""
    cause = states.get(milestone_key(kept.alert.cause.plan, kept.alert.cause.milestone))
    if not kept.alert.by_day or cause is None or cause.projected is None:
        return 0
    dates: list[dt.date] = [date for date in (cause.declared, cause.inherited) if date is not None]
    return (cause.projected - max(dates, default=cause.projected)).days
