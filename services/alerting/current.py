"""What holds now, as one reader may see it: the alerts of a plan, one alert's life, and the plans that have any."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from schemas.states import PlanState
from schemas.topics import milestone_key
from schemas.visibility import is_held, may_see_milestone, may_see_plan
from services.alerting.domain.answers import Scope
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.view import View
from services.alerting.store import Store
from services.kit.http import Problem
from services.kit.words import london_day

MOST_PLANS = 500
"""Plans that are listed beside each other."""


@dataclass(frozen=True, slots=True)
class Current:
    """The alerts of a plan that a reader may see, the greatest first; on `hold`, none, and its date."""

    plan: PlanState
    alerts: list[KeptAlert]
    view: View

    @property
    def hold(self) -> dt.date | None:
        """The date until which this reader sees the plan."""
        return self.plan.hold if is_held(self.plan, self.view.departments, self.view.today) else None

    def shown(self, kept: KeptAlert) -> dict[str, Any]:
        """An alert as this reader sees it: a cause that it may not see is not named."""
        update = {"reason": self.view.reason(kept), "cause": self.view.shown(kept.alert.cause)}
        return {**kept.alert.model_copy(update=update).model_dump(mode="json"), "title": kept.title}


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads what holds, for readers who speak for some departments, or for none."""

    store: Store
    clock: Callable[[], dt.datetime]

    async def plans(self, departments: Collection[str]) -> list[tuple[PlanState, int]]:
        """The plans that a reader may see and in which something holds, by title, with how much."""
        names, today = (await self.store.states.names())[:MOST_PLANS], london_day(self.clock())
        seen = [
            plan
            for plan in (await self.store.states.plans(names)).values()
            if may_see_plan(plan, departments) and not is_held(plan, departments, today)
        ]
        counts = [(plan, await self.store.alerts.count_firing(f"plan:{plan.plan}")) for plan in seen]
        return sorted(((p, n) for p, n in counts if n), key=lambda one: (one[0].title.casefold(), one[0].plan))

    async def plan(self, name: str, departments: Collection[str]) -> PlanState:
        """A plan; raises a 404 problem where there is none that the reader may see."""
        plan = (await self.store.states.plans([name])).get(name)
        if plan is None or not may_see_plan(plan, departments):
            raise Problem(404, "No such plan", f"{name}: there is no such plan, or it is not public")
        return plan

    async def of(self, scope: Scope, departments: Collection[str]) -> Current:
        """The alerts of a plan that fire in a scope; raises a 404 problem where the reader may not see the plan."""
        plan, today = await self.plan(scope.plan, departments), london_day(self.clock())
        if is_held(plan, departments, today):
            return Current(plan, [], View(departments, {}, {plan.plan: plan}, today))
        firing = [one for one in await self.store.alerts.firing([f"plan:{plan.plan}"]) if scope.covers(one)]
        wanted = [one for one in firing if scope.rule in (None, one.alert.rule)]
        return await self._current(plan, wanted, departments, today)

    async def life(self, key: str, departments: Collection[str]) -> tuple[Current, KeptAlert]:
        """One alert, ended or not; raises a 404 problem where the reader may not see it."""
        nothing = Problem(404, "No such alert", "There is no such alert, or it is not public")
        kept = (await self.store.alerts.find([key])).get(key)
        if kept is None:
            raise nothing
        plan, today = await self.plan(kept.alert.plan, departments), london_day(self.clock())
        current = await self._current(plan, [kept], departments, today)
        if current.hold or not current.alerts:
            raise nothing
        return current, kept

    async def _current(
        self, plan: PlanState, found: list[KeptAlert], departments: Collection[str], today: dt.date
    ) -> Current:
        nodes = {node for kept in found for node in (kept.alert.cause, kept.own, *(one.cause for one in kept.life))}
        states = await self.store.states.milestones(milestone_key(node.plan, node.milestone) for node in nodes)
        plans = await self.store.states.plans({plan.plan, *(node.plan for node in nodes)})
        view = View(departments, states, plans, today)
        visible = [kept for kept in found if may_see_milestone(plan, view.state(kept.own), departments)]
        return Current(plan, sorted(visible, key=lambda kept: (-kept.alert.days, kept.key)), view)
