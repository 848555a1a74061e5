"""The pages: every public plan, one plan with its chart and table, one milestone with its story."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from schemas.states import MilestoneState, Node, PlanState
from services.kit.web import Site
from services.kit.words import london_day
from services.plan_tracking.domain import sentences, table
from services.plan_tracking.domain.charts.chart import chart
from services.plan_tracking.domain.charts.model import WIDTH
from services.plan_tracking.domain.directory import Directory, directory, is_public
from services.plan_tracking.domain.history import HistoryEntry, story

TEMPLATES = Path(__file__).with_name("templates")


class Reader(Protocol):
    """What the pages read."""

    async def plan_state(self, plan: str) -> PlanState | None:
        """The state of a plan, or None."""

    async def plan_states(self) -> list[PlanState]:
        """The states of all plans."""

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """The states of a plan's milestones."""

    async def history(self, plan: str, milestone: str) -> list[HistoryEntry]:
        """Everything accepted about a milestone."""


def pages(reader: Reader, clock: Callable[[], dt.datetime], site: Site) -> APIRouter:
    """The routes of the pages; `clock` answers the present instant, `site` is made of TEMPLATES.

    Only public plans and listed milestones are shown; to everything else the answer is 404, as if it were not there.
    """
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    async def found(plan: str) -> tuple[PlanState, Directory] | None:
        state = await reader.plan_state(plan)
        if state is None or not is_public(state):
            return None
        return state, directory(state, await reader.milestone_states(plan))

    @router.api_route("/", methods=["GET", "HEAD"])
    async def plans() -> HTMLResponse:
        states = sorted((s for s in await reader.plan_states() if is_public(s)), key=lambda s: s.title.casefold())
        return site.page("plans.html", plans=[(state, _counts(state)) for state in states])

    @router.api_route("/plans/{lead}/{slug}", methods=["GET", "HEAD"])
    async def plan(lead: str, slug: str) -> HTMLResponse:
        there = await found(f"{lead}/{slug}")
        if there is None:
            return site.not_found("plan")
        return await asyncio.to_thread(_plan_page, site, *there, _today(there[0], clock))

    @router.api_route("/plans/{lead}/{slug}/milestones/{milestone:path}", methods=["GET", "HEAD"])
    async def milestone(lead: str, slug: str, milestone: str) -> HTMLResponse:
        there = await found(f"{lead}/{slug}")
        if there is None or milestone not in there[1].milestones:
            return site.not_found("milestone")
        entries = await reader.history(f"{lead}/{slug}", milestone)
        return _milestone_page(site, *there, milestone, entries, _today(there[0], clock))

    return router


def _today(plan: PlanState, clock: Callable[[], dt.datetime]) -> dt.date:
    """The day that everybody knows of: on hold, no later than the plan's."""
    today = london_day(clock())
    return min(today, plan.hold) if plan.hold else today


def _counts(plan: PlanState) -> dict[str, int]:
    """A plan's milestones by status, in the order of the words."""
    counts: Counter[str] = Counter()
    for department in plan.counts.values():
        counts.update(department.statuses)
    return {status: counts[status] for status in sentences.STATUS_WORDS}


def _plan_page(site: Site, plan: PlanState, known: Directory, today: dt.date) -> HTMLResponse:
    states = list(known.milestones.values())
    outlook, last = sentences.outlook(plan, known)
    return site.page(
        "plan.html",
        plan=plan,
        known=known,
        today=today,
        summary=sentences.summary(states, today),
        counts=sentences.tally(states),
        outlook=outlook,
        last=table.line(last, known, today) if last else None,
        chart=chart(plan, known, today),
        chart_width=WIDTH,
        groups=table.lines(plan, known, today),
        heard=max((state.last_heard for state in states), default=None),
    )


def _milestone_page(
    site: Site, plan: PlanState, known: Directory, name: str, entries: list[HistoryEntry], today: dt.date
) -> HTMLResponse:
    state = known.milestones[name]
    return site.page(
        "milestone.html",
        plan=plan,
        known=known,
        line=table.line(state, known, today),
        path=[(known.step(node), known.state(node)) for node in state.path],
        replaced_by=known.step(Node(plan=plan.plan, milestone=state.replaced_by)) if state.replaced_by else None,
        dependents=table.dependents(name, known),
        history=story(entries, known),
        original_slip=_days(state.projected, state.original_baseline.date if state.original_baseline else None),
        reason_given=sentences.reason_given(state.reason) if state.reason else None,
    )


def _days(later: dt.date | None, earlier: dt.date | None) -> int | None:
    return None if later is None or earlier is None else (later - earlier).days
