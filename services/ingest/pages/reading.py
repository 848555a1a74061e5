"""Reading: receipts, who has returned, and what was refused."""

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from schemas.names import PlanName
from services.ingest.pages.publishing import in_words
from services.ingest.pages.signing import Signing
from services.ingest.rejections import RejectionApi
from services.ingest.returns.collecting import CollectingApi
from services.ingest.returns.receipts import Receipts
from services.kit.http import Problem, read_body
from services.kit.web import Site, form_of, require_same_origin
from services.kit.words import moment_in_words


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages of what was published."""

    signing: Signing
    receipts: Receipts
    collecting: CollectingApi
    rejections: RejectionApi
    site: Site
    most_event_bytes: int

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False, prefix="/publish")
        router.add_api_route("/receipts/{identifier}", self.receipt, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/returns", self.board, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/rejections", self.refused, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/rejections/{identifier}", self.one, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/rejections/{identifier}", self.send, methods=["POST"], response_model=None)
        return router

    async def receipt(self, request: Request, identifier: str) -> Response:
        """What was published of a return, and what came of every row since."""
        caller = await self.signing.caller(request)
        if isinstance(caller, Response):
            return caller
        found = await self.receipts.find(identifier, caller)
        return self.site.page("receipt.html", departments=caller.identity.departments, found=found, in_words=in_words)

    async def board(self, request: Request, plan: PlanName) -> HTMLResponse:
        """Who has returned to a plan for the period, and by when it is due."""
        state, found = await self.collecting.board_of(request, plan)
        return self.site.page("board.html", departments=(), plan=state, board=found)

    async def refused(self, request: Request, before: str | None = None) -> Response:
        """What was refused of the reader's departments, newest first."""
        caller = await self.signing.caller(request)
        if isinstance(caller, Response):
            return caller
        found = await self.rejections.latest(request, before)
        return self.site.page("rejections.html", departments=caller.identity.departments, found=found, moment=moment)

    async def one(self, request: Request, identifier: str) -> Response:
        """One of them, to be mended."""
        caller = await self.signing.caller(request)
        if isinstance(caller, Response):
            return caller
        found = await self.rejections.one(request, identifier)
        return self.site.page(
            "rejection.html",
            departments=caller.identity.departments,
            found=found,
            said=None,
            problem=None,
            moment=moment,
        )

    async def send(self, request: Request, identifier: str) -> Response:
        """Sends the mended event."""
        require_same_origin(request)
        caller = await self.signing.caller(request)
        if isinstance(caller, Response):
            return caller
        kept = await self.rejections.mine(caller.identity, identifier)
        said = form_of(await read_body(request, 3 * self.most_event_bytes)).get("event", "")
        try:
            await self.rejections.answer(kept, said.encode(), caller.identity)
        except Problem as problem:
            if problem.status >= 500:
                raise
            found, who = self.rejections.shown(kept), caller.identity.departments
            context = {"found": found, "said": said, "problem": problem.body, "moment": moment}
            return self.site.page("rejection.html", problem.status, departments=who, **context)
        return RedirectResponse("/publish/rejections", 303)


def moment(said: str) -> str:
    """An instant in ISO 8601 as people read it."""
    return moment_in_words(dt.datetime.fromisoformat(said))
