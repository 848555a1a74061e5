"""Open data out: a plan as CSV, JSON, a calendar, OC4IDS, and the whole of its history; and what it all means."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic_core import to_json
from starlette.responses import Response, StreamingResponse

from schemas.states import MilestoneState, PlanState
from services.kit.mongo import Document
from services.plan_tracking.asking import as_json, fresh_for, seen
from services.plan_tracking.domain.exports import calendar_feed, oc4ids, rows
from services.plan_tracking.domain.exports.dictionary import FORMATS, described
from services.plan_tracking.domain.exports.document import Picture, document
from services.plan_tracking.domain.exports.records import may_see, mentions
from services.plan_tracking.domain.known import end_of
from services.plan_tracking.pictures import Pictures
from services.plan_tracking.viewer import Viewer, Viewers

LINES = 250
"""Records of the history that are judged and sent together."""


@dataclass(frozen=True, slots=True)
class Licence:
    """Under which the data is published: its name, and the address of its text."""

    name: str
    url: str

    @property
    def headers(self) -> dict[str, str]:
        """As a link in the headers of an answer (RFC 8288)."""
        return {"link": f'<{self.url}>; rel="license"'}


class Exports:
    """The doors beside the page of a plan; `address` is what the links to this service begin with."""

    def __init__(self, viewers: Viewers, pictures: Pictures, licence: Licence, address: str) -> None:
        self._viewers, self._pictures, self._licence, self._address = viewers, pictures, licence, address

    def router(self) -> APIRouter:
        """The routes; to be included before the pages, for a page's address has any ending."""
        router = APIRouter(tags=["open data"], default_response_class=Response)
        at = "/plans/{lead}/{slug}"
        router.add_api_route(f"{at}.csv", self.csv, methods=["GET", "HEAD"])
        router.add_api_route(f"{at}.ics", self.ics, methods=["GET", "HEAD"])
        router.add_api_route(f"{at}.oc4ids.json", self.oc4ids, methods=["GET", "HEAD"])
        router.add_api_route(f"{at}.json", self.json, methods=["GET", "HEAD"])
        router.add_api_route(f"{at}/history.jsonl", self.history)
        router.add_api_route("/data", self.data)
        return router

    async def csv(self, request: Request, lead: str, slug: str) -> Response:
        """The milestones as a table, one row each."""

        def make(picture: Picture) -> bytes:
            return rows.table(picture.shown, picture.today).encode()

        saved = {"content-disposition": f'attachment; filename="{lead}-{slug}.csv"'}
        return await self._answer(request, f"{lead}/{slug}", make, rows.MEDIA_TYPE, saved)

    async def json(self, request: Request, lead: str, slug: str) -> Response:
        """The states of the plan and its milestones, as they are."""

        def make(picture: Picture) -> bytes:
            return to_json({"licence": self._licence, **document(picture)})

        return await self._answer(request, f"{lead}/{slug}", make, "application/json")

    async def ics(self, request: Request, lead: str, slug: str) -> Response:
        """The dates as a calendar feed, to be subscribed to."""

        def make(picture: Picture) -> bytes:
            about = f"Milestones of {picture.plan.plan}. {self._licence.name}: {self._licence.url}"
            return calendar_feed.feed(picture.plan, picture.shown, self._page, about)

        return await self._answer(request, f"{lead}/{slug}", make, calendar_feed.MEDIA_TYPE)

    async def oc4ids(self, request: Request, lead: str, slug: str) -> Response:
        """The milestones in the Open Contracting for Infrastructure Data Standard."""
        uri = f"{self._address}/plans/{lead}/{slug}.oc4ids.json"

        def make(picture: Picture) -> bytes:
            return to_json(
                oc4ids.package(picture.plan, picture.shown, picture.today, uri=uri, licence=self._licence.url)
            )

        return await self._answer(request, f"{lead}/{slug}", make, oc4ids.MEDIA_TYPE)

    def _page(self, state: MilestoneState) -> str:
        return f"{self._address}/plans/{state.plan}/milestones/{state.milestone}"

    async def _answer(
        self,
        request: Request,
        name: str,
        make: Callable[[Picture], bytes],
        media_type: str,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """What is made of the plan as the caller sees it, beside the event loop; 304 to who has it already."""
        viewer = await self._viewers.of(request)
        plan = await seen(viewer, name)
        fresh = fresh_for(request, viewer, plan, media_type, request.url.path, self._licence)
        if unchanged := fresh.unchanged(request):
            return unchanged
        picture = await self._pictures.now(viewer, plan)
        body = await asyncio.to_thread(make, picture)
        said = {**fresh.headers, **self._licence.headers, **(headers or {})}
        return Response(body, media_type=media_type, headers=said)

    async def history(self, request: Request, lead: str, slug: str) -> Response:
        """Everything that was said of the plan, one CloudEvent on each line, in the order of acceptance.

        What names a milestone that the caller may not know of is left out, and so are Milepost's own records.
        """
        viewer = await self._viewers.of(request)
        plan = await seen(viewer, f"{lead}/{slug}")
        lines = self._lines(viewer, plan)
        saved = {"content-disposition": f'attachment; filename="{lead}-{slug}-history.jsonl"'}
        kept = "private, no-store" if viewer.departments else "public, no-cache"
        said = {**self._licence.headers, **saved, "cache-control": kept, "vary": "Authorization, Cookie"}
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=said)

    async def _lines(self, viewer: Viewer, plan: PlanState) -> AsyncIterator[bytes]:
        frozen = viewer.as_known_on(plan)
        some: list[Document] = []
        async for event in self._pictures.store.events(plan.plan):
            if frozen is None or dt.datetime.fromisoformat(event["acceptedtime"]) <= end_of(frozen):
                some.append(event)
            if len(some) == LINES:
                yield await _written(viewer, plan.plan, some)
                some = []
        yield await _written(viewer, plan.plan, some)

    async def data(self) -> Response:
        """What there is to take away, under which licence, and what every column and field of it means."""
        said = {
            "licence": self._licence,
            "formats": [{"address": f"/plans/LEAD/PLAN{ending}", "what": what} for ending, what in FORMATS.items()],
            "columns": [{"name": column.name, "meaning": column.meaning} for column in rows.COLUMNS],
            "parts": described(),
        }
        return await as_json(lambda: said, self._licence.headers)


async def _written(viewer: Viewer, plan: str, events: list[Document]) -> bytes:
    """The events that the reader may see, a line each."""
    sees = await viewer.sees({plan, *(node.plan for event in events for node in mentions(event))})
    return b"".join(to_json(event) + b"\n" for event in events if may_see(event, sees, viewer.departments))
