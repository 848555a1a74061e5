"""HTTP in, JSON out: the mailbox of a department that is its first subscriber, and whether it has one."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from schemas.names import Department, Mailbox
from services.alerting.domain.scopes import Scope
from services.alerting.domain.subscriptions import Subscription
from services.alerting.reachability import reachable
from services.alerting.store import Store
from services.alerting.telling.confirming import invite, same_mailbox
from services.kit.http import Bounded
from services.kit.identity import Identities
from services.kit.logs import logger

log = logger(__name__)


class Contact(BaseModel):
    """A department, and the mailbox of the team that answers for it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"department": "dft", "mailbox": "milestones@dft.example"}]}
    )

    department: Department
    mailbox: Mailbox


@dataclass(frozen=True)
class ContactApi:
    """The doors for contacts."""

    store: Store
    identities: Identities
    clock: Callable[[], dt.datetime]
    sending_bell: asyncio.Event

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["alerting"], prefix="/api/alerting", route_class=Bounded)
        router.add_api_route("/contacts", self.hand, methods=["POST"], status_code=201)
        router.add_api_route("/contacts", self.confirmed)
        return router

    async def hand(self, request: Request, contact: Contact) -> JSONResponse:
        """Makes the mailbox a subscriber to all milestones of the department, once it has confirmed; asks it by mail.

        201 when it is new. With 200 nothing has changed: the mailbox is subscribed, or has been asked, already.
        """
        who = await self.identities.of(request)
        who.require(contact.department)
        wanted = _subscription(contact, who.departments, self.clock())
        made, new = await invite(self.store, wanted, same_mailbox, self.clock())
        if new:
            self.sending_bell.set()
            log.info("contact asked to confirm", subscription=made.id, department=contact.department)
        return JSONResponse({"id": made.id, "state": made.state}, 201 if new else 200)

    async def confirmed(self, department: Annotated[Department, Query()]) -> dict[str, Any]:
        """Whether the department has a confirmed address, to which every move of its milestones can be told."""
        return {"department": department, "confirmed": department in await reachable(self.store, [department])}


def _subscription(contact: Contact, departments: tuple[str, ...], now: dt.datetime) -> Subscription:
    return Subscription(
        id="",
        owner=contact.department,
        departments=departments,
        channel="mail",
        target=contact.mailbox,
        secret=None,
        scope=Scope("department", contact.department),
        least_days=0,
        rhythm="default",
        created=now,
    )
