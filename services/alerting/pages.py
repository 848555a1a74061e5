"""HTML out: the pages that a mail's signed links open, on which a mailbox confirms that it wants to be told, or leaves.

Reading one changes nothing; the link itself is the right to post, for the mail program posts without anybody being
signed in (RFC 8058).
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.alerting.domain.invitation import covered
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.alerting.telling.confirming import GOOD_FOR, Links, confirm
from services.kit.logs import logger
from services.kit.web import Site

log = logger(__name__)

TEMPLATES = Path(__file__).with_name("templates")

LEFT = "left by a link in a mail"

_CONFIRM = {
    "unconfirmed": "Do you want to hear when dates move?",
    "active": "Confirmed",
    "ended": "This subscription has ended",
    "unknown": "This link is no longer good",
}
_LEAVE = {
    "unconfirmed": "Do you want no more of these?",
    "active": "Do you want no more of these?",
    "ended": "You have left",
    "unknown": "This link is not good",
}


@dataclass(frozen=True, slots=True)
class _Door:
    """What a link opens: how its subscription is read, what posting does, and the page, with a heading by state."""

    path: str
    read: Callable[[str], str | None]
    act: Callable[[Subscription], Awaitable[None]]
    template: str
    headings: dict[str, str]


def pages(
    store: Store, links: Links, plans_url: str, clock: Callable[[], dt.datetime], bell: asyncio.Event, site: Site
) -> APIRouter:
    """The routes of the pages; `site` is made of TEMPLATES, `bell` is rung when there may be something to send."""

    async def yes(subscription: Subscription) -> None:
        if subscription.state == "unconfirmed":
            await confirm(store, subscription, plans_url, clock())
            bell.set()
            log.info("confirmed", subscription=subscription.id)

    async def no(subscription: Subscription) -> None:
        if not subscription.ended:
            await store.subscriptions.end(subscription.id, LEFT)
            log.info("left", subscription=subscription.id)

    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)
    _open(router, store, site, _Door("/subscriptions/confirm", links.read, yes, "confirm.html", _CONFIRM))
    _open(router, store, site, _Door("/subscriptions/leave", links.leaves, no, "leave.html", _LEAVE))
    return router


def _open(router: APIRouter, store: Store, site: Site, door: _Door) -> None:
    """Adds a door's two routes: one asks, and one, which the page's button posts to, does it."""
    page = partial(_page, site, door)

    async def meant(token: str) -> Subscription | None:
        identifier = door.read(token)
        return await store.subscriptions.find(identifier) if identifier else None

    @router.api_route(f"{door.path}/{{token}}", methods=["GET", "HEAD"])
    async def question(token: str) -> HTMLResponse:
        return page(await meant(token))

    @router.post(f"{door.path}/{{token}}")
    async def answer(token: str) -> HTMLResponse:
        if found := await meant(token):
            await door.act(found)
        return page(await meant(token))


def _page(site: Site, door: _Door, subscription: Subscription | None) -> HTMLResponse:
    state = subscription.state if subscription else "unknown"
    return site.page(
        door.template,
        200 if subscription else 404,
        state=state,
        heading=door.headings[state],
        subscription=subscription,
        covered=covered(subscription.scope) if subscription else "",
        days_good=GOOD_FOR.days,
    )
