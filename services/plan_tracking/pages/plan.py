"""The page of a plan: how it stands, its chart and its table, arranged as the address says."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from schemas.states import MilestoneState, PlanState
from services.kit.web import Site
from services.plan_tracking.asking import fresh_for
from services.plan_tracking.domain import sentences, table
from services.plan_tracking.domain.arrange import GROUPS, RANGES, SORTS, Arrangement, arranged
from services.plan_tracking.domain.charts.chart import chart
from services.plan_tracking.domain.charts.model import WIDTH
from services.plan_tracking.pages.kept import Kept
from services.plan_tracking.pages.reading import Open, elsewhere, html_routes, lately, needing_from_elsewhere, opened
from services.plan_tracking.viewer import Viewer, Viewers

FRESH = 10.0
"""Seconds for which a page that speaks of other plans is kept: what may be seen of them changes without this one."""


class PlanPage:
    """The page of one plan."""

    def __init__(self, viewers: Viewers, site: Site) -> None:
        self._viewers, self._site, self._kept = viewers, site, Kept()

    def router(self) -> APIRouter:
        """The route."""
        return html_routes(("/plans/{lead}/{slug}", self.plan))

    async def plan(self, request: Request, lead: str, slug: str) -> Response:
        """The plan as the reader may see it; 304 to who has it already."""
        viewer = await self._viewers.of(request)
        plan = await viewer.plan_state(f"{lead}/{slug}")
        if plan is None or not plan.published:
            return self._site.not_found("plan")
        fresh = fresh_for(request, viewer, plan, "page", str(request.url.query), self._site.version)
        if unchanged := fresh.unchanged(request):
            return unchanged
        body = self._kept.get(fresh.etag) or await self._made(viewer, plan, request, fresh.etag)
        return HTMLResponse(body, headers=fresh.headers)

    async def _made(self, viewer: Viewer, plan: PlanState, request: Request, etag: str) -> bytes:
        there = await opened(viewer, plan)
        needing, how = await needing_from_elsewhere(there), Arrangement.of(request.query_params)
        body = await asyncio.to_thread(self._page, there, needing, how, await lately(viewer, plan))
        crosses = any(node.plan != plan.plan for state in there.known.milestones.values() for node in elsewhere(state))
        self._kept.keep(etag, body, FRESH if crosses or needing else None)
        return body

    def _page(
        self, of: Open, needing: Mapping[str, Sequence[MilestoneState]], how: Arrangement, since: dt.date
    ) -> bytes:
        today, known = of.viewer.today(of.plan), of.known
        states = list(known.milestones.values())
        groups = arranged(of.plan, known, how, today)
        outlook, last = sentences.outlook(of.plan, known)
        page = self._site.page(
            "plan.html",
            plan=of.plan,
            known=known,
            today=today,
            how=how,
            choices={"group": GROUPS, "range": RANGES, "sort": SORTS},
            filters=_filters(of),
            summary=sentences.summary(states, today),
            counts=sentences.tally(states),
            outlook=outlook,
            last=table.line(last, known, today) if last else None,
            late=sentences.days_late(of.plan, last),
            chart=chart(of.plan, known, today, how, needing),
            chart_width=WIDTH,
            groups=table.lines(groups, known, today),
            shown=sum(len(states) for _, states in groups),
            heard=max((state.last_heard for state in states), default=None),
            since=since,
            leads=of.plan.lead in of.viewer.departments,
        )
        return bytes(page.body)


def _filters(of: Open) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen: values and words."""
    departments = {state.department for state in of.known.milestones.values()}
    titles = sorted((of.known.department(name), name) for name in departments)
    return {
        "department": [("", "All"), *((name, title) for title, name in titles)],
        "status": [("", "All"), *sentences.STATUS_WORDS.items()],
        "place": [("", "All"), *((place.code, place.name) for place in of.plan.places)],
    }
