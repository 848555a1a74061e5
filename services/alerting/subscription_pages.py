"""HTML out: my subscriptions, and what I was told. Both are their owner's alone; others read a count."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from schemas.alerts import Notification
from services.alerting.changing import Changing
from services.alerting.domain.invitation import covered
from services.alerting.domain.letter import letter
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.frame import Faults, Frame, faults
from services.alerting.store import Store
from services.alerting.telling.gather import notification_id
from services.alerting.wanted import Wanted, When, target_shown
from services.kit.http import Problem
from services.kit.identity import Identity

LATEST = 50
"""Notifications that are shown."""

RHYTHMS = {
    "default": "Ours at once, the rest in digests",
    "at_once": "At once",
    "daily": "Once a day",
    "weekly": "Once a week",
}
CHANNELS = {"mail": "Mail", "webhook": "Webhook", "chat": "Chat", "alertmanager": "Alertmanager"}
SCOPES = {
    "plan": "A plan",
    "department": "A department's milestones",
    "milestone": "A milestone",
    "downstream": "A milestone, and what waits for it",
    "place": "A place (its code)",
    "mission": "A mission",
}
FIELDS = {"target": "Address", "least_days": "Days at least", "rhythm": "How often", "": "To what"} | dict.fromkeys(
    SCOPES, "To what"
)

BLANK = dict.fromkeys(("channel", "target", "scope", "name", "least_days", "rhythm"), "")
"""What the form holds before anything is said."""

_STATES = {
    "pending": "on its way",
    "sent": "delivered",
    "stopped": "refused, or nobody is subscribed any more",
    "undelivered": "undelivered: every attempt failed",
}

Begin = Callable[[Wanted, tuple[str, ...]], Awaitable[Subscription]]
Door = Callable[[Request, str], Awaitable[dict[str, Any]]]
"""What a JSON door does with one subscription, or one notification, of whoever asks."""


@dataclass(frozen=True, slots=True)
class SubscriptionPages:
    """The pages; `begin` makes a subscription, `trial` tries one, `again` sends a notification once more."""

    store: Store
    frame: Frame
    changing: Changing
    begin: Begin
    trial: Door
    again: Door

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        for path, page in (("/subscriptions", self.mine), ("/notifications", self.told)):
            router.add_api_route(path, page, methods=["GET", "HEAD"], response_model=None)
        for path, taken in (
            ("/subscriptions", self.subscribe),
            ("/subscriptions/{identifier}/when", self.when),
            ("/subscriptions/{identifier}/end", self.end),
            ("/subscriptions/{identifier}/test", self.test),
            ("/notifications/{identifier}/send", self.send),
        ):
            router.add_api_route(path, taken, methods=["POST"], response_model=None)
        return router

    async def mine(self, request: Request) -> Response:
        """My subscriptions, and the form for another."""
        who = await self.frame.reader(request)
        return await self._page(who, said=_named(request)) if who.departments else self.frame.sign_in(request)

    async def _page(self, who: Identity, status: int = 200, **more: Any) -> HTMLResponse:
        found = await self.store.subscriptions.owned(who.departments)
        lines = [
            {"one": one, "covered": covered(one.scope), "target": target_shown(one)} for one in found if not one.ended
        ]
        shown: dict[str, Any] = {"problem": None, "new": None, "tried": None} | more
        shown["said"] = BLANK | more.get("said", {})
        words = {"rhythms": RHYTHMS, "channels": CHANNELS, "scopes": SCOPES}
        ended = sum(bool(one.ended) for one in found)
        return self.frame.page("subscriptions.html", who, status, lines=lines, ended=ended, **words, **shown)

    async def subscribe(self, request: Request) -> Response:
        """Takes the form for another."""
        who = await self.frame.reader(request)
        if not who.departments:
            return self.frame.sign_in(request)
        said = await self.frame.form(request, who)
        try:
            made = await self.begin(Wanted.model_validate(_wanted(said)), who.departments)
        except (ValidationError, Problem) as error:
            return await self._page(who, 422, problem=_wrong(error), said=said)
        return await self._page(who, 201, new={"one": made, "target": target_shown(made)})

    async def when(self, request: Request, identifier: str) -> Response:
        """Changes how often one is told."""
        who, said, found = await self._of_mine(request, identifier)
        hours = found.hours
        quiet = {"from": hours.quiet_from, "until": hours.quiet_until} if hours.quiet_from is not None else None
        kept = {"hour": hours.hour, "weekday": hours.weekday, "quiet": quiet}
        try:
            await self.changing.change(found, When.model_validate({**kept, "rhythm": said.get("rhythm")}))
        except (ValidationError, Problem) as error:
            return await self._page(who, 422, problem=_wrong(error))
        return RedirectResponse("/subscriptions", 303)

    async def end(self, request: Request, identifier: str) -> Response:
        """Ends one: nothing more is sent."""
        _, _, found = await self._of_mine(request, identifier)
        await self.store.subscriptions.end(found.id, "left")
        return RedirectResponse("/subscriptions", 303)

    async def test(self, request: Request, identifier: str) -> Response:
        """Sends a test, and shows what came of it."""
        who, _, found = await self._of_mine(request, identifier)
        try:
            outcome = await self.trial(request, found.id)
        except Problem as error:
            return await self._page(who, error.status, problem=_wrong(error))
        return await self._page(who, tried={"target": target_shown(found), **outcome})

    async def send(self, request: Request, identifier: str) -> Response:
        """Sends a notification again that was given up."""
        await self._of_mine(request, identifier.rpartition("-")[0])
        await self.again(request, identifier)
        return RedirectResponse("/notifications", 303)

    async def _of_mine(self, request: Request, identifier: str) -> tuple[Identity, dict[str, str], Subscription]:
        """Who sends the form, what it says, and the subscription it is about; raises a 403 or 404 problem."""
        who = await self.frame.reader(request)
        said = await self.frame.form(request, who)
        found = await self.store.subscriptions.find(identifier)
        if found is None or found.owner not in who.departments:
            raise Problem(404, "No such subscription", "There is none, or it is not yours")
        return who, said, found

    async def told(self, request: Request) -> Response:
        """What I was told, the newest first; to others only how many notifications there have been."""
        who, count = await self.frame.reader(request), await self.store.notifications.count()
        mine = {one.id: one for one in await self.store.subscriptions.owned(who.departments)}
        ids = [
            notification_id(one.id, number)
            for one in mine.values()
            for number in range(max(1, one.number - LATEST + 1), one.number + 1)
        ]
        found = sorted(await self.store.notifications.find(ids), key=lambda one: (one.composed, one.id), reverse=True)
        lines = [_line(record, mine[record.subscription]) for record in found[:LATEST]]
        return self.frame.page("notifications.html", who, lines=lines, more=max(0, len(found) - LATEST), count=count)


def _named(request: Request) -> dict[str, str]:
    """What the address says it is about, for the form: `?plan=`, `?milestone=` (with what waits for it), ..."""
    said = request.query_params
    scope = next((scope for scope in ("milestone", *SCOPES) if said.get(scope)), None)
    return {"scope": "downstream" if scope == "milestone" else scope, "name": said[scope]} if scope else {}


def _wanted(said: dict[str, str]) -> dict[str, Any]:
    """The form's fields as a subscription is asked for."""
    scope = said.get("scope", "")
    named = {"milestone" if scope == "downstream" else scope: said.get("name", "").strip()} if scope in SCOPES else {}
    days = {"least_days": said["least_days"]} if "least_days" in said else {}
    target = {"channel": said.get("channel"), "target": said.get("target", "").strip()}
    return {**target, **named, **days, "downstream": scope == "downstream", "rhythm": said.get("rhythm", "default")}


def _wrong(error: ValidationError | Problem) -> Faults:
    return faults(error, FIELDS)


def _line(record: NotificationRecord, to: Subscription) -> dict[str, Any]:
    """A notification as the page shows it."""
    body = json.loads(record.body)
    written = letter(Notification.model_validate(body).data, record.titles) if body else None
    return {
        "record": record,
        "target": target_shown(to),
        "channel": CHANNELS[to.channel],
        "letter": written,
        "state": _STATES[record.state],
        "again": record.state in ("undelivered", "stopped") and to.state == "active",
    }
