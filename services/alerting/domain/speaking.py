"""Speaking: whether a subscriber hears of an alert now, with the reason for or against."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from schemas.alerts import Symptom
from schemas.states import MilestoneState
from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert, Said

OF_LATENESS: frozenset[Symptom] = frozenset({"late", "overdue", "declared-green"})
"""Symptoms whose days are days of lateness: a subscriber's least days are judged by them."""


SHOWN_ONLY: frozenset[Symptom] = frozenset({"unreachable"})
"""Symptoms that are shown on the plan and counted, and told to nobody."""


DIGEST_ONLY: frozenset[Symptom] = frozenset({"outcome-off-path"})
"""Symptoms that nobody can act on this week: they are said in the weekly digest."""


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class Why(StrEnum):
    """Why a subscriber hears of an alert now, or does not."""

    FIRST = "never told, and over the threshold"
    WORSE = "worse than told by more than the threshold"
    MORE = "more of it has come since it was told"
    RAISED = "has come to hold"
    GROWN = "worse by more than the threshold because days have passed: for the weekly digest"
    ENDED = "told, and over now"
    BELOW = "never told, and not over the threshold"
    NOT_WORSE = "not worse than told by more than the threshold"
    ALREADY_TOLD = "holds, and is said once"
    SAID_AS_OVERDUE = "worse because days have passed, and told as overdue"
    NEVER_TOLD = "over, and never told"
    SHOWN = "shown on the plan, and told to nobody"

    @property
    def speaks(self) -> bool:
        """Whether it is a reason to speak."""
        return self in (Why.FIRST, Why.WORSE, Why.MORE, Why.RAISED, Why.GROWN, Why.ENDED)


def decide(kept: KeptAlert, said: Said | None, least_days: int, grown: int) -> Why:
    """Whether to speak to a subscriber who was told `said`.

    `least_days` is the subscription's; the threshold is the greater of it and the plan's tolerance. `grown` is the
    number of days that come from the passing of days alone.
    """
    if not kept.firing:
        return Why.ENDED if said and not said.ended else Why.NEVER_TOLD
    if kept.symptom in SHOWN_ONLY:
        return Why.SHOWN
    told = worst(said, kept.known)
    if kept.symptom == "late":
        return _late(kept, told, max(kept.tolerance, least_days), grown)
    if told and kept.symptom == "overdue":
        grows = kept.alert.days - told.days > max(kept.tolerance, least_days)
        return Why.GROWN if grows else Why.ALREADY_TOLD
    if told:
        return Why.MORE if _came(kept.newest) > _came(told.newest) else Why.ALREADY_TOLD
    return Why.BELOW if kept.symptom in OF_LATENESS and kept.alert.days <= least_days else Why.RAISED


def _late(kept: KeptAlert, told: Said | None, threshold: int, grown: int) -> Why:
    worse = worse_by(kept, told)
    if worse <= threshold:
        return Why.NOT_WORSE if told else Why.BELOW
    if worse - grown <= threshold:
        return Why.SAID_AS_OVERDUE if kept.alert.cause == kept.own else Why.GROWN
    return Why.WORSE if told else Why.FIRST


def worst(said: Said | None, known: Said | None) -> Said | None:
    """What counts as told: the greater of what was said and what was known."""
    both = [one for one in (said, known) if one]
    return max(both, key=lambda one: (one.days, _came(one.newest)), default=None)


def _came(newest: dt.datetime | None) -> dt.datetime:
    return newest or _NEVER


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
