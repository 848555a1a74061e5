"""What must follow from the log of one plan: its records folded in memory, one by one, by offset."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.states import MilestoneState, PlanState
from services.plan_tracking.domain.about import about
from services.plan_tracking.domain.conclude import milestone_state, plan_state
from services.plan_tracking.domain.fold import Folded, fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject
from services.plan_tracking.domain.network import Network

Moment = tuple[str, dt.date | None, int | None]
"""A milestone as it was at some time: its name, projected date and slip."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A plan at the end of its log; `ever` has every moment of its milestones, after each single record."""

    plan: Plan
    network: Network
    state: PlanState
    subjects: dict[str, Subject]
    milestones: dict[str, MilestoneState]
    ever: frozenset[Moment]


def expected(name: str, entries: Iterable[Entry]) -> Expected:
    """Folds the records of a plan."""
    subjects, ever = dict[str, Subject](), set[Moment]()
    folded = Folded(Plan(name), Network(name), {}, {}, {}, frozenset(), ())
    for entry in entries:
        spoken = about(entry.event)
        touched = {n: s for n, s in subjects.items() if n == spoken}
        folded = fold(Loaded(folded.plan, folded.network.kept(), touched, folded.tallies), [entry])
        subjects |= {**folded.touched, **folded.facts}
        ever |= {moment(milestone_state(folded.plan, subjects[n], folded.network, None)) for n in folded.affected}
    plan, network = folded.plan, folded.network
    milestones = {n: milestone_state(plan, subjects[n], network, None) for n in network.given}
    return Expected(plan, network, plan_state(plan, network, folded.tallies), subjects, milestones, frozenset(ever))


def moment(state: MilestoneState) -> Moment:
    """What a notification may say of a milestone in this state."""
    return state.milestone, state.projected, state.slip
