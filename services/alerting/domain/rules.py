"""The rules: what holds for a milestone, with the reason and the cause."""

import datetime as dt
from dataclasses import dataclass

from schemas.alerts import SYMPTOMS, Rule, Symptom
from schemas.states import MilestoneState, Node
from services.kit.words import counted, day_in_words


@dataclass(frozen=True, slots=True)
class Holds:
    """A rule that holds: by how many days, whether only the passing of days drives it, why, and because of whom."""

    rule: Rule
    days: int
    by_day: bool
    reason: str
    cause: Node


def holding(state: MilestoneState, today: dt.date) -> dict[Symptom, Holds]:
    """What holds for a milestone on a London date; a milestone not listed, done or cancelled raises nothing."""
    if not state.listed or state.lifecycle != "open":
        return {}
    found = (late(state), overdue(state, today))
    return {SYMPTOMS[holds.rule]: holds for holds in found if holds}


def late(state: MilestoneState) -> Holds | None:
    """*slipped* when its own date drives it, *inherited-slip* when another's does; only over the plan's tolerance."""
    if state.slip is None or state.slip <= state.tolerance:
        return None
    own = node(state)
    cause = Node(plan=state.cause.plan, milestone=state.cause.milestone) if state.cause else own
    reason = f"{counted(state.slip, 'day')} later than agreed; the plan tolerates {counted(state.tolerance, 'day')}"
    by_day = bool(state.cause and state.cause.by_day)
    return Holds("slipped" if cause == own else "inherited-slip", state.slip, by_day, reason, cause)


def overdue(state: MilestoneState, today: dt.date) -> Holds | None:
    """*overdue*: its own date has passed in London and nobody has said that it was met."""
    if state.declared is None or state.declared >= today:
        return None
    reason = f"its own date, {day_in_words(state.declared)}, has passed"
    return Holds("overdue", (today - state.declared).days, True, reason, node(state))


def node(state: MilestoneState) -> Node:
    """The milestone alone, of a state."""
    return Node(plan=state.plan, milestone=state.milestone)
