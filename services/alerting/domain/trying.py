"""Trying: a message that tells nothing but that it arrives, for a subscriber who wants to see it come."""

import datetime as dt
import uuid

from schemas.alerts import Trial, TrialData
from services.alerting.domain.letterform import Letter
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription

_SAYS = "This is a test. Somebody who may change this subscription asked for it; no date has moved."


def trial(to: Subscription, destination: str, now: dt.datetime) -> NotificationRecord:
    """The message; it has no number, and is not among what the subscriber was told."""
    body = Trial(timestamp=now, data=TrialData(subscription=to.id, says=_SAYS))
    return NotificationRecord(
        id=f"{to.id}-test-{uuid.uuid4().hex[:8]}",
        subscription=to.id,
        number=0,
        channel=to.channel,
        destination=destination,
        kind="test",
        body=body.model_dump_json(),
        titles={},
        correlationid=None,
        due=now,
        composed=now,
        next=None,
    )


def trial_letter(record: NotificationRecord) -> Letter:
    """The message as a letter."""
    says = Trial.model_validate_json(record.body).data.says
    return Letter(subject="A test of your subscription", opening=says, sections=(), links=())
