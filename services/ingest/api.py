"""HTTP in: events, what came of them, and sessions."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from schemas.bindings import Attributes, BadBinding, from_http, media_type, require_utf8
from schemas.envelope import BATCH, FORMATS, STRUCTURED
from services.ingest.answers import problem, receipts, reused, tried
from services.ingest.asked import DRY_RUN, is_dry_run
from services.ingest.documented import EVENT_REQUEST, EVENT_RESPONSES, refusals
from services.ingest.domain.acceptance import Admitted, Fault, Refusal, admit, written
from services.ingest.domain.batch import Judged, judge
from services.ingest.identify import KeyHolder
from services.ingest.reuse import Recent
from services.ingest.senders.log import EventLog, not_yet
from services.ingest.settings import IngestSettings
from services.ingest.store.rejections import RejectionStore
from services.kit.http import CORRELATION, PROBLEM, Plain, Problem, correlation_id, read_body
from services.kit.identity import COOKIE, SESSION_SECONDS, Identity, Sessions, bearer, unknown
from services.kit.logs import logger
from services.kit.mongo import Document

log = logger(__name__)

Answer = dict[str, Any] | Problem
"""To one event that was admitted."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class EventApi:
    """The doors for events."""

    def __init__(
        self,
        settings: IngestSettings,
        holder: KeyHolder,
        sessions: Sessions,
        events: EventLog,
        rejections: RejectionStore,
        plans: httpx.AsyncClient,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._settings, self._holder, self._sessions = settings, holder, sessions
        self._events, self._rejections, self._plans, self._clock = events, rejections, plans, clock
        self._recent, self._address = Recent(), settings.public(settings.ingest_url)

    def hot(self) -> APIRoute:
        """The route that takes events, for `Hot`."""
        return Plain(
            "/events",
            self.publish,
            methods=["POST"],
            status_code=202,
            tags=["events"],
            responses=EVENT_RESPONSES,
            openapi_extra=EVENT_REQUEST,
        )

    def router(self) -> APIRouter:
        """The other routes."""
        router = APIRouter(tags=["events"], responses=refusals(401, 403, 422, 429, 503))
        router.add_api_route("/events", self.outcome, methods=["GET"], responses=refusals(404))
        router.add_api_route("/session", self.session, methods=["POST"])
        return router

    async def publish(self, request: Request) -> JSONResponse:
        """Takes a CloudEvent (structured or binary) or a batch; what is answered 202 is on the log.

        A batch: 202 when all are accepted (also of none), 207 when some are, 422 when none is, or 503 when one of them
        only has to be sent again. Its answer names the accepted, which are on the log, and why each other is not.

        With `?dry_run=true` all is judged and nothing written: the answer has the same form, says `dry_run`, has no
        receipts, and is 200 where it would be 202.
        """
        identity = await self._holder.of(request)
        dry = is_dry_run(request)
        body = await read_body(request, self._settings.most_event_bytes)
        content_type = request.headers.get("content-type", "")
        kind = media_type(content_type)
        if kind in (BATCH, STRUCTURED):
            _require_utf8(content_type)
        if kind == BATCH:
            return await self._batch(body, identity, dry)
        said = body if kind == STRUCTURED else _binary(request, kind, body)
        admitted = admit(said, identity.departments, self._clock())
        if isinstance(admitted, Refusal):
            raise problem(admitted)
        [answer] = self._tried([admitted]) if dry else await self._append([admitted])
        if isinstance(answer, Problem):
            raise answer
        return _answer({"accepted": [answer]}, 202, dry=dry)

    async def _batch(self, body: bytes, identity: Identity, dry: bool) -> JSONResponse:
        judged = judge(body, identity.departments, self._clock())
        if isinstance(judged, Refusal):
            raise problem(judged)
        admitted = [one for one in judged if isinstance(one, Admitted)]
        appended = iter(self._tried(admitted) if dry else await self._append(admitted))
        answers = [next(appended) if isinstance(one, Admitted) else problem(one.refusal) for one in judged]
        rejected = [
            {"index": index, "id": _id(judged[index]), "problem": answer.body}
            for index, answer in enumerate(answers)
            if isinstance(answer, Problem)
        ]
        accepted = [one for one in answers if not isinstance(one, Problem)]
        return _together(accepted, rejected, dry=dry)

    def _tried(self, admitted: Sequence[Admitted]) -> list[Answer]:
        """Answers as `_append` would, and writes nothing."""
        again = self._recent.would_be_reused(admitted)
        return [
            reused(tried(one.event)) if other else tried(one.event) for one, other in zip(admitted, again, strict=True)
        ]

    async def _append(self, admitted: Sequence[Admitted]) -> list[Answer]:
        """Writes events to the log; answers with the receipt of each that is there for certain, else with a problem."""
        if not admitted:
            return []
        records = written(admitted, self._clock(), correlation_id())
        durable = await self._events.write(zip((one.event.plan for one in admitted), records, strict=True))
        first = admitted[0].event
        log.info("accepted", events=sum(durable), of=len(durable), source=first.source, id=first.id)
        made = zip(admitted, receipts([one.event for one in admitted], self._address), durable, strict=True)
        return [self._receipt(one, receipt) if there else not_yet() for one, receipt, there in made]

    def _receipt(self, one: Admitted, receipt: dict[str, Any]) -> dict[str, Any]:
        return reused(receipt) if self._recent.reused(one.event.source, one.event.id, one.raw) else receipt

    async def outcome(self, request: Request, source: str, id: str) -> dict[str, Any]:  # noqa: A002 - CloudEvents' word
        """What came of an event: applied, superseded by which, waiting to be listed, or rejected and why.

        One outcome for each time that it was accepted, and for each record that claimed its source and id.
        """
        (await self._holder.of(request)).require(source)
        outcomes = [*await self._folded(request, source, id), *map(_refused, await self._rejections.of(source, id))]
        if not outcomes:
            detail = f"No event {id} of {source} has been applied: it was not accepted, or is still on its way"
            raise Problem(404, "Not known (yet)", detail)
        return {"source": source, "id": id, "outcomes": outcomes}

    async def _folded(self, request: Request, source: str, identifier: str) -> list[Any]:
        token = bearer(request) or request.cookies.get(COOKIE)
        headers = {"Authorization": f"Bearer {token}", CORRELATION: correlation_id()}
        asked = {"source": source, "id": identifier}
        try:
            answer = await self._plans.get("/api/outcomes", params=asked, headers=headers)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            detail = "Plan-tracking does not answer: what was accepted is safe; ask again"
            raise Problem(503, "Not known now", detail, headers={"Retry-After": "2"}) from error
        return list(answer.json()["outcomes"])

    async def session(self, request: Request) -> dict[str, Any]:
        """Exchanges a key for a signed session that every service can verify."""
        key = bearer(request)
        if not key:
            raise unknown()
        identity = await self._holder.by_key(key)
        expires = self._clock() + dt.timedelta(seconds=SESSION_SECONDS)
        return {
            "session": self._sessions.issue(identity.departments),
            "departments": list(identity.departments),
            "expires": expires.isoformat(),
        }


def _binary(request: Request, content_type: str, body: bytes) -> Attributes:
    """The event of a request in binary mode; raises a 415 problem when it is in no mode at all."""
    if "ce-specversion" not in request.headers or content_type.startswith(FORMATS):
        modes = f"send {STRUCTURED} or {BATCH}, or binary mode with ce- headers"
        detail = f"Content-Type is {content_type or 'missing'}: {modes}"
        raise Problem(415, "Not a CloudEvent", detail)
    try:
        return from_http(request.headers.items(), body)
    except BadBinding as bad:
        raise problem(Refusal(400, "Not a CloudEvent", (Fault(bad.field, bad.detail),))) from bad


def _require_utf8(content_type: str) -> None:
    try:
        require_utf8(content_type)
    except BadBinding as bad:
        raise Problem(415, "Not UTF-8", bad.detail) from bad


def _id(judged: Judged) -> str | None:
    """What an element of a batch has as its id, where that is text that can be sent back."""
    if isinstance(judged, Admitted):
        return judged.event.id
    identifier = judged.said.get("id") if isinstance(judged.said, dict) else None
    return identifier if isinstance(identifier, str) and not _SURROGATE.search(identifier) else None


def _together(accepted: list[dict[str, Any]], rejected: list[dict[str, Any]], *, dry: bool) -> JSONResponse:
    """The answer to a batch. When nothing is on the log, and sending it again may help, it is that problem too."""
    said = {"accepted": accepted, "rejected": rejected}
    waiting = not_yet()
    retry = any(one["problem"]["status"] == waiting.status for one in rejected)
    headers = waiting.headers if retry else None
    if retry and not accepted:
        return JSONResponse({**waiting.body, **said}, waiting.status, headers, PROBLEM)
    return _answer(said, 202 if not rejected else 207 if accepted else 422, headers, dry=dry)


def _answer(said: dict[str, Any], status: int, headers: Mapping[str, str] | None = None, *, dry: bool) -> JSONResponse:
    """An answer; that of a dry run says so, and never 202, which stands for what is kept."""
    if not dry:
        return JSONResponse(said, status, headers)
    return JSONResponse({DRY_RUN: True, **said}, 200 if status == 202 else status, headers)


def _refused(document: Document) -> dict[str, Any]:
    return {"outcome": "rejected", "reason": document["reason"], "place": document["place"]}
