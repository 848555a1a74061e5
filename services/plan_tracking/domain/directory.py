"""What a reader may see of one plan: its listed milestones and its departments, by name, with the titles people use."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.dates import Precision
from schemas.names import owner
from schemas.states import MilestoneState, Node, PlanState
from schemas.topics import milestone_key
from services.kit.words import readable

UNLISTED = "a milestone of a department that is not listed in this plan"
ELSEWHERE = "a milestone in another plan"
UNPLANNED = "a milestone that nobody has planned"


def is_public(plan: PlanState | None) -> bool:
    """Whether everyone may see the plan."""
    return plan is not None and plan.published and plan.visibility == "public"


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone as a sentence names it, with its plan where that is another.

    `name` is None where the reader may not be led to it.
    """

    name: str | None
    title: str
    department: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Directory:
    """The milestones of a plan that everyone may see, those that are kept back, and the titles of departments.

    `elsewhere` are milestones of other plans that its reader may see, by key.
    """

    plan: str
    milestones: Mapping[str, MilestoneState]
    hidden: frozenset[str]
    departments: Mapping[str, str]
    elsewhere: Mapping[str, MilestoneState] = field(default_factory=dict)

    def department(self, name: str) -> str:
        """The title of a department, or its name where it has none."""
        return self.departments.get(name) or name

    def state(self, node: Node) -> MilestoneState | None:
        """The state of a milestone, if the reader may see it."""
        if node.plan == self.plan:
            return self.milestones.get(node.milestone)
        return self.elsewhere.get(milestone_key(node.plan, node.milestone))

    def step(self, node: Node) -> Step:
        """A milestone, named as far as everyone may know it."""
        state = self.state(node)
        if state is not None:
            other = state.plan if state.plan != self.plan else None
            return Step(state.milestone, title_of(state), self.department(state.department), other)
        if node.plan != self.plan:
            return Step(None, ELSEWHERE)
        if node.milestone in self.hidden:
            return Step(None, UNLISTED)
        return Step(None, UNPLANNED, self.department(owner(node.milestone)))


def directory(
    plan: PlanState, states: Iterable[MilestoneState], elsewhere: Mapping[str, MilestoneState] | None = None
) -> Directory:
    """The directory of a plan, and of milestones in other plans that its reader may see, by key."""
    states = list(states)
    return Directory(
        plan.plan,
        {state.milestone: state for state in states if state.listed},
        frozenset(state.milestone for state in states if not state.listed),
        {each.department: readable(each.title) for each in plan.contributors if each.title},
        elsewhere or {},
    )


def title_of(state: MilestoneState) -> str:
    """The title as one legible line; the name where nothing legible is left of it."""
    return readable(state.title) or state.milestone


def expected(state: MilestoneState) -> tuple[dt.date, Precision] | None:
    """The projected date as precisely as it was said: the owner's precision where it is the owner's date."""
    if state.projected is None:
        return None
    said = state.forecast or state.baseline
    if state.actual is None and said is not None and said.date == state.projected:
        return said.date, said.precision
    return state.projected, "day"


def is_overdue(state: MilestoneState, today: dt.date) -> bool:
    """Whether the milestone is open and its owner's own date has passed."""
    return state.lifecycle == "open" and state.declared is not None and state.declared < today
