"""HTTP in, JSON out: subscriptions, what was told, and the alerts that hold now."""

import asyncio
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from schemas.names import PlanName
from schemas.topics import milestone_key
from schemas.visibility import is_held, may_see_plan
from services.alerting.domain.model import KeptAlert, NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.targets import wrong_mailbox, wrong_webhook
from services.alerting.domain.view import View
from services.alerting.store import Store
from services.alerting.telling.confirming import invite, same_wish
from services.alerting.telling.gather import notification_id
from services.alerting.telling.subscribing import subscribe
from services.alerting.wanted import Wanted, shown
from services.kit.http import Bounded, Problem
from services.kit.identity import Identities
from services.kit.logs import logger
from services.kit.words import london_day

log = logger(__name__)

PREFIX = "/api/alerting"

LATEST = 50
"""Notifications of each subscription that are listed."""


@dataclass(frozen=True)
class AlertingApi:
    """The JSON doors of alerting. `local`: webhooks may go to this machine without https, mailboxes need no asking."""

    store: Store
    identities: Identities
    plans_url: str
    local: bool
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
        router.add_api_route("/alerts", self.alerts)
        return router

    async def _owned(self, request: Request, identifier: str) -> Subscription:
        who, found = await self.identities.of(request), await self.store.subscriptions.find(identifier)
        if found is None or found.owner not in who.departments:
            raise Problem(404, "No such subscription", f"{identifier}: there is none, or it is not yours")
        return found

    async def create(self, request: Request, wanted: Wanted) -> JSONResponse:
        """Subscribes. The secret of a webhook is shown here and never again.

        A mailbox is asked by mail first and is told nothing until it has confirmed, except in local mode.
        """
        who = await self.identities.of(request)
        self._check(wanted)
        made = wanted.subscription(who.departments, self.clock())
        if made.channel == "mail" and not self.local:
            made, _ = await invite(self.store, made, same_wish, self.clock())
        else:
            await subscribe(self.store, made, self.plans_url, self.clock())
        self.sending_bell.set()
        log.info("subscribed", subscription=made.id, channel=made.channel, state=made.state)
        answer = {"id": made.id, "state": made.state} | ({"secret": made.secret} if made.secret else {})
        return JSONResponse(answer, 201, headers={"Location": f"{PREFIX}/subscriptions/{made.id}"})

    def _check(self, wanted: Wanted) -> None:
        mail = wanted.channel == "mail"
        wrong = wrong_mailbox(wanted.target) if mail else wrong_webhook(wanted.target, self.local)
        if wrong:
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

    async def alerts(self, request: Request, plan: Annotated[PlanName, Query()]) -> dict[str, Any]:
        """The alerts that hold in a plan now, the greatest first; of a plan that is not public, to its readers.

        To whom a publication hold keeps the present from, there are none, and `hold` is its date.
        """
        who = await self.identities.claimed(request)
        state, today = (await self.store.states.plans([plan])).get(plan), london_day(self.clock())
        if state is None or not may_see_plan(state, who.departments):
            raise Problem(404, "No such plan", f"{plan}: there is no such plan, or it is not public")
        if is_held(state, who.departments, today):
            return {"alerts": [], "hold": state.hold}
        firing = sorted(await self.store.alerts.firing([f"plan:{plan}"]), key=lambda kept: (-kept.alert.days, kept.key))
        causes = {kept.alert.cause for kept in firing}
        states = await self.store.states.milestones(milestone_key(cause.plan, cause.milestone) for cause in causes)
        plans = await self.store.states.plans({plan, *(cause.plan for cause in causes)})
        view = View(who.departments, states, plans, today)
        return {"alerts": [_alert(kept, view) for kept in firing], "hold": None}


def _alert(kept: KeptAlert, view: View) -> dict[str, Any]:
    """An alert as a reader sees it: a cause that it may not see is not named."""
    alert = kept.alert.model_copy(update={"reason": view.reason(kept), "cause": view.shown(kept.alert.cause)})
    return {**alert.model_dump(mode="json"), "title": kept.title}


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
