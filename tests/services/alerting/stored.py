"""Puts subscriptions, alerts and notifications into a store, for tests of one step of alerting."""

import datetime as dt
from dataclasses import replace
from typing import Any

from schemas.alerts import Notification
from services.alerting.domain.model import KeptAlert, NotificationRecord
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.scopes import Scope
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.alerting.stream.changes import Changes, State, newest
from services.alerting.telling.gather import destination, notification_id
from services.alerting.telling.subscribing import new_secret
from services.kit.mongo import Session, transaction
from tests.services.alerting.examples import NOW, PLAN, RAIL, Step, chain, plan_state, states
from tests.services.alerting.world import World


def subscription(identifier: str, target: str = "https://example.gov.uk/hook", **more: Any) -> Subscription:
    """A webhook's subscription to the example plan."""
    made = Subscription(
        id=identifier,
        owner="dfe",
        departments=("dfe",),
        channel="webhook",
        target=target,
        secret=new_secret(),
        scope=Scope("plan", PLAN),
        least_days=0,
        rhythm="at_once",
        created=NOW,
    )
    return replace(made, **more)


def body() -> str:
    """The body of a notification: the example's move."""
    world = World()
    world.hear(chain())
    world.hear(chain(rail=Step(RAIL, 100, 150, reason="Possession moved by Network Rail")))
    data = world.told()
    assert data is not None
    return Notification(timestamp=NOW, data=data).model_dump_json(by_alias=True)


def notification(to: Subscription, number: int = 1, **more: Any) -> NotificationRecord:
    """A notification that waits for its first attempt."""
    made = NotificationRecord(
        id=notification_id(to.id, number),
        subscription=to.id,
        number=number,
        channel=to.channel,
        destination=destination(to),
        kind="moved",
        body=body(),
        titles={},
        correlationid="request-1",
        due=NOW,
        composed=NOW,
        next=NOW,
    )
    return replace(made, **more)


async def subscribed(store: Store, *made: Subscription) -> None:
    """Stores subscriptions."""

    async def work(session: Session) -> None:
        for one in made:
            await store.subscriptions.add(session, one)

    await transaction(store.client, work)


async def composed(store: Store, *records: NotificationRecord) -> None:
    """Stores notifications."""

    async def work(session: Session) -> None:
        for record in records:
            await store.notifications.add(session, record)

    await transaction(store.client, work)


async def heard(store: Store, steps: list[Step], version: int, now: dt.datetime = NOW) -> list[KeptAlert]:
    """The states of the steps arrive, and that of their plan; answers with the alerts that change."""
    return await arrive(store, *states(steps, version), plan_state(), now=now)


async def arrive(store: Store, *arriving: State, now: dt.datetime = NOW) -> list[KeptAlert]:
    """States arrive in one batch; answers with the alerts that change."""
    changed: list[KeptAlert] = []

    async def work(session: Session) -> None:
        nonlocal changed
        changed = await Changes(store, session, RuleBook(), now).take(newest((one, False) for one in arriving))

    await transaction(store.client, work)
    return changed
