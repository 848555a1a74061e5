"""HTTP in, JSON out: subscriptions, what was told, and the alerts that hold now."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.names import Department, MilestoneName, PlanName
from schemas.visibility import may_see_plan
from services.alerting.domain.model import Channel, NotificationRecord, Scope, Subscription
from services.alerting.domain.targets import wrong_mailbox, wrong_webhook
from services.alerting.store import Store
from services.alerting.telling.gather import notification_id
from services.alerting.telling.subscribing import new_secret, subscribe
from services.kit.http import Problem
from services.kit.identity import Identities
from services.kit.logs import logger

log = logger(__name__)

PREFIX = "/api/alerting"

LATEST = 50
"""Notifications of each subscription that are listed."""


class Wanted(BaseModel):
    """A subscription as it is asked for.

    It listens to one plan, to the milestones of one department in every plan, or to one milestone (of `plan`; without
    it, in every plan). `least_days` is how many days worse it must be to be told, at least.
    """

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    target: str
    plan: PlanName | None = None
    department: Department | None = None
    milestone: MilestoneName | None = None
    least_days: Annotated[int, Field(ge=0, le=3650)] = 0
    rhythm: Literal["at_once"] = "at_once"

    @model_validator(mode="after")
    def _one_scope(self) -> Self:
        scopes = [self.department, self.milestone, None if self.milestone else self.plan]
        if sum(one is not None for one in scopes) != 1 or (self.department and self.plan):
            raise ValueError("say exactly one of plan, department and milestone (a milestone may name its plan too)")
        return self

    def scope(self) -> Scope:
        """What it listens to."""
        if self.milestone:
            return Scope("milestone", self.milestone, self.plan)
        return Scope("department", self.department) if self.department else Scope("plan", self.plan or "")


@dataclass(frozen=True)
class AlertingApi:
    """The JSON doors of alerting. `local`: webhooks may go to this machine without https."""

    store: Store
    identities: Identities
    plans_url: str
    local: bool
    clock: Callable[[], dt.datetime]
    sending_bell: asyncio.Event

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["alerting"], prefix=PREFIX)
        router.add_api_route("/subscriptions", self.create, methods=["POST"], status_code=201)
        router.add_api_route("/subscriptions", self.subscriptions)
        router.add_api_route("/subscriptions/{identifier}", self.subscription)
        router.add_api_route("/subscriptions/{identifier}", self.leave, methods=["DELETE"], status_code=204)
        router.add_api_route("/notifications", self.notifications)
        router.add_api_route("/alerts", self.alerts)
        return router

    async def _owned(self, request: Request, identifier: str) -> Subscription:
        who, found = await self.identities.of(request), await self.store.subscription(identifier)
        if found is None or found.owner not in who.departments:
            raise Problem(404, "No such subscription", f"{identifier}: there is none, or it is not yours")
        return found

    async def create(self, request: Request, wanted: Wanted) -> JSONResponse:
        """Subscribes. The secret of a webhook is shown here and never again."""
        who = await self.identities.of(request)
        self._check(wanted)
        made = _subscription(wanted, who.departments, self.clock())
        await subscribe(self.store, made, self.plans_url, self.clock())
        self.sending_bell.set()
        log.info("subscribed", subscription=made.id, channel=made.channel)
        shown = {"id": made.id, "state": "active"} | ({"secret": made.secret} if made.secret else {})
        return JSONResponse(shown, 201, headers={"Location": f"{PREFIX}/subscriptions/{made.id}"})

    def _check(self, wanted: Wanted) -> None:
        mail = wanted.channel == "mail"
        wrong = wrong_mailbox(wanted.target) if mail else wrong_webhook(wanted.target, self.local)
        if wrong:
            errors = [{"field": "target", "detail": wrong}]
            raise Problem(422, "The request is not valid", f"target: {wrong}", errors=errors)

    async def subscriptions(self, request: Request) -> dict[str, Any]:
        """The caller's subscriptions, oldest first, ended ones too."""
        who = await self.identities.of(request)
        return {"subscriptions": [_shown(one) for one in await self.store.owned(who.departments)]}

    async def subscription(self, request: Request, identifier: str) -> dict[str, Any]:
        """One of the caller's subscriptions."""
        return _shown(await self._owned(request, identifier))

    async def leave(self, request: Request, identifier: str) -> Response:
        """Ends a subscription: nothing more is sent."""
        await self.store.end_subscription((await self._owned(request, identifier)).id, "left")
        return Response(status_code=204)

    async def notifications(self, request: Request, subscription: str | None = None) -> dict[str, Any]:
        """What the caller was told (the latest of each subscription), newest first, with every attempt to send it."""
        if subscription:
            mine = [await self._owned(request, subscription)]
        else:
            mine = await self.store.owned((await self.identities.of(request)).departments)
        ids = [notification_id(s.id, n) for s in mine for n in range(max(1, s.number - LATEST + 1), s.number + 1)]
        found = sorted(await self.store.notifications(ids), key=lambda one: one.composed, reverse=True)
        return {"notifications": [_told(one) for one in found]}

    async def alerts(self, request: Request, plan: Annotated[PlanName, Query()]) -> dict[str, Any]:
        """The alerts that hold in a plan now, the greatest first; of a plan that is not public, to its readers."""
        who = await self.identities.claimed(request)
        if not may_see_plan((await self.store.plans([plan])).get(plan), who.departments):
            raise Problem(404, "No such plan", f"{plan}: there is no such plan, or it is not public")
        firing = sorted(await self.store.firing(f"plan:{plan}"), key=lambda kept: (-kept.alert.days, kept.key))
        return {"alerts": [{**kept.alert.model_dump(mode="json"), "title": kept.title} for kept in firing]}


def _subscription(wanted: Wanted, departments: tuple[str, ...], now: dt.datetime) -> Subscription:
    return Subscription(
        id=uuid.uuid4().hex,
        owner=departments[0],
        departments=departments,
        channel=wanted.channel,
        target=wanted.target,
        secret=new_secret() if wanted.channel == "webhook" else None,
        scope=wanted.scope(),
        least_days=wanted.least_days,
        rhythm=wanted.rhythm,
        created=now,
    )


def _shown(one: Subscription) -> dict[str, Any]:
    scope = {str(one.scope.kind): one.scope.name} | ({"plan": one.scope.plan} if one.scope.plan else {})
    return {
        "id": one.id,
        "channel": one.channel,
        "target": one.target,
        **scope,
        "least_days": one.least_days,
        "rhythm": one.rhythm,
        "state": "ended" if one.ended else "active",
        "ended": one.ended,
        "created": one.created.isoformat(),
        "told": one.number,
    }


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
