"""HTTP in: what was refused of a department's records, and the same, mended, sent again."""

import base64
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from schemas.bindings import media_type
from schemas.envelope import STRUCTURED
from services.ingest.answers import problem, receipt
from services.ingest.documented import SEND_REQUEST, SEND_RESPONSES, refusals
from services.ingest.domain.acceptance import Refusal, accept, stamped
from services.ingest.domain.rejection import original_headers, was_null
from services.ingest.identify import KeyHolder
from services.ingest.senders.log import EventLog
from services.ingest.settings import IngestSettings
from services.ingest.store.rejections import Answer, RejectionStore
from services.kit.http import Problem, correlation_id, read_body
from services.kit.identity import Identity
from services.kit.mongo import Document

PAGE = 20
"""Rejections on a page."""

MOST_IN_LIST = 10_000
"""Bytes of an original that the list shows; a larger one is at the rejection's own address."""


@dataclass(frozen=True, slots=True)
class RejectionApi:
    """The doors for rejections: records of topics that were refused.

    What was refused over HTTP is none: its sender was told at once, field by field, and has it still.
    """

    settings: IngestSettings
    holder: KeyHolder
    rejections: RejectionStore
    events: EventLog
    clock: Callable[[], dt.datetime]

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["rejections"], prefix="/rejections", responses=refusals(401, 422, 429))
        router.add_api_route("", self.latest)
        router.add_api_route("/{identifier}", self.one, responses=refusals(404))
        router.add_api_route(
            "/{identifier}/send",
            self.send,
            methods=["POST"],
            status_code=202,
            responses=SEND_RESPONSES,
            openapi_extra=SEND_REQUEST,
        )
        return router

    async def latest(self, request: Request, before: str | None = None) -> dict[str, Any]:
        """The rejections of the caller's departments, newest first, and how many wait for an answer, by field.

        A department's are those that came by its inbox, and, of other topics, those whose source is its own. `next` is
        the address of the page that follows, null on the last.
        """
        mine = (await self.holder.of(request)).departments
        counts = await self.rejections.counts(mine)  # before the page, which so has whatever is counted
        found = await self.rejections.page(mine, before, PAGE + 1)
        more = f"{self._address}?before={found[PAGE - 1]['order']}" if len(found) > PAGE else None
        return {
            "rejections": [self.shown(one, MOST_IN_LIST) for one in found[:PAGE]],
            "counts": counts,
            "next": more,
        }

    async def one(self, request: Request, identifier: str) -> dict[str, Any]:
        """A rejection with its original, however large."""
        return self.shown(await self.mine(await self.holder.of(request), identifier))

    async def send(self, request: Request, identifier: str) -> JSONResponse:
        """Takes the mended event (a structured CloudEvent) as `POST /events` does, and marks the rejection answered."""
        identity = await self.holder.of(request)
        kept = await self.mine(identity, identifier)
        if media_type(request.headers.get("content-type", "")) != STRUCTURED:
            raise Problem(415, "Not a CloudEvent", f"Send the mended event as {STRUCTURED}")
        body = await read_body(request, self.settings.most_event_bytes)
        return JSONResponse({"accepted": [await self.answer(kept, body, identity)]}, 202)

    async def answer(self, kept: Document, body: bytes, identity: Identity) -> dict[str, str]:
        """The receipt of the mended event that is sent instead of a rejection; raises a problem that names the faults.

        It is on the log before the rejection is marked, so that the mark never stands for nothing.
        """
        accepted = accept(body, identity.departments, self.clock())
        if isinstance(accepted, Refusal):
            raise problem(accepted)
        await self.events.append(stamped([accepted], self.clock(), correlation_id()))
        await self.rejections.answer([Answer(kept, accepted.source, accepted.id)], self.clock())
        return receipt(accepted, self.settings.public(self.settings.ingest_url))

    async def mine(self, identity: Identity, identifier: str) -> Document:
        """A rejection of the caller's departments; raises a 404 problem for any other."""
        found = await self.rejections.find(identifier)
        if found is None or found.get("department") not in identity.departments:
            raise Problem(404, "No such rejection", f"{identifier}: there is none, or it is not yours")
        return found

    @property
    def _address(self) -> str:
        return f"{self.settings.public(self.settings.ingest_url)}/rejections"

    def shown(self, kept: Document, most_bytes: int | None = None) -> dict[str, Any]:
        """A rejection for its department; `original` is null where it is larger than `most_bytes`."""
        small = most_bytes is None or len(kept["value"] or b"") <= most_bytes
        answered = kept["answered"]
        return {
            "id": kept["_id"],
            "address": f"{self._address}/{kept['_id']}",
            "department": kept["department"],
            "rejected": kept["rejected"].isoformat(),
            "reason": kept["reason"],
            "field": kept["field"],
            "place": kept["place"],
            "event": {"source": kept["source"], "id": kept["id"]},
            "original": _original(kept) if small else None,
            "answered": answered and {**answered, "at": answered["at"].isoformat()},
        }


def _original(kept: Document) -> dict[str, Any]:
    headers = kept["headers"]
    return {
        "key": _bytes(kept["key"]),
        "value": None if was_null(headers) else _bytes(kept["value"]),
        "headers": [{"name": name, **(_bytes(raw) or {})} for name, raw in original_headers(headers)],
    }


def _bytes(raw: bytes | None) -> dict[str, str | None] | None:
    """Bytes in base64, and as text where they are UTF-8; null is null."""
    if raw is None:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = None
    return {"base64": base64.b64encode(raw).decode(), "text": text}
