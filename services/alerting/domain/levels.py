"""Levels: how alerts open, change and end, as states arrive."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from schemas.alerts import SYMPTOMS, Alert, Ended, Symptom, alert_key
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert, Said
from services.alerting.domain.rules import Holds, holding, node
from services.kit.words import london_day

States = Mapping[str, MilestoneState]
"""States by milestone key."""

SYMPTOM_NAMES: tuple[Symptom, ...] = tuple(dict.fromkeys(SYMPTOMS.values()))

REASONS: dict[Ended, str] = {
    "recovered": "its date is within tolerance again",
    "completed": "it was met",
    "completed-late": "it was met, but late",
    "re-baselined": "another date was agreed",
    "re-forecast": "its owner said another date",
    "tolerance-moved": "the plan now tolerates this",
    "predecessor-gone": "what it waited for was cancelled, or has no date any more",
    "cancelled": "it was cancelled",
    "withdrawn": "its department is no longer listed",
}
"""What each end means, in words."""

_ITS_OWN: tuple[Ended, ...] = (
    "completed",
    "completed-late",
    "re-baselined",
    "re-forecast",
    "tolerance-moved",
    "cancelled",
    "withdrawn",
)
"""Ends that nobody but the milestone (or its plan) brought about."""

_VANISHED = ("unknown", "undated", "cancelled", "in-a-cycle")


@dataclass(frozen=True, slots=True)
class Heard:
    """A state to be judged: whether it is the first of its milestone, and whether it was there at the first start."""

    state: MilestoneState
    first: bool = False
    known: bool = False


def keys_of(state: MilestoneState) -> list[str]:
    """The keys of all alerts that a milestone can have."""
    return [alert_key(state.plan, state.milestone, symptom) for symptom in SYMPTOM_NAMES]


def conclude(
    heard: Iterable[Heard], alerts: Mapping[str, KeptAlert], states: States, now: dt.datetime
) -> list[KeptAlert]:
    """The alerts that change. `states` has what was heard, and the paths of alerts that no longer hold."""
    changed = []
    for one in heard:
        holds = holding(one.state, london_day(now))
        for symptom, key in zip(SYMPTOM_NAMES, keys_of(one.state), strict=True):
            before = alerts.get(key)
            after = judge(before, holds.get(symptom), one, states, now)
            if after and not (before and _same(before, after)):
                changed.append(after)
    return changed


def judge(
    before: KeptAlert | None, holds: Holds | None, heard: Heard, states: States, now: dt.datetime
) -> KeptAlert | None:
    """What the alert becomes; None when there is none."""
    if holds:
        return _fire(before if before and before.firing else None, holds, heard, now)
    if before and before.firing:
        return _end(before, heard.state, states)
    return before


def _fire(before: KeptAlert | None, holds: Holds, heard: Heard, now: dt.datetime) -> KeptAlert:
    state = heard.state
    alert = Alert(
        plan=state.plan,
        milestone=state.milestone,
        rule=holds.rule,
        level="firing",
        since=before.alert.since if before else now,
        days=holds.days,
        by_day=holds.by_day,
        reason=holds.reason,
        cause=holds.cause,
        version=state.version,
    )
    unmoved = before is not None and before.first_seen and before.alert.days == holds.days
    known = Said(holds.days, state.projected, holds.cause) if heard.known else (before.known if before else None)
    return KeptAlert(
        alert,
        title=state.title,
        department=state.department,
        tolerance=state.tolerance,
        baseline=state.baseline.date if state.baseline else None,
        declared=state.declared,
        projected=state.projected,
        slip=state.slip,
        path=state.path or (node(state),),
        first_seen=heard.first or unmoved,
        known=known,
        correlationid=state.correlationid,
    )


def _end(before: KeptAlert, state: MilestoneState, states: States) -> KeptAlert:
    ended = ending(before, state, states)
    alert = before.alert.model_copy(
        update={
            "level": "ended",
            "ended": ended,
            "days": state.slip or 0,
            "by_day": False,
            "reason": REASONS[ended],
            "cause": node(state) if ended in _ITS_OWN else before.alert.cause,
            "version": state.version,
        }
    )
    return replace(
        before,
        alert=alert,
        title=state.title,
        projected=state.projected,
        slip=state.slip,
        known=None,
        correlationid=state.correlationid,
    )


def ending(was: KeptAlert, state: MilestoneState, states: States) -> Ended:
    """Why an alert that held under `was` does not hold now that its milestone is as in `state`."""
    if state.lifecycle == "cancelled":
        return "cancelled"
    if state.lifecycle == "done":
        return "completed-late" if state.slip is not None and state.slip > state.tolerance else "completed"
    if not state.listed:
        return "withdrawn"
    return "re-forecast" if was.symptom == "overdue" else _back_in_time(was, state, states)


def _back_in_time(was: KeptAlert, state: MilestoneState, states: States) -> Ended:
    """Of a slip that is within tolerance now: recovered only when the date came back, and not by losing its cause."""
    if vanished(was.path, {**states, milestone_key(state.plan, state.milestone): state}):
        return "predecessor-gone"
    if _late_against(was.baseline, was.tolerance, state):
        return "re-baselined"
    if state.slip is not None and state.slip > was.tolerance:
        return "tolerance-moved"
    return "recovered"


def _late_against(baseline: dt.date | None, tolerance: int, state: MilestoneState) -> bool:
    """Whether the baseline has changed (or is agreed no more), and the date is still late against the former one."""
    if state.baseline and state.projected and baseline:
        return state.baseline.date != baseline and (state.projected - baseline).days > tolerance
    return True


def vanished(path: Iterable[Node], states: States) -> bool:
    """Whether the chain that drove a date is broken by something that is gone, not by something that came back.

    A link is broken when its giver was cancelled, or its receiver says that it waits for something that adds no date.
    A dependency that was removed is no broken link: its receiver says that it needs the giver no more.
    """
    for giver, receiver in pairwise(path):
        gives, takes = (states.get(milestone_key(n.plan, n.milestone)) for n in (giver, receiver))
        if gives and gives.lifecycle == "cancelled":
            return not takes or _needs(takes, giver) is not None
        if takes and _needs(takes, giver) in _VANISHED:
            return True
    return False


def _needs(state: MilestoneState, giver: Node) -> str | None:
    """What a milestone says of a predecessor: why it adds no date, "dated", or None without the dependency."""
    found = [n for n in state.needs if (n.plan, n.milestone) == (giver.plan, giver.milestone)]
    return (found[0].waiting or "dated") if found else None


def _same(before: KeptAlert, after: KeptAlert) -> bool:
    alert = after.alert.model_copy(update={"version": before.alert.version})
    return replace(after, alert=alert, correlationid=before.correlationid) == before
