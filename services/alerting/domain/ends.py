"""Ends: why an alert holds no more. Only one that recovered is good news."""

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise

from schemas.alerts import Ended, Symptom
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules.every import OF_DATES
from services.alerting.domain.rules.needs import States

REASONS: dict[Ended, str] = {
    "recovered": "its date is within tolerance again",
    "completed": "it was met",
    "completed-late": "it was met, but late",
    "re-baselined": "another date was agreed",
    "re-forecast": "its owner said another date",
    "tolerance-moved": "the plan now tolerates this",
    "predecessor-gone": "what it waited for was cancelled, or has no date any more",
    "cancelled": "it was cancelled",
    "withdrawn": "its department is not listed",
    "resolved": "it is so no more",
    "rule-changed": "it is judged by another rule now",
}
"""What each end means, in words."""

_RESOLVED: dict[Symptom, str] = {
    "blocked": "it is not blocked any more",
    "declared-green": "it is no longer both green and late",
    "cycle": "it waits in no circle any more",
    "unplanned": "all that it needs is planned",
    "disputed": "nobody disputes what it needs",
    "uncontrolled-baseline": "its agreed date is one that was approved",
    "engagement-unmet": "the engagement that it depends on was met, or is no longer needed",
    "money-at-risk": "no money that pays for it must be spent before it is projected",
    "outcome-off-path": "every outcome that is judged is on its path to the target",
    "silent": "it was heard of again, or nothing of it is awaited",
    "unlisted": "the lead lists it again",
    "unreachable": "somebody there has confirmed an address, or nobody waits for it any more",
    "withdrawn": "the lead published the plan again",
    "target-moved": "the plan's target is one that was approved",
    "tolerance-moved": "what the plan tolerates was approved",
    "stuck": "the plan is worked on again",
    "refused": "something was sent again for all that was refused, or it is kept no longer",
}
"""What `resolved` means, by symptom."""

ITS_OWN: frozenset[Ended] = frozenset(
    {
        "completed",
        "completed-late",
        "re-baselined",
        "re-forecast",
        "tolerance-moved",
        "cancelled",
        "withdrawn",
    }
)
"""Ends that nobody but the milestone (or its plan) brought about."""

_VANISHED = ("unknown", "undated", "cancelled", "in-a-cycle", "withdrawn")


def in_words(ended: Ended, symptom: Symptom) -> str:
    """Why an alert is over."""
    return _RESOLVED.get(symptom, REASONS[ended]) if ended == "resolved" else REASONS[ended]


def ending(was: KeptAlert, state: MilestoneState, states: States) -> Ended:
    """Why an alert that held under `was` does not hold now that its milestone is as in `state`."""
    if state.lifecycle == "cancelled":
        return "cancelled"
    if state.lifecycle == "done" and was.symptom != "engagement-unmet":
        return "completed-late" if state.slip is not None and state.slip > state.tolerance else "completed"
    if not state.listed:
        return "withdrawn"
    if was.symptom not in OF_DATES:
        return "resolved"
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
