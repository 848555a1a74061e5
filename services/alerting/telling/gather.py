"""Gathering: reads what one subscriber may hear of, and keeps what was composed of it, in one transaction."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from schemas.alerts import Notification, Rhythm
from schemas.states import MilestoneState, Node
from schemas.topics import milestone_key
from services.alerting.domain.answers import Heard, heard
from services.alerting.domain.compose import Composed, compose, nodes_to_show
from services.alerting.domain.memory import Chunk, merged, remember
from services.alerting.domain.model import KeptAlert, NotificationRecord
from services.alerting.domain.rhythm import covers
from services.alerting.domain.scopes import Scope, looked_up
from services.alerting.domain.select import Item, Listener, decide_all, hold_all, nodes_to_decide
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.view import View
from services.alerting.store import Store
from services.kit.mongo import Session
from services.kit.words import london_day


@dataclass(frozen=True, slots=True)
class Found:
    """What a subscriber hears now, None for nothing, and the slower rhythms in which it is to be told more.

    `silent_until` is the last day of a silence that holds something back.
    """

    composed: Composed | None
    later: frozenset[Rhythm]
    silent_until: dt.date | None = None


async def due_now(
    store: Store, subscription: Subscription, chunks: Sequence[Chunk], rhythm: Rhythm, plans_url: str, now: dt.datetime
) -> Found:
    """What a subscriber hears now: over all causes, everything then holding and worse than told, of this rhythm."""
    listener = Listener(subscription, merged(chunks))
    answered = await _answered(store, await _alerts(store, listener), subscription, london_day(now))
    alerts = answered.alerts
    states = await _states(store, nodes_to_decide(alerts))
    plans = await store.states.plans({a.alert.plan for a in alerts})
    items = decide_all(alerts, listener, states, plans, now)
    told = [item for item in items if covers(rhythm, item.rhythm)]
    later = frozenset(item.rhythm for item in items if not covers(rhythm, item.rhythm))
    composed = compose(told, await _view(store, told, listener, now), plans_url, rhythm=rhythm)
    return Found(composed, later, answered.silent_until)


async def _view(
    store: Store, items: list[Item], listener: Listener, now: dt.datetime, session: Session | None = None
) -> View:
    """What the subscriber sees of all that these items name."""
    shown = nodes_to_show(items)
    names = {item.kept.alert.plan for item in items} | {node.plan for node in shown}
    plans = await store.states.plans(names, session)
    return View(listener.departments, await _states(store, shown, session), plans, london_day(now))


async def held_now(
    store: Store, session: Session, subscription: Subscription, plans_url: str, now: dt.datetime
) -> Composed | None:
    """The summary for a new subscriber: everything that holds over its threshold at this instant."""
    listener = Listener(subscription, {})
    firing = await firing_for(store, subscription, session)
    plans = await store.states.plans({a.alert.plan for a in firing}, session)
    items = hold_all(firing, listener, plans, now)
    return compose(items, await _view(store, items, listener, now, session), plans_url, kind="summary")


async def _answered(store: Store, alerts: list[KeptAlert], to: Subscription, today: dt.date) -> Heard:
    """What the subscriber may be told, in view of what its office has answered."""
    plans = {kept.alert.plan for kept in alerts if kept.firing}
    return heard(alerts, to, await store.answers.of(plans, today), today)


async def _alerts(store: Store, listener: Listener) -> list[KeptAlert]:
    """What fires under the scope, and whatever was told and has ended since."""
    firing = await firing_for(store, listener.subscription)
    told = listener.said.keys() - {a.key for a in firing}
    return firing + list((await store.alerts.find(told)).values())


async def firing_for(store: Store, subscription: Subscription, session: Session | None = None) -> list[KeptAlert]:
    """What fires under the scope and the rules of a subscription."""
    keys = looked_up(subscription.scope, await _within(store, subscription.scope))
    return [kept for kept in await store.alerts.firing(keys, session) if subscription.hears(kept)]


async def _within(store: Store, scope: Scope) -> Collection[str]:
    """The plans that a scope is found by."""
    if scope.kind == "mission":
        return await store.states.serving(scope.name)
    return await store.states.covering(scope.name) if scope.kind == "place" else ()


async def _states(store: Store, nodes: Iterable[Node], session: Session | None = None) -> dict[str, MilestoneState]:
    return await store.states.milestones([milestone_key(node.plan, node.milestone) for node in nodes], session)


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
    record = notification(subscription, composed, due, now)
    changed = remember(chunks, composed.said_in(record.known_as))
    written = max([len(chunks), *(number + 1 for number in changed)])
    await store.subscriptions.advance(session, subscription, written, london_day(now))
    await store.subscriptions.keep_said(session, subscription.id, changed)
    await store.notifications.add(session, record)
    return record


def notification(
    subscription: Subscription, composed: Composed, due: dt.datetime, now: dt.datetime
) -> NotificationRecord:
    """The notification as it is kept and sent; its id is the subscription's and the number."""
    number = subscription.number + 1
    id_ = notification_id(subscription.id, number)
    return NotificationRecord(
        id=id_,
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
        thread=composed.thread,
        message=f"{id_}.{int(now.timestamp() * 1000):x}",
    )


def notification_id(subscription: str, number: int) -> str:
    """The identity of a notification, the same in every attempt."""
    return f"{subscription}-{number}"


def destination(subscription: Subscription) -> str:
    """What may be slow or down as a whole: the host of a URL, the domain of a mailbox, a chat service."""
    channel, target = subscription.channel, subscription.target
    if channel == "mail":
        return f"mail:{target.rpartition('@')[2].lower()}"
    parts = urlsplit(target)
    return f"chat:{parts.scheme}" if channel == "chat" else f"{channel}:{parts.netloc.lower()}"
