"""Rounds: a date moves, is accepted, and is told; each is timed. Later, and back again: the date wanders nowhere."""

import asyncio
import datetime as dt
import itertools
import time
import uuid
from collections.abc import Mapping

import httpx
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.kit.http import CORRELATION
from services.kit.logs import logger
from services.kit.serve import wait_for
from services.metrics.canary.doors import MILESTONE, PLAN, Doors
from services.metrics.canary.measures import Measures

log = logger(__name__)

BASELINE = dt.date(2100, 3, 1)
"""Far ahead, so that the passing of days never moves it."""

LATER = dt.timedelta(days=30)

MOST_TOLD = 10
"""Tellings of a subscription: then it is left for a new one, for a subscriber with too many a day gets a digest."""

SHARE = 0.9
"""Of a round that is spent waiting to be told."""


class Rounds:
    """The canary at work. What comes to its receiver is handed to `hear`."""

    def __init__(self, doors: Doors, webhook: str, seconds: float, measures: Measures) -> None:
        self._doors, self._webhook, self._seconds, self._measures = doors, webhook, seconds, measures
        self._subscription: tuple[str, Webhook] | None = None
        self._told = 0
        self._awaited, self._heard = "", asyncio.Event()
        self._began: float | None = None

    def well(self) -> str | None:
        """None while rounds begin."""
        idle = time.monotonic() - self._began if self._began else 0.0
        return f"no round has begun for {idle:.0f} s" if idle > 60 + 3 * self._seconds else None

    def working(self) -> str | None:
        """None once rounds have begun."""
        return None if self._began else "the canary's plan is not published yet"

    async def run(self) -> None:
        """Publishes the plan, and makes rounds until cancelled."""
        await wait_for("Milepost", self._introduce)
        for number in itertools.count(1):
            self._began = time.monotonic()
            await self._round(later=number % 2 == 1)
            await asyncio.sleep(max(0.0, self._began + self._seconds - time.monotonic()))

    def hear(self, body: bytes, headers: Mapping[str, str]) -> bool | None:
        """Takes a telling; False when it is of a subscription that is no longer ours, and is to end.

        None while there is none: what a new one is told at once may be quicker than the answer that names it.
        """
        if self._subscription is None:
            return None
        try:
            self._subscription[1].verify(body, dict(headers))
        except WebhookVerificationError:
            return False
        if headers.get(CORRELATION) == self._awaited:
            self._heard.set()
        return True

    async def close(self) -> None:
        """Leaves the subscription, if alerting is there to be told."""
        await self._leave()

    async def _introduce(self) -> None:
        correlation = _fresh()
        plan = {"title": "The canary's plan", "visibility": "owner", "tolerance": 0}
        await self._doors.say("plan.published", PLAN, plan, correlation)
        dates = {"baseline": BASELINE.isoformat(), "forecast": BASELINE.isoformat()}
        await self._doors.say("milestone.planned", MILESTONE, {"title": "The canary's song", **dates}, correlation)

    async def _round(self, *, later: bool) -> None:
        """One move. A failure is counted, and the next round begins with a new subscription."""
        if self._subscription is None or (later and self._told >= MOST_TOLD):
            await self._subscribe()
        self._awaited = _fresh()
        self._heard.clear()
        if await self._move(later=later):
            await self._be_told()

    async def _be_told(self) -> None:
        accepted = time.monotonic()
        try:
            async with asyncio.timeout(SHARE * self._seconds):
                await self._heard.wait()
        except TimeoutError:
            log.warning("the canary was not told", correlation_id=self._awaited)
            self._measures.missing()
            await self._leave()
        else:
            self._told += 1
            self._measures.told(time.monotonic() - accepted)

    async def _move(self, *, later: bool) -> bool:
        forecast = {"forecast": (BASELINE + LATER if later else BASELINE).isoformat(), "reason": "the canary sings"}
        started = time.monotonic()
        try:
            await self._doors.say("milestone.forecast", MILESTONE, forecast, self._awaited)
        except httpx.HTTPError as error:
            log.warning("the canary's event was not accepted", error=f"{type(error).__name__}: {error}")
            self._measures.event("failed", time.monotonic() - started)
            return False
        self._measures.event("accepted", time.monotonic() - started)
        return True

    async def _subscribe(self) -> None:
        await self._leave()
        try:
            identifier, secret = await self._doors.subscribe(self._webhook)
        except httpx.HTTPError as error:
            log.warning("the canary cannot subscribe", error=f"{type(error).__name__}: {error}")
        else:
            self._subscription, self._told = (identifier, Webhook(secret)), 0

    async def _leave(self) -> None:
        if self._subscription is None:
            return
        identifier, self._subscription = self._subscription[0], None
        try:
            await self._doors.leave(identifier)
        except httpx.HTTPError as error:
            log.warning(
                "the canary's old subscription is left to end by itself", error=f"{type(error).__name__}: {error}"
            )


def _fresh() -> str:
    return f"canary-{uuid.uuid4()}"
