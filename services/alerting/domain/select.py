"""Selecting: which alerts one subscriber hears of now, out of all that fall under its subscription."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from schemas.alerts import Ended, Kind
from schemas.states import Node, PlanState
from schemas.topics import milestone_key
from schemas.visibility import may_see_plan
from services.alerting.domain.levels import States, ending
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.rules import holding
from services.alerting.domain.speaking import Why, decide, grown_by_day, worst
from services.kit.words import london_day

Plans = Mapping[str, PlanState]


@dataclass(frozen=True, slots=True)
class Listener:
    """What composing must know of a subscriber: its threshold, what it may see, what it was told."""

    least_days: int
    departments: Collection[str]
    said: Mapping[str, Said]


@dataclass(frozen=True, slots=True)
class Item:
    """An alert that is to be told, why, and what its subscriber was told before."""

    kept: KeptAlert
    why: Why
    before: Said | None
    ended: Ended | None = None


def nodes_to_decide(alerts: Iterable[KeptAlert]) -> set[Node]:
    """The milestones whose states `decide_all` needs."""
    wanted: set[Node] = set()
    for kept in alerts:
        if not kept.firing:
            wanted |= {*kept.path, Node(plan=kept.alert.plan, milestone=kept.alert.milestone)}
        elif kept.alert.by_day and kept.symptom == "late":
            wanted.add(kept.alert.cause)
    return wanted


def decide_all(
    alerts: Iterable[KeptAlert], listener: Listener, states: States, plans: Plans, now: dt.datetime
) -> list[Item]:
    """What is told now, the greatest slip first. `states` has those of `nodes_to_decide`."""
    found = [
        item
        for kept in alerts
        if may_see_plan(plans.get(kept.alert.plan), listener.departments)
        and (item := _decide(kept, listener, states, now))
    ]
    return sorted(found, key=_greatest_first)


def _decide(kept: KeptAlert, listener: Listener, states: States, now: dt.datetime) -> Item | None:
    said = listener.said.get(kept.key)
    why = decide(kept, said, listener.least_days, grown_by_day(kept, states))
    if not why.speaks:
        return None
    if kept.firing:
        return Item(kept, why, worst(said, kept.known))
    state = states.get(milestone_key(kept.alert.plan, kept.alert.milestone))
    if state is None:
        return Item(kept, why, said, kept.alert.ended)
    if kept.symptom in holding(state, london_day(now)):
        return None  # it fires again, and its mark is on the way
    newest = replace(kept, title=state.title, projected=state.projected, slip=state.slip)
    return Item(newest, why, said, ending(kept, state, states))


def hold_all(alerts: Iterable[KeptAlert], listener: Listener, plans: Plans) -> list[Item]:
    """What a new subscriber is told in its summary: every level over its threshold, however it came about."""
    found = [
        Item(kept, Why.FIRST, None)
        for kept in alerts
        if may_see_plan(plans.get(kept.alert.plan), listener.departments)
        and kept.alert.days > _threshold(kept, listener.least_days)
    ]
    return sorted(found, key=_greatest_first)


def _greatest_first(item: Item) -> tuple[int, str]:
    return -item.kept.alert.days, item.kept.key


def _threshold(kept: KeptAlert, least_days: int) -> int:
    return max(kept.tolerance, least_days) if kept.symptom == "late" else least_days


def kind_of(items: Collection[Item]) -> Kind:
    """`moved` with any real move, `summary` of what was late when first heard of, else good news alone or ends."""
    firing = [item for item in items if item.kept.firing]
    if any(item.before or not item.kept.first_seen for item in firing):
        return "moved"
    if firing:
        return "summary"
    return "recovered" if all(item.ended == "recovered" for item in items) else "ended"
