"""The doors by which returns are collected: the board of who has returned, and templates to return on."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from schemas.names import Department, PlanName, project_of
from schemas.reporting import Period
from schemas.states import PlanState
from services.ingest.documented import refusals
from services.ingest.domain.board import Board, board
from services.ingest.domain.returns.names import slug_of
from services.ingest.domain.returns.template import lines
from services.ingest.identify import KeyHolder
from services.ingest.returns.caller import token_of
from services.ingest.returns.elsewhere import Elsewhere, Seen
from services.ingest.returns.template import Front, text_file, workbook
from services.ingest.store.returns import ReturnStore
from services.kit.http import Problem
from services.kit.words import london_day

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

_FILES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file", "content": {kind: {} for kind in _TYPES.values()}}
}


@dataclass(frozen=True, slots=True)
class CollectingApi:
    """Doors for whoever may see the plan; without a key that is everybody, for a public one."""

    holder: KeyHolder
    elsewhere: Elsewhere
    returns: ReturnStore
    clock: Callable[[], dt.datetime]

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["returns"], responses=refusals(401, 404, 422, 429, 503))
        router.add_api_route("/returns", self.board)
        router.add_api_route("/template", self.template, response_class=Response, responses=_FILES)
        return router

    async def board(self, request: Request, plan: PlanName) -> dict[str, Any]:
        """Who has returned to a plan for the period that is due next, and by when it is due."""
        state, found = await self.board_of(request, plan)
        return {
            "plan": plan,
            "title": state.title,
            "period": _period(found.period) if found.period else None,
            "departments": [{**asdict(one), "last": one.last.isoformat() if one.last else None} for one in found.lines],
        }

    async def board_of(self, request: Request, plan: str) -> tuple[PlanState, Board]:
        """The same for a page; raises a 404 problem where the caller may see no such plan."""
        state, _ = await self._seen(request, plan)
        return state, board(state, await self.returns.returned(plan), london_day(self.clock()))

    async def template(
        self,
        request: Request,
        plan: PlanName,
        department: Department,
        project: Annotated[str | None, Query(description="one project only")] = None,
        format: Literal["xlsx", "csv"] = "xlsx",  # noqa: A002 - the word that people look for
    ) -> Response:
        """A workbook or CSV file, prefilled with the department's milestones as the caller may see them today."""
        _, seen = await self._seen(request, plan)
        prefilled = lines(seen.milestones.values(), department, slug_of(project))
        projects = {project_of(str(line[0])) for line in prefilled}
        only = project or (projects.pop() if len(projects) == 1 else None)
        if format == "csv":
            return _file(text_file(prefilled), department, format)
        front = Front(plan, department, only, london_day(self.clock()))
        return _file(await asyncio.to_thread(workbook, front, prefilled), department, format)

    async def _seen(self, request: Request, plan: str) -> tuple[PlanState, Seen]:
        seen = await self.elsewhere.plan(plan, await token_of(request, self.holder))
        if seen is None:
            detail = "Plan-tracking does not answer: ask again"
            raise Problem(503, "Not known now", detail, headers={"Retry-After": "2"})
        if seen.plan is None:
            raise Problem(404, "No such plan", f"{plan}: there is no such plan, or it is not public")
        return seen.plan, seen


def _file(content: bytes, department: str, kind: str) -> Response:
    name = f'attachment; filename="{department}-return.{kind}"'
    return Response(content, media_type=_TYPES[kind], headers={"Content-Disposition": name})


def _period(period: Period) -> dict[str, str]:
    return {name: str(said) for name, said in asdict(period).items()}
