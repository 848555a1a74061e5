"""HTML out: for a plan's lead, the departments that publish milestones of it and wait to be listed."""

import datetime as dt
import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from schemas.states import MilestoneState, PlanState
from services.kit.web import Site
from services.plan_tracking.asking import seen
from services.plan_tracking.pages.reading import html_routes
from services.plan_tracking.viewer import Viewer, Viewers


@dataclass(frozen=True, slots=True)
class WaitingDepartment:
    """A department that waits: its milestones by name, and the event that lists it, as JSON."""

    department: str
    milestones: tuple[MilestoneState, ...]
    event: str


class WaitingPage:
    """The page of who waits."""

    def __init__(self, viewers: Viewers, site: Site) -> None:
        self._viewers, self._site = viewers, site

    def router(self) -> APIRouter:
        """The route."""
        return html_routes(("/plans/{lead}/{slug}/waiting", self.waiting))

    async def waiting(self, request: Request, lead: str, slug: str) -> HTMLResponse:
        """The departments to list, for the lead alone; to all others how to sign in."""
        viewer = await self._viewers.of(request)
        plan = await seen(viewer, f"{lead}/{slug}")
        if plan.lead not in viewer.departments:
            return self._site.page("waiting.html", 403, plan=plan, leads=False, departments=[])
        return self._site.page("waiting.html", plan=plan, leads=True, departments=await _waiting(viewer, plan))


async def _waiting(viewer: Viewer, plan: PlanState) -> list[WaitingDepartment]:
    of: dict[str, list[MilestoneState]] = defaultdict(list)
    for state in await viewer.milestone_states(plan.plan):
        if not state.listed:
            of[state.department].append(state)
    now = viewer.clock()
    return [WaitingDepartment(name, tuple(its), _listing(plan, name, now)) for name, its in sorted(of.items())]


def _listing(plan: PlanState, department: str, now: dt.datetime) -> str:
    """The event that lists a department, for the lead to send."""
    time = now.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": f"list-{department}-{time}",
        "source": f"/{plan.lead}",
        "type": "org.milepost.contributor.listed.v1",
        "subject": plan.plan,
        "plan": plan.plan,
        "time": time,
        "data": {"department": department, "title": department},
    }
    return json.dumps(event, indent=1)
