"""The doors for returns: preview, publication, receipts."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services.ingest.answers import receipts
from services.ingest.asked import DRY_RUN, is_dry_run
from services.ingest.documented import DRY_RUN_PARAMETER, refusals
from services.ingest.identify import KeyHolder
from services.ingest.returns.caller import Caller, caller_of
from services.ingest.returns.desk import Preview, ReturnDesk, require_confirmed
from services.ingest.returns.form import REPEATED, Form, taken
from services.ingest.returns.receipts import Receipts
from services.ingest.returns.shown import reach, understood
from services.ingest.settings import IngestSettings


@dataclass(frozen=True, slots=True)
class ReturnApi:
    """The doors for returns."""

    settings: IngestSettings
    holder: KeyHolder
    desk: ReturnDesk
    receipts: Receipts

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["returns"], responses=refusals(401, 403, 422, 429))
        router.add_api_route(
            "/returns", self.take, methods=["POST"], responses=refusals(413, 503), openapi_extra=_sent()
        )
        router.add_api_route("/returns/{identifier}", self.find, responses=refusals(404))
        return router

    async def take(self, request: Request) -> JSONResponse:
        """Takes a file; shows what was understood, what it would change and whom that would reach, or publishes it.

        Without `publish=true` nothing is published. To publish, `project` and `as_at` must be sent: they are read from
        the file, shown in the preview, and confirmed by sending them. With `?dry_run=true` nothing is published
        either: what would be refused with `publish=true` is refused, and the answer is the preview.
        """
        dry = is_dry_run(request)
        preview, caller = await self.previewed(request)
        if preview.form.publish and not dry:
            return await self._publish(preview, caller)
        if preview.form.publish:
            require_confirmed(preview.form, preview.proposed)
        return JSONResponse({**({DRY_RUN: True} if dry else {}), **await self.shown(preview, caller)})

    async def previewed(self, request: Request) -> tuple[Preview, Caller]:
        """The return in a request, as it was understood, and who sent it."""
        caller = await caller_of(request, self.holder)
        upload, form = await taken(request, self.settings.most_return_bytes)
        caller.identity.require(form.department)
        return await self.desk.preview(await self.desk.sent(upload, form), form, caller), caller

    async def shown(self, preview: Preview, caller: Caller) -> dict[str, Any]:
        """A preview as JSON values."""
        effect = await self.desk.effect(preview, caller)
        return {
            "published": False,
            **understood(preview.reading, preview.proposed, effect),
            "plan_known": preview.seen is not None,
            "reach": reach(effect) if effect else None,
            "draft": await self.desk.keep(preview.upload, preview.form) if preview.form.keep else None,
        }

    async def _publish(self, preview: Preview, caller: Caller) -> JSONResponse:
        published = await self.desk.publish(preview, caller)
        address = self.receipts.address_of(published.receipt["_id"])
        answer = {
            "published": True,
            "accepted": receipts(published.events, self.settings.public(self.settings.ingest_url)),
            "receipt": address,
            **understood(preview.reading, preview.proposed, None),
        }
        return JSONResponse(answer, 202, headers={"Location": address})

    async def find(self, request: Request, identifier: str) -> dict[str, Any]:
        """A receipt: what was published of a return, and what came of every row since."""
        return await self.receipts.find(identifier, await caller_of(request, self.holder))


def _sent() -> dict[str, Any]:
    """The form as OpenAPI has it: in a form every value is text, or a file."""
    own, text = Form.model_json_schema(), {"type": "string"}
    fields = {
        "file": {"type": "string", "format": "binary"},
        **{name: own["properties"][name] for name in ("plan", "department")},
        **dict.fromkeys(("project", "choices", "draft"), text),
        "as_at": {"type": "string", "format": "date"},
        **{name: {"type": "boolean"} for name in ("forget", "keep", "publish")},
        **{name: {"type": "array", "items": text} for name in REPEATED},
    }
    schema = {"type": "object", "description": own["description"], "properties": fields, "required": own["required"]}
    body = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return {**DRY_RUN_PARAMETER, "requestBody": body}
