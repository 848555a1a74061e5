"""What changed between two moments, out: as JSON, and as a board pack to print or to file."""

import asyncio
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import HTMLResponse, Response

from services.kit.http import Problem
from services.kit.web import Site
from services.kit.words import london_day
from services.plan_tracking.asking import as_json, moment_asked, seen
from services.plan_tracking.domain.board_pack import BoardPack, board_pack
from services.plan_tracking.domain.compare import Moved, compare
from services.plan_tracking.domain.known import Known
from services.plan_tracking.pictures import Pictures
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.workbook import MEDIA_TYPE, workbook

_MOVED = TypeAdapter(list[Moved])

Since = Annotated[str, Query(alias="from")]
"""A date (its end in London) or an instant."""


class Packs:
    """The doors to differences."""

    def __init__(self, viewers: Viewers, pictures: Pictures, site: Site) -> None:
        self._viewers, self._pictures, self._site = viewers, pictures, site

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["plans"])
        router.add_api_route("/api/plans/{lead}/{slug}/compare", self.compare)
        router.add_api_route("/plans/{lead}/{slug}/board-pack.xlsx", self.workbook, response_class=Response)
        router.add_api_route("/plans/{lead}/{slug}/board-pack", self.page, response_class=HTMLResponse)
        return router

    async def compare(self, request: Request, lead: str, slug: str, since: Since, to: str | None = None) -> Response:
        """Every milestone that differs between two moments (to the present, without `to`), the furthest moved first.

        `days` is how much later it is projected; `cause` whose own date drives it now.
        """
        before, after = await self._both(request, f"{lead}/{slug}", since, to)

        def make() -> object:
            moved = _MOVED.dump_python(compare(before, after))
            return {"plan": after.plan.plan, "from": before.moment, "to": after.moment, "moved": moved}

        return await as_json(make)

    async def workbook(self, request: Request, lead: str, slug: str, since: Since, to: str | None = None) -> Response:
        """The board pack as an Excel workbook."""
        before, after = await self._both(request, f"{lead}/{slug}", since, to)
        body = await asyncio.to_thread(lambda: workbook(_pack(before, after)))
        name = f"{lead}-{slug}-{london_day(after.moment)}.xlsx"
        return Response(body, media_type=MEDIA_TYPE, headers={"content-disposition": f'attachment; filename="{name}"'})

    async def page(self, request: Request, lead: str, slug: str, since: Since, to: str | None = None) -> Response:
        """The board pack as a page that prints on A4."""
        pack = _pack(*await self._both(request, f"{lead}/{slug}", since, to))
        return await asyncio.to_thread(lambda: self._site.page("board_pack.html", pack=pack))

    async def _both(self, request: Request, name: str, since: str, to: str | None) -> tuple[Known, Known]:
        """The plan as the caller may see it, as known at both moments; today as far as it has come."""
        viewer = await self._viewers.of(request)
        plan, now = await seen(viewer, name), viewer.clock()
        first, last = moment_asked("from", since, now), moment_asked("to", to or london_day(now).isoformat(), now)
        if first > last:
            raise Problem(422, "The request is not valid", f"from: {since} is later than {to or 'now'}")
        known = [await self._pictures.known(viewer, plan, moment) for moment in (first, last)]
        before, after = (replace(one, moment=min(one.moment, now)) for one in known)
        return before, after


def _pack(before: Known, after: Known) -> BoardPack:
    return board_pack(before, after, london_day(after.moment))
