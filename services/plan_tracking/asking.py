"""What every door that shows a plan asks alike: the plan, a moment, and whether the caller has the answer already."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from fastapi import Request
from pydantic_core import to_json
from starlette.responses import Response

from schemas.states import PlanState
from services.kit.conditional import Fresh, fresh
from services.kit.http import Problem
from services.plan_tracking.domain.moments import moment
from services.plan_tracking.viewer import Viewer

T = TypeVar("T")
Shown = TypeVar("Shown")


async def seen(viewer: Viewer, name: str) -> PlanState:
    """The plan; raises a 404 problem where there is none that the caller may see."""
    plan = await viewer.plan_state(name)
    if plan is None:
        raise Problem(404, "No such plan", f"{name}: there is no such plan, or it is not public")
    return plan


def moment_asked(field: str, said: str, now: dt.datetime) -> dt.datetime:
    """The moment that a field of the query names; raises a 422 problem that names the field."""
    try:
        return moment(said, now)
    except ValueError as error:
        errors = [{"field": field, "detail": str(error)}]
        raise Problem(422, "The request is not valid", f"{field}: {error}", errors=errors) from None


async def page(
    read: Callable[[str, int], Awaitable[Sequence[T]]],
    show: Callable[[Sequence[T]], Awaitable[Sequence[Shown]]],
    name: Callable[[T | Shown], str],
    after: str,
    limit: int,
) -> tuple[list[Shown], str | None]:
    """The first things after a name that may be shown, and the last one's name; None when there are no more.

    `read` answers the first of those after a name, by name; `show` those among them that the caller may see. Never is
    one that it may not see the end of a page, for that would name it.
    """
    shown: list[Shown] = []
    while len(shown) < limit:
        some = await read(after, limit)
        shown += await show(some)
        if len(some) < limit:
            return shown[:limit], name(shown[limit - 1]) if len(shown) > limit else None
        after = name(some[-1])
    return shown[:limit], name(shown[limit - 1])


def fresh_for(request: Request, viewer: Viewer, plan: PlanState, *parts: object) -> Fresh:
    """What the answer about a plan follows from: its version, the caller's view of it, and the day.

    What a caller may know of milestones in other plans is looked at anew when the plan moves, and each day.
    """
    view = sorted(viewer.departments), viewer.today(plan), viewer.as_known_on(plan)
    return fresh(request, plan.plan, plan.version, view, *parts, private=bool(viewer.departments))


async def as_json(make: Callable[[], object], headers: dict[str, str] | None = None) -> Response:
    """What `make` makes, as JSON; a large plan is made and written beside the event loop."""
    body = await asyncio.to_thread(lambda: to_json(make()))
    return Response(body, media_type="application/json", headers=headers)
