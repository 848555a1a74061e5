"""Matching: which subscriptions an alert concerns, found by the keys of their scopes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from schemas.alerts import Rhythm
from schemas.states import PlanState
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rhythm import RHYTHMS
from services.alerting.domain.scopes import listened_to
from services.alerting.domain.subscriptions import Subscription

ByKey = Mapping[str, Sequence[KeptAlert]]
"""Alerts by each key under which subscriptions to them are found."""


def by_key(alerts: Iterable[KeptAlert], plan: PlanState | None) -> ByKey:
    """The alerts of a plan by key; `plan` is its newest state."""
    found: dict[str, list[KeptAlert]] = defaultdict(list)
    for kept in alerts:
        for key in listened_to(kept, plan):
            found[key].append(kept)
    return found


def quickest(one: Subscription, alerts: ByKey, plan: PlanState | None) -> Rhythm:
    """The rhythm in which a matching subscription is told of the first of these alerts."""
    if one.rhythm != "default":
        return one.rhythm
    found = (kept for key in one.scope.keys for kept in alerts.get(key, ()) if one.scope.holds(kept.alert, kept.path))
    return min((one.rhythm_of(kept, plan) for kept in found), key=RHYTHMS.index, default="at_once")


def matching(alerts: ByKey, listening: Iterable[Subscription]) -> list[Subscription]:
    """Those of the subscriptions found under the keys that really mean one of the alerts."""
    return [
        one
        for one in listening
        if any(one.scope.holds(kept.alert, kept.path) for key in one.scope.keys for kept in alerts.get(key, ()))
    ]
