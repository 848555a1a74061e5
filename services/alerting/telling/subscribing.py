"""Subscribing: a new subscription knows what holds already, and says it in one summary at most."""

import base64
import datetime as dt
import secrets

from services.alerting.domain.due import QUIET
from services.alerting.domain.model import NotificationRecord, Subscription
from services.alerting.store import Store
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
        await store.add_subscription(session, subscription)
        composed = await held_now(store, session, subscription, plans_url)
        summary = await keep(store, session, subscription, [], composed, now, now) if composed else None
        await store.make_due([subscription.id], now + 2 * QUIET, session)

    await transaction(store.client, work)
    return summary
