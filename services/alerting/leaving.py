"""Leaving: whoever gets the mails ends them by one click (RFC 8058), or on the page that their link opens."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.alerting.domain.invitation import covered
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.alerting.telling.confirming import Links
from services.kit.logs import logger
from services.kit.web import Site

log = logger(__name__)

LEFT = "left by a link in a mail"

_HEADINGS = {"ask": "Do you want no more of these?", "left": "You have left", "unknown": "This link is not good"}


def leaving(store: Store, links: Links, site: Site) -> APIRouter:
    """The routes; the mail program posts without anybody being signed in: the link itself is the right to."""
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    async def meant(token: str) -> Subscription | None:
        identifier = links.leaves(token)
        return await store.subscriptions.find(identifier) if identifier else None

    @router.api_route("/subscriptions/leave/{token}", methods=["GET", "HEAD"])
    async def question(token: str) -> HTMLResponse:
        return _page(site, await meant(token))

    @router.post("/subscriptions/leave/{token}")
    async def answer(token: str) -> HTMLResponse:
        if (found := await meant(token)) and not found.ended:
            await store.subscriptions.end(found.id, LEFT)
            log.info("left", subscription=found.id)
        return _page(site, await meant(token))

    return router


def _page(site: Site, subscription: Subscription | None) -> HTMLResponse:
    answer = "unknown" if subscription is None else "left" if subscription.ended else "ask"
    return site.page(
        "leave.html",
        200 if subscription else 404,
        answer=answer,
        heading=_HEADINGS[answer],
        subscription=subscription,
        covered=covered(subscription.scope) if subscription else "",
    )
