"""HTML out: the page on which a mailbox confirms that it wants to be told."""

import asyncio
import datetime as dt
from collections.abc import Callable
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

_HEADINGS = {
    "ask": "Do you want to hear when dates move?",
    "confirmed": "Confirmed",
    "ended": "This subscription has ended",
    "unknown": "This link is no longer good",
}


def pages(
    store: Store, links: Links, plans_url: str, clock: Callable[[], dt.datetime], bell: asyncio.Event, site: Site
) -> APIRouter:
    """The routes of the page; `site` is made of TEMPLATES, `bell` is rung when there may be something to send."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    async def asked(token: str) -> Subscription | None:
        identifier = links.read(token)
        return await store.subscriptions.find(identifier) if identifier else None

    @router.api_route("/subscriptions/confirm/{token}", methods=["GET", "HEAD"])
    async def question(token: str) -> HTMLResponse:
        return _page(site, await asked(token))

    @router.post("/subscriptions/confirm/{token}")
    async def answer(token: str) -> HTMLResponse:
        if (subscription := await asked(token)) and subscription.state == "unconfirmed":
            await confirm(store, subscription, plans_url, clock())
            bell.set()
            log.info("confirmed", subscription=subscription.id)
        return _page(site, await asked(token))

    return router


def _page(site: Site, subscription: Subscription | None) -> HTMLResponse:
    states = {"unconfirmed": "ask", "active": "confirmed", "ended": "ended"}
    answer = states[subscription.state] if subscription else "unknown"
    return site.page(
        "confirm.html",
        200 if subscription else 404,
        answer=answer,
        heading=_HEADINGS[answer],
        subscription=subscription,
        covered=covered(subscription.scope) if subscription else "",
        days_good=GOOD_FOR.days,
    )
