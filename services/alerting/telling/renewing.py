"""Renewing: what an Alertmanager was told and holds still is posted again, so that it neither ends nor is forgotten."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from schemas.topics import milestone_key
from services.alerting.domain.memory import merged
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.standing import Standing, of_alert
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.view import View
from services.alerting.measures import Measures
from services.alerting.senders.alertmanager import AlertmanagerSender
from services.alerting.store import Store
from services.alerting.store.queries import slices
from services.kit.logs import logger
from services.kit.words import london_day

log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Renewing:
    """Posts again; several replicas may, for the same alert posted twice is one there."""

    store: Store
    sender: AlertmanagerSender
    plans_url: str
    measures: Measures
    clock: Callable[[], dt.datetime]

    async def step(self) -> None:
        """Once for each Alertmanager, side by side; one that does not answer is tried again at the next step."""
        await asyncio.gather(*map(self._renew, await self.store.subscriptions.by_channel("alertmanager")))

    async def _renew(self, to: Subscription) -> None:
        for some in slices(await standing(self.store, to, self.plans_url, self.clock())):
            outcome = await self.sender.renew(some, to)
            self.measures.attempts.labels("alertmanager", outcome.result).inc()
            if outcome.result != "delivered":
                log.warning("not renewed", subscription=to.id, outcome=outcome.result)
                return


async def standing(store: Store, to: Subscription, plans_url: str, now: dt.datetime) -> list[Standing]:
    """What the subscriber was told, holds still, and may be known to it now."""
    said = merged(await store.subscriptions.chunks(to))
    told = await store.alerts.find(key for key, one in said.items() if not one.ended)
    firing = [kept for kept in told.values() if kept.firing]
    view = await _view(store, firing, to, now)
    return [of_alert(kept, view.reason(kept), plans_url, now) for kept in firing if view.sees(kept.own)]


async def _view(store: Store, firing: list[KeptAlert], to: Subscription, now: dt.datetime) -> View:
    nodes = {node for kept in firing for node in (kept.own, kept.alert.cause)}
    states = await store.states.milestones([milestone_key(node.plan, node.milestone) for node in nodes])
    plans = await store.states.plans({node.plan for node in nodes})
    return View(to.departments, states, plans, london_day(now))
