"""Gathering: reads what one subscriber may hear of, and keeps what was composed of it, in one transaction."""

import datetime as dt
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from schemas.alerts import Notification
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from services.alerting.domain.compose import Composed, compose, nodes_to_show
from services.alerting.domain.memory import Chunk, merged, remember
from services.alerting.domain.model import KeptAlert, NotificationRecord, Subscription
from services.alerting.domain.select import Listener, decide_all, hold_all, nodes_to_decide
from services.alerting.store import Store
from services.kit.mongo import Session


async def due_now(
    store: Store, subscription: Subscription, chunks: Sequence[Chunk], plans_url: str, now: dt.datetime
) -> Composed | None:
    """What a subscriber hears now: over all causes, everything then holding and worse than told."""
    listener = Listener(subscription.least_days, subscription.departments, merged(chunks))
    alerts = await _alerts(store, subscription, listener)
    states = await _states(store, nodes_to_decide(alerts))
    plans = await store.plans({a.alert.plan for a in alerts})
    items = decide_all(alerts, listener, states, plans, now)
    states |= await _states(store, nodes_to_show(items))
    return compose(items, listener, states, plans, plans_url)


async def held_now(store: Store, session: Session, subscription: Subscription, plans_url: str) -> Composed | None:
    """The summary for a new subscriber: everything that holds over its threshold at this instant."""
    listener = Listener(subscription.least_days, subscription.departments, {})
    firing = await store.firing(subscription.scope.key, session)
    plans = await store.plans({a.alert.plan for a in firing}, session)
    items = hold_all((a for a in firing if subscription.scope.holds(a.alert)), listener, plans)
    states = await _states(store, nodes_to_show(items), session)
    return compose(items, listener, states, plans, plans_url, kind="summary")


async def _alerts(store: Store, subscription: Subscription, listener: Listener) -> list[KeptAlert]:
    """What fires under the scope, and whatever was told and has ended since."""
    firing = [a for a in await store.firing(subscription.scope.key) if subscription.scope.holds(a.alert)]
    told = listener.said.keys() - {a.key for a in firing}
    return firing + list((await store.alerts(told)).values())


async def _states(store: Store, nodes: Iterable[Node], session: Session | None = None) -> dict[str, MilestoneState]:
    return await store.states([milestone_key(node.plan, node.milestone) for node in nodes], session)


async def keep(
    store: Store,
    session: Session,
    subscription: Subscription,
    chunks: Sequence[Chunk],
    composed: Composed,
    due: dt.datetime,
    now: dt.datetime,
) -> NotificationRecord:
    """Inside a transaction: the next number, what is said, and the notification; raises Lost when it is taken."""
    changed = remember(chunks, composed.said)
    await store.advance(session, subscription, max([len(chunks), *(number + 1 for number in changed)]))
    await store.keep_said(session, subscription.id, changed)
    record = notification(subscription, composed, due, now)
    await store.add_notification(session, record)
    return record


def notification(
    subscription: Subscription, composed: Composed, due: dt.datetime, now: dt.datetime
) -> NotificationRecord:
    """The notification as it is kept and sent; its id is the subscription's and the number."""
    number = subscription.number + 1
    return NotificationRecord(
        id=notification_id(subscription.id, number),
        subscription=subscription.id,
        number=number,
        channel=subscription.channel,
        destination=destination(subscription),
        kind=composed.data.kind,
        body=Notification(timestamp=now, data=composed.data).model_dump_json(by_alias=True),
        titles=composed.titles,
        correlationid=composed.correlationid,
        due=due,
        composed=now,
        next=now,
    )


def notification_id(subscription: str, number: int) -> str:
    """The identity of a notification, the same in every attempt."""
    return f"{subscription}-{number}"


def destination(subscription: Subscription) -> str:
    """What may be slow or down as a whole: the host of a webhook, the domain of a mailbox."""
    if subscription.channel == "mail":
        return f"mail:{subscription.target.rpartition('@')[2].lower()}"
    return f"webhook:{urlsplit(subscription.target).netloc.lower()}"
