"""Who needs a milestone: in its own plan, and in others as far as the caller may see them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.dates import PlainDate
from schemas.payloads import Unit
from schemas.states import MilestoneState, PlanState
from services.plan_tracking.domain.about import OUT
from services.plan_tracking.domain.keys import needing
from services.plan_tracking.viewer import Viewer


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


async def dependents(viewer: Viewer, plan: PlanState, name: str, states: Iterable[MilestoneState]) -> Dependents:
    """Those that need a milestone; `states` are the milestones of its plan that the caller may see."""
    found = list(here(plan.plan, name, states))
    if viewer.as_known_on(plan):
        return Dependents(tuple(found), 0)  # who has come to need it since is news
    others = [seen for seen in await viewer.milestones_by({needing(plan.plan)}) if seen.as_known_on is None]
    found += here(plan.plan, name, (seen.state for seen in others))
    shown = {one.plan for one in found} - {plan.plan}
    return Dependents(tuple(found), len(await _wanting(viewer, plan.plan, name) - shown))


async def _wanting(viewer: Viewer, plan: str, name: str) -> set[str]:
    """The plans that have registered for a milestone."""
    facts = await viewer.store.facts(plan, [OUT + name])
    return {by for fact in facts.values() for by, register in fact.registers.items() if register.value}
