"""Alertmanager, by its API v2 (POST /api/v2/alerts): what is told becomes an alert there, what is over ends it."""

import json
from collections.abc import Sequence

from services.alerting.domain.attempts import Outcome
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.standing import Standing, of_notification
from services.alerting.domain.subscriptions import Subscription
from services.alerting.senders.posting import Post

_JSON = {"content-type": "application/json"}


class AlertmanagerSender:
    """Posts to one Alertmanager; the same alert posted twice is one there."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        return await self.renew(of_notification(record), to)

    async def renew(self, standing: Sequence[Standing], to: Subscription) -> Outcome:
        """Posts what stands, so that it does not end by itself."""
        body = json.dumps([one.wire() for one in standing])
        return await self._post(f"{to.target.rstrip('/')}/api/v2/alerts", body, _JSON)
