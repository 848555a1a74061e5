"""Senders: each delivers one notification to one target and answers with what came of it; none retries or remembers."""

from typing import Protocol

from services.alerting.domain.attempts import Outcome
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription


class Sender(Protocol):
    """One channel."""

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt. What the receiver does is an outcome, never an exception."""
