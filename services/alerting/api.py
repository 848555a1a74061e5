"""HTTP in, JSON out: subscriptions, and what was told."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.owning import owned
from services.alerting.senders.targets import wrong_target
from services.alerting.store import Store
from services.alerting.telling.confirming import invite, same_wish
from services.alerting.telling.gather import notification_id
from services.alerting.telling.subscribing import subscribe
from services.alerting.wanted import Wanted, shown
from services.kit.http import Bounded, Problem
from services.kit.identity import Identities
from services.kit.logs import logger

log = logger(__name__)

PREFIX = "/api/alerting"

LATEST = 50
"""Notifications of each subscription that are listed."""


@dataclass(frozen=True)
class AlertingApi:
    """The JSON doors of alerting. `allowed` says where it may send; in local mode mailboxes need no asking."""

    store: Store
    identities: Identities
    plans_url: str
    allowed: Allowed
    clock: Callable[[], dt.datetime]
    sending_bell: asyncio.Event

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["alerting"], prefix=PREFIX, route_class=Bounded)
        router.add_api_route("/subscriptions", self.create, methods=["POST"], status_code=201)
        router.add_api_route("/subscriptions", self.subscriptions)
        router.add_api_route("/subscriptions/{identifier}", self.subscription)
        router.add_api_route("/subscriptions/{identifier}", self.leave, methods=["DELETE"], status_code=204)
        router.add_api_route("/notifications", self.notifications)
        return router

    async def _owned(self, request: Request, identifier: str) -> Subscription:
        return await owned(self.store, self.identities, request, identifier)

    async def create(self, request: Request, wanted: Wanted) -> JSONResponse:
        """Subscribes. The secret of a webhook is shown here and never again.

        A mailbox is asked by mail first and is told nothing until it has confirmed, except in local mode.
        """
        made = await self.begin(wanted, (await self.identities.of(request)).departments)
        answer = {"id": made.id, "state": made.state} | ({"secret": made.secret} if made.secret else {})
        return JSONResponse(answer, 201, headers={"Location": f"{PREFIX}/subscriptions/{made.id}"})

    async def begin(self, wanted: Wanted, departments: tuple[str, ...]) -> Subscription:
        """The subscription as it begins, for whoever speaks for these departments; raises a 422 problem."""
        self._check(wanted)
        made = wanted.subscription(departments, self.clock())
        if made.channel == "mail" and not self.allowed.local:
            made, _ = await invite(self.store, made, same_wish, self.clock())
        else:
            await subscribe(self.store, made, self.plans_url, self.clock())
        self.sending_bell.set()
        log.info("subscribed", subscription=made.id, channel=made.channel, state=made.state)
        return made

    def _check(self, wanted: Wanted) -> None:
        if wrong := wrong_target(wanted.channel, wanted.target, self.allowed):
            errors = [{"field": "target", "detail": wrong}]
            raise Problem(422, "The request is not valid", f"target: {wrong}", errors=errors)

    async def subscriptions(self, request: Request) -> dict[str, Any]:
        """The caller's subscriptions, oldest first, ended ones too."""
        who = await self.identities.of(request)
        return {"subscriptions": [shown(one) for one in await self.store.subscriptions.owned(who.departments)]}

    async def subscription(self, request: Request, identifier: str) -> dict[str, Any]:
        """One of the caller's subscriptions."""
        return shown(await self._owned(request, identifier))

    async def leave(self, request: Request, identifier: str) -> Response:
        """Ends a subscription: nothing more is sent."""
        await self.store.subscriptions.end((await self._owned(request, identifier)).id, "left")
        return Response(status_code=204)

    async def notifications(self, request: Request, subscription: str | None = None) -> dict[str, Any]:
        """What the caller was told (the latest of each subscription), newest first, with every attempt to send it."""
        if subscription:
            mine = [await self._owned(request, subscription)]
        else:
            mine = await self.store.subscriptions.owned((await self.identities.of(request)).departments)
        ids = [notification_id(s.id, n) for s in mine for n in range(max(0, s.number - LATEST + 1), s.number + 1)]
        found = sorted(await self.store.notifications.find(ids), key=lambda one: one.composed, reverse=True)
        return {"notifications": [_told(one) for one in found]}


def _told(record: NotificationRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "subscription": record.subscription,
        "channel": record.channel,
        "kind": record.kind,
        "state": record.state,
        "due": record.due.isoformat(),
        "composed": record.composed.isoformat(),
        "next": record.next.isoformat() if record.next else None,
        "attempts": [{"at": a.at.isoformat(), "result": a.result, "answer": a.answer} for a in record.attempts],
        "body": json.loads(record.body),
    }
