"""Publishing a return by hand: choose a file, see what it means and whom it reaches, answer, publish."""

from dataclasses import dataclass, field, replace
from typing import Any, get_args

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from schemas.dates import PreciseDate
from services.ingest.domain.returns.columns import DATES
from services.ingest.domain.returns.model import Meaning
from services.ingest.pages.asked import NEW, UNREAD, as_sent
from services.ingest.pages.progress import MOMENT, Underway, Work
from services.ingest.pages.signing import Signing
from services.ingest.returns.caller import Caller
from services.ingest.returns.desk import Preview, ReturnDesk, Step, Tell
from services.ingest.returns.form import Form, Upload, checked, no_file, sent_form
from services.ingest.returns.shown import reach, understood
from services.ingest.settings import IngestSettings
from services.kit.http import Problem
from services.kit.web import Site, require_same_origin
from services.kit.words import day_in_words

REFRESH_SECONDS, ASKED_AGAIN = 3, 0.5
"""How often the page of a long file asks again, and for how many seconds it then waits."""

STEPS: dict[Step, str] = {
    "reading": "Reading the file",
    "comparing": "Comparing it with today's plan",
    "publishing": "Publishing it",
}


@dataclass(frozen=True, slots=True)
class Publishing:
    """The pages of a return."""

    settings: IngestSettings
    signing: Signing
    desk: ReturnDesk
    site: Site
    underway: Underway = field(default_factory=Underway)

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/publish", self.begin, methods=["GET", "HEAD"], response_model=None)
        router.add_api_route("/publish", self.take, methods=["POST"], response_model=None)
        router.add_api_route(
            "/publish/progress/{identifier}", self.progress, methods=["GET", "HEAD"], response_model=None
        )
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
            said = as_sent(form)
            try:
                asked = checked(said)
                caller.identity.require(asked.department)
                upload = await self.desk.sent(await _upload(form), asked)
            except Problem as problem:
                if problem.status >= 500:
                    raise
                return await self._form(caller, form, problem)
        draft = await self.desk.keep(upload, asked)
        return await self._taken(replace(upload, draft=draft), asked.model_copy(update={"draft": draft}), said, caller)

    async def _taken(self, upload: Upload, asked: Form, said: FormData, caller: Caller) -> Response:
        """What came of it, or the way to where that will be shown."""
        work = self._begun(upload, asked, caller)
        if page := await work.within(MOMENT):
            return page
        fields = [(name, value) for name, value in said.multi_items() if isinstance(value, str) and name != "draft"]
        fields.append(("draft", upload.draft or ""))
        identifier = await self.desk.drafts.ask(asked.department, fields, work.begun)
        self.underway.keep(identifier, work)
        return RedirectResponse(f"/publish/progress/{identifier}", 303)

    async def progress(self, request: Request, identifier: str) -> Response:
        """What came of a long file, or how far it is; a page that asks again by itself until it is done."""
        caller = await self.signing.caller(request)
        if isinstance(caller, Response):
            return caller
        work = self.underway.of(identifier) or await self._again(identifier, caller)
        caller.identity.require(work.department)
        page = await work.within(ASKED_AGAIN)
        seconds = round((self.desk.clock() - work.begun).total_seconds())
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"file": work.file, "step": "done" if page else work.step, "seconds": seconds})
        return page or self._underway(work, seconds, caller)

    def _underway(self, work: Work, seconds: int, caller: Caller) -> HTMLResponse:
        steps = {step: words for step, words in STEPS.items() if step != "publishing" or work.publish}
        who = caller.identity.departments
        page = self.site.page("progress.html", departments=who, work=work, steps=steps, seconds=seconds)
        page.headers["Refresh"] = str(REFRESH_SECONDS)
        return page

    def _begun(self, upload: Upload, asked: Form, caller: Caller) -> Work:
        work = Work(asked.department, upload.name, asked.publish, self.desk.clock())
        return work.start(lambda tell: self._outcome(upload, asked, caller, tell))

    async def _again(self, identifier: str, caller: Caller) -> Work:
        """The same on this replica, which has not begun it or has forgotten it: looked at, and never published."""
        said = await self.desk.drafts.asked(identifier)
        if said is None:
            raise Problem(404, "Not kept any more", "The file was kept for a day, or never sent: send it again")
        asked = checked(FormData([*said])).model_copy(update={"publish": False})
        caller.identity.require(asked.department)
        upload = await self.desk.sent(None, asked)
        return self.underway.keep(identifier, self._begun(upload, asked, caller))

    async def _outcome(self, upload: Upload, asked: Form, caller: Caller, tell: Tell) -> Response:
        try:
            preview = await self.desk.preview(upload, asked, caller, tell)
        except Problem as problem:
            if problem.status >= 500:
                raise
            return await self._form(caller, asked.model_dump(), problem)
        if not asked.publish:
            return await self._preview(preview, caller)
        tell("publishing")
        try:
            published = await self.desk.publish(preview, caller)
        except Problem as problem:
            if problem.status >= 500:
                raise
            return await self._preview(preview, caller, problem)
        return RedirectResponse(f"/publish/receipts/{published.receipt['_id']}", 303)

    async def _preview(self, preview: Preview, caller: Caller, problem: Problem | None = None) -> HTMLResponse:
        effect = await self.desk.effect(preview, caller)
        seen = understood(preview.reading, preview.proposed, effect)
        rows = [
            one for one in seen["milestones"] if one["changes"] or one["new"] or one["findings"] or not one["ready"]
        ]
        return self.site.page(
            "preview.html",
            problem.status if problem else 200,
            departments=caller.identity.departments,
            problem=problem.body if problem else None,
            form=preview.form,
            shown=self.desk.shown(preview),
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
