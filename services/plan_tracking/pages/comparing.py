"""Two dates of a plan beside each other: who moved between them, by how much and because of whom."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from schemas.dates import PreciseDate
from schemas.states import MilestoneState, PlanState
from services.kit.http import Problem
from services.kit.web import Site
from services.kit.words import london_day
from services.plan_tracking.asking import moment_asked
from services.plan_tracking.domain.board_pack import CHANGES
from services.plan_tracking.domain.charts.chart import chart
from services.plan_tracking.domain.charts.model import WIDTH
from services.plan_tracking.domain.compare import Moved, compare
from services.plan_tracking.domain.directory import Directory, directory
from services.plan_tracking.domain.floats import outlook
from services.plan_tracking.domain.known import Known
from services.plan_tracking.domain.sentences import STATUS_WORDS, tally
from services.plan_tracking.pages.reading import html_routes, lately
from services.plan_tracking.pictures import Pictures
from services.plan_tracking.viewer import Viewer, Viewers


class ComparePage:
    """The page on which two dates are compared."""

    def __init__(self, viewers: Viewers, pictures: Pictures, site: Site) -> None:
        self._viewers, self._pictures, self._site = viewers, pictures, site

    def router(self) -> APIRouter:
        """The route."""
        return html_routes(("/plans/{lead}/{slug}/compare", self.compare))

    async def compare(self, request: Request, lead: str, slug: str) -> HTMLResponse:
        """The plan on the day `from` and on the day `to`; what cannot be compared is said on the form."""
        viewer, query = await self._viewers.of(request), request.query_params
        plan = await viewer.plan_state(f"{lead}/{slug}")
        if plan is None or not plan.published:
            return self._site.not_found("plan")
        today = viewer.today(plan)
        said = query.get("from", "").strip() or (await lately(viewer, plan)).isoformat()
        asked = {"from": said, "to": query.get("to", "").strip() or today.isoformat()}
        try:
            both = await self._both(viewer, plan, asked)
        except Problem as problem:
            shown = {"asked": asked, "wrong": problem.body["detail"], "plan": plan}
            return self._site.page("compare.html", problem.status, **shown, found=None)
        found = await asyncio.to_thread(_found, *both)
        return self._site.page("compare.html", plan=plan, asked=asked, wrong=None, found=found)

    async def _both(self, viewer: Viewer, plan: PlanState, asked: dict[str, str]) -> tuple[Known, Known]:
        now = viewer.clock()
        first, last = (moment_asked(field, asked[field], now) for field in ("from", "to"))
        if first > last:
            raise Problem(422, "The request is not valid", "the first date is later than the second: exchange them")
        before, after = [await self._pictures.known(viewer, plan, moment) for moment in (first, last)]
        return before, replace(after, moment=min(after.moment, now))


def _found(before: Known, after: Known) -> dict[str, object]:
    """What the page shows: whoever differs, and a chart on which the earlier date stands where the agreed one does."""
    moved = compare(before, after)
    known, today = directory(after.plan, after.milestones.values()), london_day(after.moment)
    drawn = Directory(known.plan, dict(_drawn(before, after, moved)), known.hidden, known.departments)
    ends = [outlook(one.plan, one.milestones.values()) for one in (before, after)]
    counts = [tally(one.milestones.values()) for one in (before, after)]
    return {
        "moved": moved,
        "known": known,
        "changes": CHANGES,
        "later": sum((one.days or 0) > 0 for one in moved),
        "earlier": sum((one.days or 0) < 0 for one in moved),
        "ends": [one.projected if one else None for one in ends],
        "counts": [(words, counts[0][status], counts[1][status]) for status, words in STATUS_WORDS.items()],
        "chart": chart(after.plan, drawn, today) if drawn.milestones else None,
        "chart_width": WIDTH,
    }


def _drawn(before: Known, after: Known, moved: list[Moved]) -> Iterator[tuple[str, MilestoneState]]:
    for one in moved:
        state, was = after.milestones[one.milestone], one.before
        then = PreciseDate(date=was) if was else None
        if one.days and state.listed:
            yield one.milestone, state.model_copy(update={"baseline": then, "slip": one.days, "needs": ()})
