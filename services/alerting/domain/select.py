"""Selecting: which alerts one subscriber hears of now, out of all that fall under its subscription."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schemas.alerts import Ended, Kind, Rhythm
from schemas.states import Node, PlanState
from schemas.topics import milestone_key
from schemas.visibility import is_held, may_see_plan
from services.alerting.domain.ends import ending
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.rhythm import slower
from services.alerting.domain.rules.every import OF_DATES, of_dates
from services.alerting.domain.rules.needs import States
from services.alerting.domain.speaking import OF_LATENESS, SHOWN_ONLY, Why, decide, grown_by_day, worst
from services.alerting.domain.subscriptions import Subscription
from services.kit.words import london_day

Plans = Mapping[str, PlanState]


@dataclass(frozen=True, slots=True)
class Listener:
    """A subscriber as composing needs it: what it asked for, and what it was told by alert key."""

    subscription: Subscription
    said: Mapping[str, Said]

    @property
    def departments(self) -> Collection[str]:
        """Whom it speaks for: what it may see follows from that."""
        return self.subscription.departments

    @property
    def least_days(self) -> int:
        """Days that it must be worse, at least."""
        return self.subscription.least_days


@dataclass(frozen=True, slots=True)
class Item:
    """An alert that is to be told, why, in which rhythm, and what its subscriber was told before."""

    kept: KeptAlert
    why: Why
    before: Said | None
    rhythm: Rhythm
    ended: Ended | None = None


def nodes_to_decide(alerts: Iterable[KeptAlert]) -> set[Node]:
    """The milestones whose states `decide_all` needs."""
    wanted: set[Node] = set()
    for kept in alerts:
        if kept.symptom in OF_DATES and not kept.firing:
            wanted |= {*kept.path, kept.own}
        elif kept.symptom == "late" and kept.alert.by_day:
            wanted.add(kept.alert.cause)
    return wanted


def decide_all(
    alerts: Iterable[KeptAlert], listener: Listener, states: States, plans: Plans, now: dt.datetime
) -> list[Item]:
    """What is to be told in any rhythm, the greatest slip first. `states` has those of `nodes_to_decide`."""
    return sorted(_decided(alerts, listener, states, plans, now), key=_greatest_first)


def _decided(
    alerts: Iterable[KeptAlert], listener: Listener, states: States, plans: Plans, now: dt.datetime
) -> Iterator[Item]:
    for kept in alerts:
        plan = plans.get(kept.alert.plan)
        if _may_hear_of(kept, listener, plans, now) and (decided := _decide(kept, listener, states, now)):
            newest, why, before, ended = decided
            rhythm = listener.subscription.rhythm_of(newest, plan)
            yield Item(newest, why, before, slower(rhythm, "weekly") if why is Why.GROWN else rhythm, ended)


_Decided = tuple[KeptAlert, Why, Said | None, Ended | None]


def _decide(kept: KeptAlert, listener: Listener, states: States, now: dt.datetime) -> _Decided | None:
    """The alert as it stands, why it is told, what was told before, and why it is over."""
    said = listener.said.get(kept.key)
    if kept.firing and not listener.subscription.wants(kept):
        return None
    why = decide(kept, said, listener.least_days, grown_by_day(kept, states))
    if not why.speaks:
        return None
    if kept.firing:
        return kept, why, worst(said, kept.known), None
    state = states.get(milestone_key(kept.alert.plan, kept.alert.milestone)) if kept.symptom in OF_DATES else None
    if state is None:
        return kept, why, said, kept.alert.ended
    if kept.symptom in of_dates(state, now):
        return None  # it fires again, and its mark is on the way
    newest = replace(kept, title=state.title, projected=state.projected, slip=state.slip)
    return newest, why, said, ending(kept, state, states)


def may_hear(plan: PlanState | None, departments: Collection[str], today: dt.date) -> bool:
    """Whether who speaks for these departments is told of a plan: it may see the plan, and its present."""
    return plan is not None and may_see_plan(plan, departments) and not is_held(plan, departments, today)


def _may_hear_of(kept: KeptAlert, listener: Listener, plans: Plans, now: dt.datetime) -> bool:
    """Whether a subscriber may be told of an alert: of one that is of no plan, whoever speaks for its department."""
    if not kept.plan:
        return kept.department in listener.departments
    return may_hear(plans.get(kept.plan), listener.departments, london_day(now))


def hold_all(alerts: Iterable[KeptAlert], listener: Listener, plans: Plans, now: dt.datetime) -> list[Item]:
    """What a new subscriber is told in its summary: every level over its threshold, however it came about."""
    found = [
        Item(kept, Why.FIRST, None, "at_once")
        for kept in alerts
        if _may_hear_of(kept, listener, plans, now)
        and listener.subscription.wants(kept)
        and kept.symptom not in SHOWN_ONLY
        and (kept.symptom not in OF_LATENESS or kept.alert.days > _threshold(kept, listener.least_days))
    ]
    return sorted(found, key=_greatest_first)


def _greatest_first(item: Item) -> tuple[bool, int, str]:
    """What is late by many days first, then whatever is no date."""
    return item.kept.symptom not in OF_LATENESS, -item.kept.alert.days, item.kept.key


def _threshold(kept: KeptAlert, least_days: int) -> int:
    return max(kept.tolerance, least_days) if kept.symptom == "late" else least_days


def kind_of(items: Collection[Item]) -> Kind:
    """`moved` or `raised` with anything new, `summary` of what was so when first heard of, else good news or ends."""
    firing = [item for item in items if item.kept.firing]
    news = [item for item in firing if item.before or not item.kept.first_seen]
    if news:
        return "moved" if any(item.kept.symptom in OF_LATENESS for item in news) else "raised"
    if firing:
        return "summary"
    return "recovered" if all(item.ended == "recovered" for item in items) else "ended"
