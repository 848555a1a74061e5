"""Alerting that forgets what it has told: a control of *nothing is told twice*."""

from services.alerting.app import build
from services.alerting.domain.memory import Chunk
from services.alerting.domain.subscriptions import Subscription
from services.alerting.settings import AlertingSettings
from services.alerting.store.subscriptions import SubscriptionStore
from services.kit.serve import main


async def nothing(_: SubscriptionStore, subscription: Subscription) -> list[Chunk]:
    """What was said to a subscription."""
    return [{} for _ in range(subscription.chunks)]


if __name__ == "__main__":
    SubscriptionStore.chunks = nothing  # type: ignore[method-assign, assignment]
    settings = AlertingSettings()
    main("alerting", settings, lambda: build(settings))
