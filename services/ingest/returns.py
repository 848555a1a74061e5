"""HTTP in: a quarterly return's workbook, first as a preview, then published as events."""

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.types import Message

from schemas.dates import PlainDate
from schemas.names import Department, PlanName
from services.ingest.answers import problem, receipt
from services.ingest.domain.acceptance import Fault, Refusal, path, stamped
from services.ingest.domain.reported import events
from services.ingest.domain.returns.propose import Answers, Proposal, Proposed, propose
from services.ingest.domain.returns.read import read_return
from services.ingest.identify import KeyHolder
from services.ingest.readers.package import UnreadableWorkbook
from services.ingest.readers.workbook import read_workbook
from services.ingest.senders.log import EventLog
from services.ingest.settings import IngestSettings
from services.kit.http import correlation_id, read_body
from services.kit.logs import logger

log = logger(__name__)


def _titles(said: Any) -> Any:
    return dict(one.partition("=")[::2] for one in said) if isinstance(said, list) else said


class Form(BaseModel):
    """What is sent beside the file; `rename` is `SLOT=title`, and `include`, `rename`, `leave_out` may be repeated."""

    model_config = ConfigDict(extra="forbid")

    plan: PlanName
    department: Department
    project: str | None = None
    as_at: PlainDate | None = None
    include: frozenset[str] = frozenset()
    rename: Annotated[dict[str, str], BeforeValidator(_titles)] = {}
    leave_out: frozenset[str] = frozenset()
    publish: bool = False

    def answers(self) -> Answers:
        """The sender's answers as the domain takes them."""
        return Answers(**self.model_dump(exclude={"publish"}))


class ReturnApi:
    """The door for returns."""

    def __init__(
        self, settings: IngestSettings, holder: KeyHolder, events: EventLog, clock: Callable[[], dt.datetime]
    ) -> None:
        self._settings, self._holder, self._events, self._clock = settings, holder, events, clock

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(tags=["returns"])
        router.add_api_route("/returns", self.take, methods=["POST"])
        return router

    async def take(self, request: Request) -> JSONResponse:
        """Takes a workbook (multipart: `file`, `plan`, `department`); shows what was understood, or publishes it.

        Without `publish=true` nothing is written. To publish, `project` and `as_at` must be sent: they are read from
        the workbook, shown in the preview, and confirmed by sending them.
        """
        identity = await self._holder.of(request)
        content, form = await self._form(request)
        identity.require(form.department)
        proposed = await asyncio.to_thread(_proposed, content, form)
        if not form.publish:
            return JSONResponse({"published": False, **shown(proposed)})
        _require_confirmed(form, proposed)
        accepted = stamped(events(proposed, self._clock()), self._clock(), correlation_id())
        await self._events.append(accepted)
        log.info("return accepted", plan=form.plan, department=form.department, rows=len(accepted))
        receipts = [receipt(event, self._settings.ingest_url) for event in accepted]
        return JSONResponse({"published": True, "accepted": receipts, **shown(proposed)}, 202)

    async def _form(self, request: Request) -> tuple[bytes, Form]:
        body = await read_body(request, self._settings.most_return_bytes)

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async with Request(request.scope, replay).form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise problem(Refusal(422, "No file", (Fault("file", "send the workbook as multipart/form-data"),)))
            return await file.read(), _checked(form)


def _checked(form: FormData) -> Form:
    several = {name: form.getlist(name) for name in ("include", "rename", "leave_out") if name in form}
    single = {name: value for name, value in form.items() if name not in several and name != "file" and value != ""}
    try:
        return Form.model_validate({**single, **several})
    except ValidationError as error:
        faults = tuple(Fault(path(e["loc"]) or "form", e["msg"]) for e in error.errors())
        raise problem(Refusal(422, "The form is not valid", faults)) from error


def _proposed(content: bytes, form: Form) -> Proposed:
    try:
        return propose(read_return(read_workbook(content)), form.answers())
    except UnreadableWorkbook as error:
        raise problem(Refusal(422, "The file cannot be read", (Fault("file", str(error)),))) from error


def _require_confirmed(form: Form, proposed: Proposed) -> None:
    """Raises a 422 problem while project or as-at date are not confirmed, or no row can be published."""
    faults = [
        Fault(field, f"read from the workbook as {read}: confirm it by sending {field}={read}, or send another")
        for field, sent, read in (
            ("project", form.project, proposed.project),
            ("as_at", form.as_at, proposed.as_at),
        )
        if not sent
    ]
    if not faults and not proposed.ready:
        faults = [Fault("file", "no row can be published: see the findings in the preview")]
    if faults:
        raise problem(Refusal(422, "Not published", tuple(faults)))


def shown(proposed: Proposed) -> dict[str, Any]:
    """What was understood, row by row, with every finding."""
    kinds = Counter(f.kind for p in proposed.proposals for f in p.findings) + Counter(f.kind for f in proposed.findings)
    return {
        "plan": proposed.plan,
        "department": proposed.department,
        "project": proposed.project,
        "as_at": proposed.as_at.isoformat() if proposed.as_at else None,
        "period": proposed.period,
        "counts": {"rows": len(proposed.proposals), "ready": len(proposed.ready), **kinds},
        "milestones": [_row(proposal) for proposal in proposed.proposals],
        "findings": [asdict(finding) for finding in proposed.findings],
    }


def _row(proposal: Proposal) -> dict[str, Any]:
    row = proposal.row
    return {
        "sheet": row.sheet,
        "row": row.row,
        "slot": row.slot,
        "status": row.said,
        "milestone": proposal.name,
        "data": dict(proposal.data),
        "ready": proposal.ready,
        "findings": [asdict(finding) for finding in proposal.findings],
    }
