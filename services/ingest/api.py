"""HTTP in: events, what came of them, and sessions."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from schemas.envelope import STRUCTURED
from services.ingest.answers import problem, receipt
from services.ingest.domain.acceptance import Refusal, accept, stamped
from services.ingest.identify import KeyHolder
from services.ingest.senders.log import EventLog
from services.ingest.settings import IngestSettings
from services.kit.http import CORRELATION, Problem, correlation_id, read_body
from services.kit.identity import SESSION_SECONDS, Sessions, bearer, unknown
from services.kit.logs import logger

log = logger(__name__)


class EventApi:
    """The doors for events."""

    def __init__(
        self,
        settings: IngestSettings,
        holder: KeyHolder,
        sessions: Sessions,
        events: EventLog,
        plans: httpx.AsyncClient,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self._settings, self._holder, self._sessions = settings, holder, sessions
        self._events, self._plans, self._clock = events, plans, clock

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["events"])
        router.add_api_route("/events", self.publish, methods=["POST"], status_code=202)
        router.add_api_route("/events", self.outcome, methods=["GET"])
        router.add_api_route("/session", self.session, methods=["POST"])
        return router

    async def publish(self, request: Request) -> JSONResponse:
        """Takes one structured CloudEvent; answers 202 when Kafka has it."""
        identity = await self._holder.of(request)
        require_structured(request)
        body = await read_body(request, self._settings.most_event_bytes)
        accepted = accept(body, identity.departments, self._clock())
        if isinstance(accepted, Refusal):
            raise problem(accepted)
        await self._events.append(stamped([accepted], self._clock(), correlation_id()))
        log.info("accepted", source=accepted.source, id=accepted.id, type=accepted.type, subject=accepted.subject)
        return JSONResponse({"accepted": [receipt(accepted, self._settings.ingest_url)]}, 202)

    async def outcome(self, request: Request, source: str, id: str) -> dict[str, Any]:  # noqa: A002 - CloudEvents' word
        """What came of an event: applied or superseded by which, once for each time that it was accepted."""
        (await self._holder.of(request)).require(source)
        headers = {"Authorization": request.headers.get("authorization", ""), CORRELATION: correlation_id()}
        try:
            answer = await self._plans.get("/api/outcomes", params={"source": source, "id": id}, headers=headers)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            detail = "Plan-tracking does not answer: what was accepted is safe; ask again"
            raise Problem(503, "Not known now", detail, headers={"Retry-After": "2"}) from error
        outcomes = answer.json()["outcomes"]
        if not outcomes:
            detail = f"No event {id} of {source} has been applied: it was not accepted, or is still on its way"
            raise Problem(404, "Not known (yet)", detail)
        return {"source": source, "id": id, "outcomes": outcomes}

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


def require_structured(request: Request) -> None:
    """Raises a 415 problem for a body that is no structured CloudEvent."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != STRUCTURED:
        raise Problem(415, "Not a CloudEvent", f"Content-Type is {given or 'missing'}: send {STRUCTURED}")
