"""Who needs a milestone: in its own plan, and in others as far as the caller may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.dates import PlainDate
from schemas.payloads import Unit
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.plan_tracking.domain.about import OUT
from services.plan_tracking.store import Store, milestone_of
from services.plan_tracking.viewer import Viewer

MOST_PLANS = 50
"""Other plans that are looked into; what is in the rest is counted as hidden."""


@dataclass(frozen=True, slots=True)
class Dependent:
    """A milestone that needs another: how much earlier, how far that one may still move, and where it stands itself."""

    plan: str
    milestone: str
    title: str
    department: str
    lag: int
    unit: Unit
    float_days: int | None
    binding: bool
    projected: PlainDate | None
    slip: int | None


@dataclass(frozen=True, slots=True)
class Dependents:
    """Those that need a milestone, by plan and name; `hidden_plans` are others that need it and are not shown."""

    shown: tuple[Dependent, ...]
    hidden_plans: int


def here(plan: str, name: str, states: Iterable[MilestoneState]) -> Iterator[Dependent]:
    """Those among these states that need a milestone of the plan."""
    for state in states:
        for need in state.needs:
            if (need.plan, need.milestone) == (plan, name):
                yield Dependent(
                    plan=state.plan,
                    milestone=state.milestone,
                    title=state.title,
                    department=state.department,
                    lag=need.lag,
                    unit=need.unit,
                    float_days=need.float_days,
                    binding=need.binding,
                    projected=state.projected,
                    slip=state.slip,
                )


async def dependents(
    viewer: Viewer, store: Store, plan: PlanState, name: str, states: Iterable[MilestoneState]
) -> Dependents:
    """Those that need a milestone; `states` are the milestones of its plan that the caller may see."""
    found = list(here(plan.plan, name, states))
    if viewer.as_known_on(plan):
        return Dependents(tuple(found), 0)  # who has come to need it since is news
    wanting = await _wanting(store, plan.plan, name)
    others = await viewer.plans(wanting[:MOST_PLANS])
    open_now = [other for other in others.values() if not viewer.as_known_on(other)]
    for other in open_now:
        found += here(plan.plan, name, await _needing(viewer, store, other, milestone_key(plan.plan, name)))
    return Dependents(tuple(found), len(wanting) - len(open_now))


async def _wanting(store: Store, plan: str, name: str) -> list[str]:
    """The plans that have registered for a milestone."""
    facts = await store.facts(plan, [OUT + name])
    return sorted(by for fact in facts.values() for by, register in fact.registers.items() if register.value)


async def _needing(viewer: Viewer, store: Store, plan: PlanState, key: str) -> list[MilestoneState]:
    moves, sees = await store.moves(plan.plan), await viewer.sees([plan.plan])
    names = [name for name, given in moves.given.items() if any(edge.giver == key for edge in given.needs)]
    stored = await store.milestones(plan.plan, names)
    return [milestone_of(one) for name, one in sorted(stored.items()) if sees(plan.plan, plan.plan, name)]
