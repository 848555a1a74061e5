"""HTML out: departments, places and missions, over all plans that the reader may see."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from schemas.reporting import awaited
from schemas.states import PlanState
from services.kit.web import Site
from services.plan_tracking.domain.charts.outcomes import HEIGHT, WIDTH, outcome_chart
from services.plan_tracking.domain.departments import Department
from services.plan_tracking.domain.lines import PlanLine, parted
from services.plan_tracking.domain.outcome_words import figure, gap_words, pounds, target_words
from services.plan_tracking.domain.outcomes import Outcome
from services.plan_tracking.domain.places import named
from services.plan_tracking.pages.reading import html_routes
from services.plan_tracking.viewer import Viewer, Viewers
from services.plan_tracking.views import Views

_WORDS = {
    "figure": figure,
    "pounds": pounds,
    "target_words": target_words,
    "gap_words": gap_words,
    "panel": (WIDTH, HEIGHT),
}


class AcrossPages:
    """The pages of what lies across plans."""

    def __init__(self, viewers: Viewers, views: Views, site: Site) -> None:
        self._viewers, self._views, self._site = viewers, views, site

    def router(self) -> APIRouter:
        """The routes."""
        return html_routes(
            ("/departments", self.departments),
            ("/departments/{department}", self.department),
            ("/places", self.places),
            ("/places/{gss}", self.place),
            ("/missions", self.missions),
            ("/missions/{slug}", self.mission),
        )

    async def departments(self, request: Request) -> HTMLResponse:
        """Every department that leads or contributes to a plan."""
        viewer = await self._viewers.of(request)
        return self._site.page("departments.html", departments=await self._views.all_departments(viewer))

    async def department(self, request: Request, department: str) -> HTMLResponse:
        """What a department owes, what it waits for, how its dates have held, and when it was last heard."""
        viewer = await self._viewers.of(request)
        view = await self._views.department(viewer, department)
        if view is None:
            return self._site.not_found("department")
        parts = parted(view.milestones, viewer.today())
        return self._site.page("department.html", view=view, parts=parts, returns=await _returns(viewer, view))

    async def places(self, request: Request) -> HTMLResponse:
        """Every place of a plan."""
        viewer = await self._viewers.of(request)
        return self._site.page("places.html", places=await self._views.all_places(viewer))

    async def place(self, request: Request, gss: str) -> HTMLResponse:
        """Milestones, money, outcomes and experience of a place, and apart from them those of what it lies in."""
        viewer = await self._viewers.of(request)
        view = await self._views.place(viewer, gss)
        if view is None:
            return self._site.not_found("place")
        here, wider = (parted(of.milestones if of else (), viewer.today()) for of in (view.here, view.wider))
        outcomes = _outcomes(view.outcomes, view.names)
        return self._site.page("place.html", view=view, here=here, wider=wider, **outcomes)

    async def missions(self, request: Request) -> HTMLResponse:
        """Every mission that a plan serves."""
        viewer = await self._viewers.of(request)
        return self._site.page("missions.html", missions=await self._views.all_missions(viewer))

    async def mission(self, request: Request, slug: str) -> HTMLResponse:
        """What has become better for people, and under it the plans that are meant to bring it about."""
        view = await self._views.mission(await self._viewers.of(request), slug)
        if view is None:
            return self._site.not_found("mission")
        return self._site.page("mission.html", view=view, **_outcomes(view.outcomes, self._names(view.plans)))

    def _names(self, plans: Sequence[PlanLine]) -> Mapping[str, str]:
        return named(self._views.places, [place for plan in plans for place in plan.places])


def _outcomes(outcomes: Sequence[Outcome], names: Mapping[str, str]) -> dict[str, Any]:
    """What the templates need to show outcomes."""
    return {"charts": [outcome_chart(outcome) for outcome in outcomes], "names": names, "words": _WORDS}


async def _returns(viewer: Viewer, view: Department) -> list[dict[str, Any]]:
    """The plans to which the department returns: what is awaited, and when it last spoke of its milestones there."""
    heard: dict[str, dt.datetime] = {}
    for line in view.milestones:
        heard[line.plan] = max(heard.get(line.plan, line.last_heard), line.last_heard)
    plans = await viewer.plans(heard)
    ordered = sorted(plans.values(), key=lambda plan: (plan.title.casefold(), plan.plan))
    return [_returning(viewer, plan) | {"heard": heard[plan.plan]} for plan in ordered]


def _returning(viewer: Viewer, plan: PlanState) -> dict[str, Any]:
    period = awaited(plan.reporting, viewer.today(plan)) if plan.reporting else None
    return {"plan": plan.plan, "title": plan.title, "period": period}
