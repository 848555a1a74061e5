"""HTTP in, JSON out: plans, milestones, history, and what came of an event."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request

from schemas.events import LOG_RECORD
from schemas.names import owner
from schemas.states import MilestoneState, PlanState
from schemas.visibility import may_see_milestone, may_see_plan
from services.kit.http import Problem
from services.kit.identity import Identities, Identity
from services.kit.mongo import Document
from services.plan_tracking.domain.fold import london_day
from services.plan_tracking.domain.writes import writes
from services.plan_tracking.store import Store, milestone_of


class PlanApi:
    """The JSON doors of plan-tracking."""

    def __init__(self, store: Store, identities: Identities, clock: Callable[[], dt.datetime]) -> None:
        self._store, self._identities, self._clock = store, identities, clock

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["plans"])
        router.add_api_route("/api/plans", self.plans)
        router.add_api_route("/api/plans/{lead}/{slug}", self.plan)
        router.add_api_route("/api/plans/{lead}/{slug}/history", self.history)
        router.add_api_route("/api/outcomes", self.outcomes)
        return router

    async def _seen(self, request: Request, name: str) -> tuple[PlanState, Identity]:
        who, plan = await self._identities.claimed(request), await self._store.plan_state(name)
        if plan is None or not may_see_plan(plan, who.departments):
            raise Problem(404, "No such plan", f"{name}: there is no such plan, or it is not public")
        return plan, who

    async def plans(self, request: Request) -> dict[str, list[Any]]:
        """Every plan that the caller may see, with its counts."""
        who = await self._identities.claimed(request)
        return {"plans": [dumped(p) for p in await self._store.plan_states() if may_see_plan(p, who.departments)]}

    async def plan(self, request: Request, lead: str, slug: str) -> dict[str, Any]:
        """One plan and its milestones. Dates are plain dates; slips are calendar days against the baseline."""
        state, who = await self._seen(request, f"{lead}/{slug}")
        today = dt.date.fromordinal(london_day(self._clock()))
        shown = [
            m for m in await self._store.milestone_states(state.plan) if may_see_milestone(state, m, who.departments)
        ]
        return {**dumped(state), "milestones": [{**dumped(m), "overdue": overdue(m, today)} for m in shown]}

    async def history(self, request: Request, lead: str, slug: str, milestone: str | None = None) -> dict[str, Any]:
        """What was said about the plan, or about one of its milestones, in the order of acceptance."""
        state, who = await self._seen(request, f"{lead}/{slug}")
        if milestone:
            found = (await self._store.milestones(state.plan, [milestone])).get(milestone)
            if found is None or not may_see_milestone(state, milestone_of(found), who.departments):
                raise Problem(404, "No such milestone", f"{milestone}: the plan has no such milestone")
        return {"history": [asdict(entry) for entry in await self._store.history(state.plan, milestone)]}

    async def outcomes(self, request: Request, source: str, id: str) -> dict[str, Any]:  # noqa: A002 - CloudEvents' word
        """What came of an event: applied, or superseded by which; one entry for each time it was accepted."""
        (await self._identities.of(request)).require(source)
        return {"outcomes": [await outcome(self._store, doc) for doc in await self._store.said(source, id)]}


def dumped(state: PlanState | MilestoneState) -> dict[str, Any]:
    """A state as JSON values."""
    return state.model_dump(mode="json")


def overdue(milestone: MilestoneState, today: dt.date) -> bool:
    """Open, and its own date has passed."""
    return milestone.lifecycle == "open" and milestone.declared is not None and milestone.declared < today


async def outcome(store: Store, document: Document) -> dict[str, Any]:
    """What came of one accepted record.

    *waiting*: its department has not been listed by the plan's lead; else *applied* while a register that it wrote
    holds its stamp; else *superseded* by the records that hold them.
    """
    plan, _, about = document["about"].partition("|")
    registers = await store.registers(plan, about)
    written = [name for name in writes(LOG_RECORD.validate_python(document["event"])) if name in registers]
    stamps = {name: registers[name][1:] for name in sorted(written)}
    held = [name for name, at in stamps.items() if at == document["stamp"]]
    listed = (await store.plan(plan)).listed(owner(about.rpartition("|")[2] or plan))
    return {
        "outcome": ("applied" if held or not written else "superseded") if listed else "waiting",
        "plan": plan,
        "about": about or None,
        "acceptedtime": document["event"]["acceptedtime"],
        "holds": held,
        "superseded_by": [{"register": n, "source": at[2], "id": at[3]} for n, at in stamps.items() if n not in held],
    }
