"""HTTP in, JSON out: tries a subscription, gives it a new secret, sends a notification again."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request

from services.alerting.domain.model import Channel
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.trying import trial
from services.alerting.owning import owned
from services.alerting.senders import Sender
from services.alerting.store import Store
from services.alerting.telling.gather import destination
from services.alerting.telling.subscribing import new_secret
from services.kit.http import Bounded, Problem
from services.kit.identity import Identities
from services.kit.logs import logger

log = logger(__name__)

OVERLAP = dt.timedelta(hours=24)
"""After a rotation both secrets sign for so long."""


@dataclass(frozen=True)
class DeliveryApi:
    """The doors of sending."""

    store: Store
    identities: Identities
    senders: Mapping[Channel, Sender]
    clock: Callable[[], dt.datetime]
    sending_bell: asyncio.Event

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["alerting"], prefix="/api/alerting", route_class=Bounded)
        router.add_api_route("/subscriptions/{identifier}/test", self.test, methods=["POST"])
        router.add_api_route("/subscriptions/{identifier}/rotate", self.rotate, methods=["POST"])
        router.add_api_route("/notifications/{identifier}/send", self.send, methods=["POST"], status_code=202)
        return router

    async def test(self, request: Request, identifier: str) -> dict[str, Any]:
        """Sends a test, once and at once, and answers with what came of it."""
        to = await self._active(request, identifier)
        outcome = await self.senders[to.channel].send(trial(to, destination(to), self.clock()), to)
        log.info("tested", subscription=to.id, outcome=outcome.result)
        return {"result": outcome.result, "answer": outcome.answer}

    async def rotate(self, request: Request, identifier: str) -> dict[str, Any]:
        """A new secret for a webhook, shown here and never again; the one before signs too for a day."""
        to, until = await self._active(request, identifier), self.clock() + OVERLAP
        if to.channel != "webhook":
            raise Problem(409, "No secret", f"{identifier}: only webhooks are signed, and this is {to.channel}")
        secret = new_secret()
        if not await self.store.subscriptions.rotate(to, secret, until):
            raise Problem(409, "Changed meanwhile", f"{identifier}: another has just changed its secret; look again")
        log.info("secret rotated", subscription=to.id)
        return {"id": to.id, "secret": secret, "former_until": until.isoformat()}

    async def send(self, request: Request, identifier: str) -> dict[str, Any]:
        """Sends again what was undelivered or refused: the same id and body, one attempt more."""
        to = await self._active(request, identifier.rpartition("-")[0])
        record = next(iter(await self.store.notifications.find([identifier])), None)
        if record is None or record.subscription != to.id:
            raise Problem(404, "No such notification", f"{identifier}: there is none")
        again = replace(record, state="pending", next=self.clock())
        if record.state not in ("undelivered", "stopped") or not await self.store.notifications.change(record, again):
            raise Problem(409, "Not to be sent again", f"{identifier}: it is {record.state}, and not given up")
        self.sending_bell.set()
        log.info("sent again by hand", notification=record.id)
        return {"id": record.id, "state": again.state}

    async def _active(self, request: Request, identifier: str) -> Subscription:
        found = await owned(self.store, self.identities, request, identifier)
        if found.state != "active":
            raise Problem(409, "Not active", f"{identifier}: this subscription is {found.state}, and nothing is sent")
        return found
