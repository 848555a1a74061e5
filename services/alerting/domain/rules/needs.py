"""Rules about what a milestone needs from others."""

from collections.abc import Callable, Iterable, Mapping

from schemas.alerts import Rule
from schemas.states import MilestoneState, Need, Node, Waiting
from schemas.topics import milestone_key
from services.alerting.domain.rules.holds import CAUSE, Holds
from services.alerting.domain.rules.milestones import node
from services.kit.words import day_in_words

States = Mapping[str, MilestoneState]
"""States by milestone key."""

_UNPLANNED: dict[Waiting, str] = {
    "unknown": "which nobody has planned",
    "cancelled": "which was cancelled",
    "withdrawn": "whose plan was withdrawn",
}
"""Why there is nothing to wait for, in words."""


def cycle(state: MilestoneState) -> Holds | None:
    """*cycle*: it waits for something that waits for it."""
    found = _first(state, lambda need: need.waiting == "in-a-cycle")
    if found is None:
        return None
    says = (
        f"it and {CAUSE} wait for each other, directly or through others, so neither gets a date from it. "
        "One of the owners must remove a dependency."
    )
    return _of("cycle", state, found, says)


def unplanned(state: MilestoneState) -> Holds | None:
    """*waiting on something unplanned*: what it needs was never planned, was cancelled, or its plan was withdrawn."""
    found = _first(state, lambda need: need.waiting in _UNPLANNED)
    if found is None or found.waiting is None:
        return None
    says = f"it needs {CAUSE}, {_UNPLANNED[found.waiting]}. Say what it needs instead, or remove the dependency."
    return _of("unplanned", state, found, says)


def disputed(state: MilestoneState) -> Holds | None:
    """*disputed*: who is to deliver what it needs does not accept that."""
    found = _first(state, lambda need: need.answer == "disputed")
    if found is None:
        return None
    says = f"it needs {CAUSE}, whose owner disputes the dependency. Agree it with them, or remove it."
    return _of("disputed", state, found, says)


def engagement_unmet(state: MilestoneState, states: States) -> Holds | None:
    """*engagement unmet*: a delivery milestone was met while an engagement that it depends on is not."""
    if not needs_engagement(state):
        return None
    givers = (states.get(milestone_key(need.plan, need.milestone)) for need in state.needs)
    found = min(filter(None, map(_unmet, givers)), key=lambda giver: (giver.plan, giver.milestone), default=None)
    if found is None:
        return None
    met = f" on {day_in_words(state.actual)}" if state.actual else ""
    says = (
        f"it was met{met}, and {CAUSE}, the engagement that it depends on, was not. "
        "Say how people were heard, or remove the dependency."
    )
    return _of("engagement-unmet", state, node(found), says)


def needs_engagement(state: MilestoneState) -> bool:
    """Whether the rule *engagement unmet* looks at what this milestone needs."""
    return state.type == "delivery" and state.lifecycle == "done" and bool(state.needs)


def _unmet(giver: MilestoneState | None) -> MilestoneState | None:
    return giver if giver and giver.type == "engagement" and giver.lifecycle != "done" else None


def _first(state: MilestoneState, meant: Callable[[Need], bool]) -> Need | None:
    """The first by name of the needs of an open milestone that are meant."""
    found: Iterable[Need] = filter(meant, state.needs) if state.lifecycle == "open" else ()
    return min(found, key=lambda need: (need.plan, need.milestone), default=None)


def _of(rule: Rule, state: MilestoneState, giver: Node, says: str) -> Holds:
    cause, own = Node(plan=giver.plan, milestone=giver.milestone), node(state)
    return Holds(rule, 0, False, says, cause, (cause, own) if cause != own else ())
