"""What people read: the letter of whatever is sent, for mail and for chat."""

from typing import Protocol

from schemas.alerts import Notification
from services.alerting.domain.letter import letter
from services.alerting.domain.letterform import Letter
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.domain.trying import trial_letter


class Links(Protocol):
    """The signed addresses at which a subscriber answers."""

    def letter(self, to: Subscription) -> Letter:
        """The letter that asks a mailbox whether it wants to be told."""

    def answer(self, subscription: str) -> str:
        """Where whoever gets the mails of a subscription answers what it was told."""

    def leave(self, subscription: str) -> str:
        """Where whoever gets the mails of a subscription ends it."""


def written(record: NotificationRecord, to: Subscription, links: Links) -> Letter:
    """The letter of a notification, of the question to a mailbox, or of a test."""
    if record.kind == "confirmation":
        return links.letter(to)
    if record.kind == "test":
        return trial_letter(record)
    data = Notification.model_validate_json(record.body).data
    return letter(data, record.titles, [("Acknowledge or silence it", links.answer(to.id))])
