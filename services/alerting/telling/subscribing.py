"""Subscribing: a new subscription knows what holds already, and says it in one summary at most."""

import base64
import datetime as dt
import secrets

from services.alerting.domain.due import QUIET
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.alerting.store.queue import Due
from services.alerting.telling.gather import held_now, keep
from services.kit.mongo import Session, transaction


def new_secret() -> str:
    """A fresh signing secret, as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


async def subscribe(
    store: Store, subscription: Subscription, plans_url: str, now: dt.datetime
) -> NotificationRecord | None:
    """Stores the subscription, what it is told, and the summary, in one transaction; answers with the summary.

    It also becomes due once: an alert that changed while this was written may have been told before we were there.
    """
    summary: NotificationRecord | None = None

    async def work(session: Session) -> None:
        nonlocal summary
        await store.subscriptions.add(session, subscription)
        summary = await begin(store, session, subscription, plans_url, now)

    await transaction(store.client, work)
    return summary


async def begin(
    store: Store, session: Session, subscription: Subscription, plans_url: str, now: dt.datetime
) -> NotificationRecord | None:
    """Inside a transaction: what the subscription is told, and the summary, which is the answer."""
    composed = await held_now(store, session, subscription, plans_url, now)
    summary = await keep(store, session, subscription, [], composed, now, now) if composed else None
    await store.queue.make_due([Due(subscription.id, now + 2 * QUIET)], session)
    return summary
