"""Publishing a return by hand: choose a file, see what it means and whom it reaches, answer, publish."""

from dataclasses import dataclass
from typing import Any, get_args

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from schemas.dates import PreciseDate
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.model import Meaning
from services.ingest.pages.asked import NEW, UNREAD, as_sent
from services.ingest.pages.signing import Signing
from services.ingest.returns.caller import Caller
from services.ingest.returns.desk import Preview, ReturnDesk
from services.ingest.returns.form import Upload, checked, no_file, sent_form
from services.ingest.returns.shown import reach, understood
from services.ingest.settings import IngestSettings
from services.kit.http import Problem
from services.kit.web import Site, require_same_origin
from services.kit.words import day_in_words


@dataclass(frozen=True, slots=True)
class Publishing:
    """The pages of a return."""

    settings: IngestSettings
    signing: Signing
    desk: ReturnDesk
    site: Site

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/publish", self.begin, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/publish", self.take, methods=["POST"], response_model=None)
        return router

    async def begin(self, request: Request, plan: str = "", department: str = "") -> Response:
        """The form for a file."""
        caller = await self.signing.caller(request)
        return (
            caller
            if isinstance(caller, Response)
            else await self._form(caller, {"plan": plan, "department": department})
        )

    async def take(self, request: Request) -> Response:
        """Shows what a file means; with the button "Publish" it is published, and leads to the receipt."""
        require_same_origin(request)
        caller = await self.signing.caller(request)
        if isinstance(caller, Response):
            return caller
        async with sent_form(request, self.settings.most_return_bytes) as form:
            try:
                return await self._taken(form, caller)
            except Problem as problem:
                if problem.status >= 500:
                    raise
                return await self._form(caller, form, problem)

    async def _taken(self, form: FormData, caller: Caller) -> Response:
        upload, wanted = await _upload(form), checked(as_sent(form))
        caller.identity.require(wanted.department)
        asked = wanted.model_copy(update={"keep": True})
        preview = await self.desk.preview(await self.desk.sent(upload, asked), asked, caller)
        if not asked.publish:
            return await self._preview(preview, caller)
        try:
            published = await self.desk.publish(preview, caller)
        except Problem as problem:
            if problem.status >= 500:
                raise
            return await self._preview(preview, caller, problem)
        return RedirectResponse(f"/publish/receipts/{published.receipt['_id']}", 303)

    async def _preview(self, preview: Preview, caller: Caller, problem: Problem | None = None) -> HTMLResponse:
        effect = await self.desk.effect(preview, caller)
        draft = await self.desk.keep(preview.upload, preview.form)
        seen = understood(preview.reading, preview.proposed, effect)
        rows = [
            one for one in seen["milestones"] if one["changes"] or one["new"] or one["findings"] or not one["ready"]
        ]
        return self.site.page(
            "preview.html",
            problem.status if problem else 200,
            departments=caller.identity.departments,
            problem=problem.body if problem else None,
            form=preview.form.model_copy(update={"draft": draft}),
            file=preview.upload.name,
            seen=seen,
            rows=rows,
            unchanged=len(seen["milestones"]) - len(rows),
            changed=sum(one["ready"] and not one["new"] and bool(one["changes"]) for one in rows),
            in_words=in_words,
            reach=reach(effect) if effect else None,
            plan_known=preview.seen is not None,
            meanings=get_args(Meaning),
            dated=DATES,
            new=NEW,
            unread=UNREAD,
        )

    async def _form(self, caller: Caller, said: Any, problem: Problem | None = None) -> HTMLResponse:
        plans = await self.desk.elsewhere.names(caller.token)
        return self.site.page(
            "publish.html",
            problem.status if problem else 200,
            departments=caller.identity.departments,
            plans=plans,
            said={name: said.get(name) or "" for name in ("plan", "department", "project", "as_at")},
            problem=problem.body if problem else None,
        )


def in_words(said: Any) -> str:
    """A value of a row as people read it: dates in words, "not known" for none."""
    if said is None:
        return "not known"
    try:
        date = PreciseDate.model_validate(said)
    except ValidationError:
        return str(said)
    return day_in_words(date.date, date.precision)


async def _upload(form: FormData) -> Upload | None:
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        return Upload(file.filename, await file.read())
    if not form.get("draft"):
        raise no_file("choose a file")
    return None
