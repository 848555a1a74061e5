"""The page of a milestone: its dates, why they are what they are, what waits for it, and everything that was said."""

import datetime as dt
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from schemas.alerts import Alert
from schemas.states import Node
from services.kit.web import Site
from services.plan_tracking.dependents import Dependents, dependents
from services.plan_tracking.domain import sentences, table
from services.plan_tracking.domain.credibility import credibility
from services.plan_tracking.domain.history import HistoryEntry, story
from services.plan_tracking.domain.masks import masked
from services.plan_tracking.domain.outcome_words import pounds
from services.plan_tracking.domain.sentences import LastMove
from services.plan_tracking.domain.week import DAYS, last_move, move
from services.plan_tracking.pages.reading import Open, found, html_routes
from services.plan_tracking.viewer import Viewers

Answered = Callable[[str, str], Sequence[Alert]]
"""The alerts about a milestone (of a plan) that hold and that an office has answered."""


def unanswered(_plan: str, _milestone: str) -> Sequence[Alert]:
    """No office has answered anything."""
    return ()


class MilestonePage:
    """The page of one milestone."""

    def __init__(self, viewers: Viewers, site: Site, answers: Answered) -> None:
        self._viewers, self._site, self._answers = viewers, site, answers

    def router(self) -> APIRouter:
        """The route."""
        return html_routes(("/plans/{lead}/{slug}/milestones/{milestone:path}", self.milestone))

    async def milestone(self, request: Request, lead: str, slug: str, milestone: str) -> HTMLResponse:
        """The milestone as the reader may see it."""
        viewer = await self._viewers.of(request)
        there = await found(viewer, f"{lead}/{slug}")
        if there is None or milestone not in there.known.milestones:
            return self._site.not_found("milestone")
        plan = there.plan
        sees = await viewer.sees({plan.plan})
        states = [masked(state, sees) for state in there.known.milestones.values()]
        needing = await dependents(viewer, plan, milestone, states)
        told = await viewer.masked_history(plan.plan, milestone)
        return self._page(there, milestone, told, needing, await _cause_moved(there, milestone))

    def _page(
        self, of: Open, name: str, told: list[HistoryEntry], needing: Dependents, moved: LastMove | None
    ) -> HTMLResponse:
        today, known, plan = of.viewer.today(of.plan), of.known, of.plan
        state = known.milestones[name]
        since = of.viewer.clock() - dt.timedelta(days=DAYS)
        return self._site.page(
            "milestone.html",
            plan=plan,
            known=known,
            today=today,
            line=table.line(state, known, today),
            why=sentences.why(state, known, moved),
            path=[(known.step(node), known.state(node)) for node in state.path],
            replaced_by=known.step(Node(plan=plan.plan, milestone=state.replaced_by)) if state.replaced_by else None,
            dependents=table.dependents(name, known),
            elsewhere=[one for one in needing.shown if one.plan != plan.plan],
            hidden_plans=needing.hidden_plans,
            history=story(told, known),
            answered=[] if of.viewer.as_known_on(plan) else self._answers(plan.plan, name),
            credibility=credibility(told),
            confidence=sentences.confidence_words(state),
            pounds=pounds,
            lately=move(plan, state, told, since),
            original_slip=_days(state.projected, state.original_baseline.date if state.original_baseline else None),
            reason_given=sentences.reason_given(state.reason) if state.reason else None,
        )


async def _cause_moved(of: Open, name: str) -> LastMove | None:
    """When the owner of what drives the milestone's date last moved it, and by how many days."""
    cause = of.known.milestones[name].cause
    if cause is None or (cause.plan, cause.milestone) == (of.plan.plan, name) or of.known.state(cause) is None:
        return None
    return last_move(await of.viewer.history(cause.plan, cause.milestone))


def _days(later: dt.date | None, earlier: dt.date | None) -> int | None:
    return None if later is None or earlier is None else (later - earlier).days
