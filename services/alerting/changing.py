"""Changing when a subscription is told; what it listens to stays, so that nobody is told twice, or never."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request

from services.alerting.domain.subscriptions import Subscription
from services.alerting.owning import owned
from services.alerting.store import Store
from services.alerting.store.queue import Due
from services.alerting.wanted import When, shown
from services.kit.http import Bounded, Problem
from services.kit.identity import Identities


@dataclass(frozen=True)
class Changing:
    """The door for it; `rows_bell` is rung when somebody may be due."""

    store: Store
    identities: Identities
    clock: Callable[[], dt.datetime]
    rows_bell: asyncio.Event

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(tags=["alerting"], prefix="/api/alerting", route_class=Bounded)
        router.add_api_route("/subscriptions/{identifier}/when", self.when, methods=["PUT"])
        return router

    async def when(self, request: Request, identifier: str, wanted: When) -> dict[str, Any]:
        """From now on the caller's subscription is told in this rhythm; what a slower one held back comes now."""
        return shown(await self.change(await owned(self.store, self.identities, request, identifier), wanted))

    async def change(self, subscription: Subscription, wanted: When) -> Subscription:
        """The subscription as it is from now on; raises a 409 problem of one that has ended."""
        if subscription.ended:
            raise Problem(409, "Ended", f"{subscription.id}: this subscription has ended; make another")
        await self.store.subscriptions.change(subscription.id, wanted.rhythm, wanted.hours())
        if subscription.state == "active":
            await self.store.queue.make_due([Due(subscription.id, self.clock())])
            self.rows_bell.set()
        found = await self.store.subscriptions.find(subscription.id)
        assert found is not None  # noqa: S101 - subscriptions stay
        return found
