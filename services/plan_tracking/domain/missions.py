"""A mission: the plans that serve it, where their milestones stand, and what has become better for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.states import Status
from services.plan_tracking.domain.lines import PlanLine, summed
from services.plan_tracking.domain.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission as a reader sees it: its text, its plans by title, their milestones by status, their outcomes.

    Milestones and outcomes stand beside each other: that a milestone was met says nothing of an outcome.
    """

    slug: str
    mission: str
    plans: tuple[PlanLine, ...]
    counts: dict[Status, int]
    outcomes: tuple[Outcome, ...]


def mission_view(slug: str, mission: str, plans: Sequence[PlanLine], outcomes: Iterable[Outcome]) -> Mission:
    """A mission from its text as one of its plans has it, the lines of its plans, and their outcomes."""
    return Mission(slug, mission, tuple(plans), summed(plan.counts for plan in plans), tuple(outcomes))
