"""A mission: the plans that serve it, where their milestones stand, and what has become better for people."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.states import PlanState, Status
from services.plan_tracking.domain.keys import mission_slug
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


@dataclass(frozen=True, slots=True)
class MissionLine:
    """A mission as a list shows it: its text, its slug (its address), and how many plans serve it."""

    slug: str
    mission: str
    plans: int


def mission_lines(plans: Iterable[PlanState]) -> list[MissionLine]:
    """The missions of these plans, by text."""
    of: dict[str, list[str]] = defaultdict(list)
    for plan in plans:
        if plan.mission and (slug := mission_slug(plan.mission)):
            of[slug].append(plan.mission)
    made = (MissionLine(slug, min(texts), len(texts)) for slug, texts in of.items())
    return sorted(made, key=lambda one: (one.mission.casefold(), one.slug))
