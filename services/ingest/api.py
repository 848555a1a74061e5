"""HTTP in: events, what came of them, and sessions."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from schemas.bindings import Attributes, BadBinding, from_http, media_type
from schemas.envelope import BATCH, STRUCTURED
from schemas.events import Event
from services.ingest.answers import problem, receipt
from services.ingest.domain.acceptance import Fault, Refusal, accept, elements, stamped
from services.ingest.identify import KeyHolder
from services.ingest.senders.log import EventLog
from services.ingest.settings import IngestSettings
from services.ingest.store.rejections import RejectionStore
from services.kit.http import CORRELATION, Problem, correlation_id, read_body
from services.kit.identity import SESSION_SECONDS, Identity, Sessions, bearer, unknown
from services.kit.logs import logger
from services.kit.mongo import Document

log = logger(__name__)


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

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["events"])
        router.add_api_route("/events", self.publish, methods=["POST"], status_code=202)
        router.add_api_route("/events", self.outcome, methods=["GET"])
        router.add_api_route("/session", self.session, methods=["POST"])
        return router

    async def publish(self, request: Request) -> JSONResponse:
        """Takes a CloudEvent (structured or binary) or a batch; what is answered 202 is on the log.

        A batch: 202 when all are accepted (also of none), 207 when some are, 422 when none is.
        """
        identity = await self._holder.of(request)
        content_type = media_type(request.headers.get("content-type", ""))
        body = await read_body(request, self._settings.most_event_bytes)
        if content_type == BATCH:
            return await self._batch(body, identity)
        said = body if content_type == STRUCTURED else _binary(request, content_type, body)
        accepted = accept(said, identity.departments, self._clock())
        if isinstance(accepted, Refusal):
            raise problem(accepted)
        await self._append([accepted])
        return JSONResponse({"accepted": [receipt(accepted, self._settings.ingest_url)]}, 202)

    async def _batch(self, body: bytes, identity: Identity) -> JSONResponse:
        found = elements(body)
        if isinstance(found, Refusal):
            raise problem(found)
        now = self._clock()
        judged = [accept(one, identity.departments, now) for one in found]
        accepted = [one for one in judged if not isinstance(one, Refusal)]
        rejected = [_rejected(i, found[i], one) for i, one in enumerate(judged) if isinstance(one, Refusal)]
        await self._append(accepted)
        receipts = [receipt(event, self._settings.ingest_url) for event in accepted]
        status = 202 if not rejected else 207 if accepted else 422
        return JSONResponse({"accepted": receipts, "rejected": rejected}, status)

    async def _append(self, accepted: list[Event]) -> None:
        if accepted:
            await self._events.append(stamped(accepted, self._clock(), correlation_id()))
            log.info("accepted", events=len(accepted), source=accepted[0].source, id=accepted[0].id)

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
        headers = {"Authorization": request.headers.get("authorization", ""), CORRELATION: correlation_id()}
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
    if "ce-specversion" not in request.headers:
        modes = f"send {STRUCTURED} or {BATCH}, or binary mode with ce- headers"
        detail = f"Content-Type is {content_type or 'missing'}: {modes}"
        raise Problem(415, "Not a CloudEvent", detail)
    try:
        return from_http(request.headers.items(), body)
    except BadBinding as bad:
        raise problem(Refusal(400, "Not a CloudEvent", (Fault(bad.field, bad.detail),))) from bad


def _rejected(index: int, said: Any, refusal: Refusal) -> dict[str, Any]:
    identifier = said.get("id") if isinstance(said, dict) else None
    return {"index": index, "id": identifier, "problem": problem(refusal).body}


def _refused(document: Document) -> dict[str, Any]:
    return {"outcome": "rejected", "reason": document["reason"], "place": document["place"]}
