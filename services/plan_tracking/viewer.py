"""What one reader may see: every door of plan-tracking asks here, so that visibility and holds are judged once."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from fastapi import Request

from schemas.states import MilestoneState, Node, PlanState
from schemas.topics import milestone_key
from schemas.visibility import is_held, may_see_milestone, may_see_plan, may_see_said
from services.kit.identity import NOBODY, Identities
from services.kit.words import london_day
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.keys import HELD, fact_keys, keys_of
from services.plan_tracking.domain.known import Known, end_of
from services.plan_tracking.domain.lines import Mentioned, Seen
from services.plan_tracking.domain.masks import Sees, masked, masked_entry, named_plans
from services.plan_tracking.past import Outline, Past
from services.plan_tracking.store import Store


@dataclass(frozen=True, slots=True)
class Viewer:
    """The plans as a reader who speaks for these departments may see them.

    A plan whose publication is on hold is seen as it was known at the end of that day, by all but its lead and its
    contributors: whatever is answered here of it, its states, facts and history, is of then.
    """

    store: Store
    past: Past
    departments: Collection[str]
    clock: Callable[[], dt.datetime]

    def today(self, plan: PlanState | None = None) -> dt.date:
        """London's date; of a plan on hold, the last day that this reader knows of."""
        today = london_day(self.clock())
        return plan.hold if plan and plan.hold and is_held(plan, self.departments, today) else today

    def as_known_on(self, plan: PlanState) -> dt.date | None:
        """The day to which the reader's view of this plan is frozen; None where it is the present."""
        return plan.hold if is_held(plan, self.departments, self.today()) else None

    async def plan_state(self, plan: str) -> PlanState | None:
        """A plan; None where there is none, or the reader may not see it."""
        return (await self.plans([plan])).get(plan)

    async def plan_states(self) -> list[PlanState]:
        """Every plan, by name."""
        return list((await self._seen(await self.store.plan_states())).values())

    async def plans(self, names: Iterable[str]) -> dict[str, PlanState]:
        """Plans by name."""
        return await self._seen((await self.store.states_of(set(names))).values())

    async def plans_by(self, keys: Collection[str]) -> dict[str, PlanState]:
        """The plans that have any of these keys (domain/keys.py), by name."""
        held = await self._held()
        present = [plan for plan in await self.store.lookups.plans(keys) if plan.plan not in held]
        then = [one.plan for one in held.values() if one and not one.plan_keys.isdisjoint(keys)]
        return {plan.plan: plan for plan in [*(await self._seen(present)).values(), *then]}

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """All milestones of a plan, by name; also those that wait to be listed, which a page counts and keeps back."""
        state = await self.plan_state(plan)
        if state and (known := await self._known(state)):
            return list(known.milestones.values())
        return await self.store.milestone_states(plan) if state else []

    async def milestones(self, plan: PlanState) -> list[MilestoneState]:
        """The milestones of a plan, by name, without the names of others that the reader may not know of."""
        return await self.masked(plan, await self.milestone_states(plan.plan))

    async def milestone_page(self, plan: PlanState, after: str, limit: int) -> list[MilestoneState]:
        """The first milestones of those after a name, also those that are not to be shown."""
        if known := await self._known(plan):
            return [state for name, state in known.milestones.items() if name > after][:limit]
        return await self.store.milestone_page(plan.plan, after, limit)

    async def masked(self, plan: PlanState, states: Collection[MilestoneState]) -> list[MilestoneState]:
        """Those of a plan's milestones that the reader may see, without the names that it may not know of."""
        sees = await self.sees({plan.plan, *(node.plan for state in states for node in (*state.path, *state.needs))})
        return [masked(state, sees) for state in states if may_see_milestone(plan, state, self.departments)]

    async def milestone(self, plan: PlanState, name: str) -> MilestoneState | None:
        """One milestone of a plan."""
        key = milestone_key(plan.plan, name)
        state = (await self.mentioned([Node(plan=plan.plan, milestone=name)])).states.get(key)
        return state if state and may_see_milestone(plan, state, self.departments) else None

    async def history(self, plan: str, milestone: str | None = None) -> list[HistoryEntry]:
        """What was said about a plan, or about one of its milestones, in the order of acceptance."""
        state = await self.plan_state(plan)
        if state is None:
            return []
        day, said = self.as_known_on(state), await self.store.history(plan, milestone)
        return [entry for entry in said if day is None or entry.accepted <= end_of(day)]

    async def masked_history(self, plan: str, milestone: str | None = None) -> list[HistoryEntry]:
        """The same without the names of milestones that the reader may not know of."""
        said = await self.history(plan, milestone)
        sees = await self.sees({plan, *named_plans(said)})
        return [masked_entry(entry, plan, sees) for entry in said]

    async def milestones_by(self, keys: Collection[str]) -> list[Seen]:
        """The milestones that have any of these keys, of any plan."""
        held = await self._held()
        found = [state for state in await self.store.lookups.milestones(keys) if state.plan not in held]
        for known in await self._then(held, keys):
            found += [state for state in known.milestones.values() if not set(keys_of(state)).isdisjoint(keys)]
        plans = await self.plans(state.plan for state in found)
        return [
            Seen(plan, state, self.as_known_on(plan))
            for state in found
            if (plan := plans.get(state.plan)) and may_see_milestone(plan, state, self.departments)
        ]

    async def facts_by(self, keys: Collection[str]) -> list[Fact]:
        """The facts that have any of these keys, of any plan."""
        held = await self._held()
        found = [fact for fact in await self.store.lookups.facts(keys) if fact.plan not in held]
        for known in await self._then(held, keys):
            facts = (fact for fact in known.facts if not set(fact_keys(known.plan.plan, fact.name)).isdisjoint(keys))
            found += [Fact(known.plan.plan, fact) for fact in facts]
        plans = await self.plans(fact.plan for fact in found)
        return [fact for fact in found if may_see_said(plans.get(fact.plan), fact.name, self.departments)]

    async def mentioned(self, nodes: Iterable[Node], among: Iterable[Seen] = ()) -> Mentioned:
        """The states of milestones that something refers to, and whether the reader may know of them.

        Those `among` which they may be are at hand already.
        """
        wanted = {milestone_key(node.plan, node.milestone): node.plan for node in nodes}
        plans, states = await self.plans(wanted.values()), {seen.key: seen.state for seen in among}
        missing = {key: plans[plan] for key, plan in wanted.items() if plan in plans and key not in states}
        now = [key for key, plan in missing.items() if self.as_known_on(plan) is None]
        found = await self.store.lookups.named(now)
        for plan in {plan.plan: plan for plan in missing.values()}.values():
            if known := await self._known(plan):
                found += known.milestones.values()
        states |= {milestone_key(state.plan, state.milestone): state for state in found}
        return Mentioned({key: states[key] for key in wanted if key in states}, self._sees(plans))

    async def sees(self, plans: Iterable[str]) -> Sees:
        """Whether the reader may know of milestones of these plans."""
        return self._sees(await self.plans(plans))

    def _sees(self, plans: Mapping[str, PlanState]) -> Sees:
        """Of a plan on hold only what it says itself: that it is named elsewhere may be news."""
        frozen = {name for name, plan in plans.items() if self.as_known_on(plan)}

        def sees(speaker: str, plan: str, milestone: str) -> bool:
            known = plan == speaker or plan not in frozen
            return known and may_see_said(plans.get(plan), milestone, self.departments)

        return sees

    async def _seen(self, plans: Iterable[PlanState]) -> dict[str, PlanState]:
        return {plan.plan: seen for plan in plans if (seen := await self._as_seen(plan))}

    async def _as_seen(self, plan: PlanState) -> PlanState | None:
        """The plan as the reader may see it: its visibility now counts, and on hold that of then too."""
        if not may_see_plan(plan, self.departments):
            return None
        if day := self.as_known_on(plan):
            plan = (await self.past.outline(plan.plan, day)).plan
        return self._without_names(plan) if may_see_plan(plan, self.departments) else None

    def _without_names(self, plan: PlanState) -> PlanState:
        cycles = (
            tuple(name if may_see_said(plan, name, self.departments) else "" for name in ring) for ring in plan.cycles
        )
        return plan.model_copy(update={"cycles": tuple(cycles)}) if plan.cycles else plan

    async def _known(self, plan: PlanState) -> Known | None:
        """The whole of a plan that this reader sees as of a day; None of one whose present is seen."""
        day = self.as_known_on(plan)
        return await self.past.held(plan.plan, day) if day else None

    async def _held(self) -> dict[str, Outline | None]:
        """The plans on hold for this reader, in outline; None of those that may not be seen at all."""
        held = [plan for plan in await self.store.lookups.plans([HELD]) if self.as_known_on(plan)]
        seen = await self._seen(held)
        return {
            plan.plan: await self.past.outline(plan.plan, plan.hold) if plan.hold and plan.plan in seen else None
            for plan in held
        }

    async def _then(self, held: Mapping[str, Outline | None], keys: Collection[str]) -> list[Known]:
        """The plans on hold of which some milestone or fact has one of these keys."""
        plans = [one.plan for one in held.values() if one and not one.keys.isdisjoint(keys)]
        return [known for plan in plans if (known := await self._known(plan))]


@dataclass(frozen=True, slots=True)
class Viewers:
    """Makes the viewer of whoever asks."""

    store: Store
    past: Past
    identities: Identities
    clock: Callable[[], dt.datetime]

    async def of(self, request: Request) -> Viewer:
        """The caller's, as far as it says who it is; else everybody's."""
        return self._viewer((await self.identities.claimed(request)).departments)

    def everybodys(self) -> Viewer:
        """That of a reader who says nothing."""
        return self._viewer(NOBODY.departments)

    def _viewer(self, departments: Collection[str]) -> Viewer:
        return Viewer(self.store, self.past, departments, self.clock)
