"""Webhooks, signed and identified as Standard Webhooks has it (https://www.standardwebhooks.com)."""

import datetime as dt
from collections.abc import Callable, Sequence

from standardwebhooks.webhooks import Webhook

from services.alerting.domain.attempts import Outcome
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.senders.posting import Post
from services.kit.http import CORRELATION


class WebhookSender:
    """Posts the body, byte for byte the same in every attempt, with a fresh timestamp and signature."""

    def __init__(self, post: Post, clock: Callable[[], dt.datetime]) -> None:
        self._post, self._clock = post, clock

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        now = self._clock()
        return await self._post(to.target, record.body, signed(record, to.secrets(now), now))


def signed(record: NotificationRecord, secrets: Sequence[str], now: dt.datetime) -> dict[str, str]:
    """The headers of an attempt; the id is the notification's own, so that a receiver can drop a repeat.

    After a rotation there is a signature by each secret, and a receiver that knows either accepts it.
    """
    headers = {
        "content-type": "application/json",
        "webhook-id": record.known_as,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(record.known_as, now, record.body) for secret in secrets),
    }
    return headers | ({CORRELATION: record.correlationid} if record.correlationid else {})
