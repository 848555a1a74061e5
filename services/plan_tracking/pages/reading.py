"""What the pages of a plan read alike: the plan and its milestones as one reader may see them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from schemas.states import MilestoneState, Node, PlanState
from schemas.topics import milestone_key
from services.kit.words import london_day
from services.plan_tracking.domain.directory import Directory, directory
from services.plan_tracking.domain.keys import needing
from services.plan_tracking.viewer import Viewer

MONTH = 30
"""Days."""


@dataclass(frozen=True, slots=True)
class Open:
    """A plan that a reader has opened."""

    viewer: Viewer
    plan: PlanState
    known: Directory


async def found(viewer: Viewer, name: str) -> Open | None:
    """The plan of that name, opened; None where there is none that the reader may see."""
    plan = await viewer.plan_state(name)
    return await opened(viewer, plan) if plan and plan.published else None


async def opened(viewer: Viewer, plan: PlanState) -> Open:
    """The plan with its milestones, and those of other plans that they speak of, as far as the reader may see them."""
    states = await viewer.milestone_states(plan.plan)
    nodes = {(node.plan, node.milestone): node for state in states for node in elsewhere(state)}
    mentioned = await viewer.mentioned(nodes.values()) if nodes else None
    seen = {key: state for key, node in nodes.items() if mentioned and (state := mentioned.state(plan.plan, node))}
    return Open(viewer, plan, directory(plan, states, {milestone_key(*key): state for key, state in seen.items()}))


def elsewhere(state: MilestoneState) -> Iterator[Node]:
    """The milestones of other plans that a milestone needs, or whose dates reach it."""
    causes = [state.cause] if state.cause else []
    return (node for node in (*causes, *state.path, *state.needs) if node.plan != state.plan)


async def lately(viewer: Viewer, plan: PlanState) -> dt.date:
    """The day that today is compared with, where no other is said: a month ago, or the plan's first."""
    first = await viewer.store.history_page(plan.plan, -1, 1)
    back = viewer.today(plan) - dt.timedelta(days=MONTH)
    return max(back, london_day(first[0][2].accepted)) if first else back


async def needing_from_elsewhere(of: Open) -> dict[str, list[MilestoneState]]:
    """The milestones of other plans that need one of this plan's, by its name, as far as the reader may see them."""
    name, found = of.plan.plan, defaultdict[str, list[MilestoneState]](list)
    others = [] if of.viewer.as_known_on(of.plan) else await of.viewer.milestones_by({needing(name)})
    for seen in others:
        for need in seen.state.needs if seen.as_known_on is None and seen.state.plan != name else ():
            if need.plan == name:
                found[need.milestone].append(seen.state)
    return found


def html_routes(*pages: tuple[str, object]) -> APIRouter:
    """Routes that answer with pages, to GET and HEAD."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    for path, page in pages:
        router.add_api_route(path, page, methods=["GET", "HEAD"], response_model=None)  # type: ignore[arg-type]
    return router
