"""HTTP in, JSON out: plans and their milestones, as they are and as they were known."""

from collections.abc import Sequence
from functools import partial
from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from schemas.states import PlanState
from services.kit.http import Problem
from services.plan_tracking.asking import as_json, fresh_for, moment_asked, page, seen
from services.plan_tracking.dependents import dependents
from services.plan_tracking.domain.credibility import credibility
from services.plan_tracking.domain.exports.document import Picture, document, masked_plan, milestone
from services.plan_tracking.domain.known import end_of
from services.plan_tracking.pictures import Pictures
from services.plan_tracking.viewer import Viewer, Viewers

LONGEST_PAGE = 1_000

Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE)]


class PlanDoors:
    """The doors to plans and milestones."""

    def __init__(self, viewers: Viewers, pictures: Pictures) -> None:
        self._viewers, self._pictures, self._store = viewers, pictures, pictures.store

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["plans"])
        router.add_api_route("/api/plans", self.plans)
        router.add_api_route("/api/plans/{lead}/{slug}", self.plan)
        router.add_api_route("/api/plans/{lead}/{slug}/milestones", self.milestones)
        router.add_api_route("/api/plans/{lead}/{slug}/milestones/{milestone:path}", self.milestone)
        return router

    async def plans(self, request: Request, after: str = "", limit: Limit = LONGEST_PAGE) -> Response:
        """The plans that the caller may see, by name, with their counts.

        `next` is what to give as `after` to go on, null at the end; a page has `limit` plans at most.
        """
        viewer = await self._viewers.of(request)

        async def show(names: Sequence[str]) -> list[PlanState]:
            plans, sees = await viewer.plans(names), await viewer.sees(names)
            return [masked_plan(plans[name], sees) for name in names if name in plans]

        shown, then = await page(self._store.plan_names, show, _plan_name, after, limit)
        plans = [plan.model_dump(mode="json") for plan in shown]
        return await as_json(lambda: {"plans": plans, "next": then})

    async def plan(self, request: Request, lead: str, slug: str, known_on: str | None = None) -> Response:
        """One plan and its milestones. Dates are plain dates; slips are calendar days against the baseline.

        With `known_on` (a date, of which the end in London is meant, or an instant) as it was known then: what had
        been accepted by then, and the day that it was. Milestones that the caller may not know of have empty names.
        """
        viewer = await self._viewers.of(request)
        plan = await seen(viewer, f"{lead}/{slug}")
        fresh = fresh_for(request, viewer, plan, "json", known_on)
        if unchanged := fresh.unchanged(request):
            return unchanged
        picture = await self._picture(viewer, plan, known_on)
        as_of = {"as_known_on": viewer.as_known_on(plan), "known_on": known_on}
        return await as_json(lambda: document(picture) | as_of, fresh.headers)

    async def _picture(self, viewer: Viewer, plan: PlanState, known_on: str | None) -> Picture:
        if known_on is None:
            return await self._pictures.now(viewer, plan)
        return await self._pictures.then(viewer, plan, moment_asked("known_on", known_on, viewer.clock()))

    async def milestones(
        self, request: Request, lead: str, slug: str, after: str = "", limit: Limit = LONGEST_PAGE
    ) -> Response:
        """The milestones of a plan that the caller may see, by name, some at a time.

        `next` is what to give as `after` to go on, null at the end; a page has `limit` milestones at most.
        """
        viewer = await self._viewers.of(request)
        plan = await seen(viewer, f"{lead}/{slug}")
        fresh = fresh_for(request, viewer, plan, "milestones", after, limit)
        if unchanged := fresh.unchanged(request):
            return unchanged
        read, show = partial(viewer.milestone_page, plan), partial(viewer.masked, plan)
        shown, then = await page(read, show, attrgetter("milestone"), after, limit)
        dumped = [state.model_dump(mode="json") for state in shown]
        return await as_json(lambda: {"plan": plan.plan, "milestones": dumped, "next": then}, fresh.headers)

    async def milestone(self, request: Request, lead: str, slug: str, milestone: str) -> Response:
        """One milestone: its total float, what its forecasts are worth, and who needs it, in other plans too.

        `moves` is how often its owner's date has moved, `average_days` how many days later each time.
        """
        viewer = await self._viewers.of(request)
        plan = await seen(viewer, f"{lead}/{slug}")
        fresh = fresh_for(request, viewer, plan, milestone)
        if unchanged := fresh.unchanged(request):
            return unchanged
        picture = await self._pictures.now(viewer, plan)
        said = await self._milestone(viewer, plan, picture, milestone)
        return await as_json(lambda: said, fresh.headers)

    async def _milestone(self, viewer: Viewer, plan: PlanState, picture: Picture, name: str) -> dict[str, Any]:
        state = next((one for one in picture.shown if one.milestone == name), None)
        if state is None:
            raise Problem(404, "No such milestone", f"{name}: the plan has no such milestone")
        frozen, history = viewer.as_known_on(plan), await self._store.history(plan.plan, name)
        known = [entry for entry in history if frozen is None or entry.accepted <= end_of(frozen)]
        needing = await dependents(viewer, plan, name, picture.shown)
        return {
            **milestone(state, picture.today, picture.floats),
            "credibility": credibility(known),
            "dependents": needing.shown,
            "hidden_plans": needing.hidden_plans,
        }


def _plan_name(plan: str | PlanState) -> str:
    return plan if isinstance(plan, str) else plan.plan
