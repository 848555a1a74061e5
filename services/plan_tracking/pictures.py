"""Pictures: a plan with its milestones as one caller may see it, now or as it was known at a moment."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from schemas.states import MilestoneState, PlanState
from services.kit.http import Problem
from services.kit.words import london_day
from services.plan_tracking.domain.exports.document import Picture, masked_plan
from services.plan_tracking.domain.known import Known, end_of
from services.plan_tracking.domain.masks import masked
from services.plan_tracking.past import Past
from services.plan_tracking.store import Store
from services.plan_tracking.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Pictures:
    """Takes pictures of plans."""

    store: Store
    past: Past

    async def now(self, viewer: Viewer, plan: PlanState) -> Picture:
        """The plan as the caller sees it now."""
        everything = await viewer.milestone_states(plan.plan)
        plan, shown = await _shown(viewer, plan, everything)
        holidays = (await self.store.plan(plan.plan)).terms.holidays
        return Picture(plan, shown, everything, holidays, viewer.today(plan))

    async def then(self, viewer: Viewer, plan: PlanState, moment: dt.datetime) -> Picture:
        """The plan as it was known at a moment; whose milestones may be seen is judged by the plan as it is now."""
        known = await self._whole(viewer, plan, moment)
        everything = list(known.milestones.values())
        of_then, shown = await _shown(viewer, known.plan, everything)
        return Picture(of_then, shown, everything, known.holidays, london_day(known.moment))

    async def known(self, viewer: Viewer, plan: PlanState, moment: dt.datetime) -> Known:
        """The same, to be compared with what was known at another moment."""
        known = await self._whole(viewer, plan, moment)
        of_then, shown = await _shown(viewer, known.plan, known.milestones.values())
        return replace(known, plan=of_then, milestones={state.milestone: state for state in shown})

    async def _whole(self, viewer: Viewer, plan: PlanState, moment: dt.datetime) -> Known:
        """A caller whose view is frozen learns of nothing later; a 404 problem when nothing was known by then."""
        if plan.stuck:
            raise Problem(409, "The plan is stuck", f"{plan.plan}: its history cannot be folded; ask again later")
        frozen = viewer.as_known_on(plan)
        known = await self.past.known(plan.plan, min(moment, end_of(frozen)) if frozen else moment)
        if known.plan.version < 0:
            raise Problem(404, "Nothing was known", f"{plan.plan}: nothing had been said of it by {moment.isoformat()}")
        return known


async def _shown(
    viewer: Viewer, plan: PlanState, states: Collection[MilestoneState]
) -> tuple[PlanState, list[MilestoneState]]:
    """What the caller may see of a plan's states, without the names of what it may not know of."""
    sees = await viewer.sees({plan.plan, *(node.plan for state in states for node in (*state.path, *state.needs))})
    shown = [masked(state, sees) for state in states if sees(plan.plan, plan.plan, state.milestone)]
    return masked_plan(plan, sees), shown
