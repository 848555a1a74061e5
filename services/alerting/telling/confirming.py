"""Confirming: a mailbox is asked once, by a signed link, and told nothing until somebody there says yes."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from pymongo.errors import DuplicateKeyError

from services.alerting.domain.invitation import invitation
from services.alerting.domain.letter import Letter
from services.alerting.domain.model import NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.store import Store
from services.alerting.telling.gather import destination, notification_id
from services.alerting.telling.subscribing import begin
from services.kit.http import Problem
from services.kit.identity import opened
from services.kit.mongo import Session, transaction

GOOD_FOR = dt.timedelta(days=7)
"""How long a mailbox may say yes."""

ANSWERED_WITHIN = dt.timedelta(days=30)
"""For so long the link in a mail leads to the form by which it is answered."""

MOST_UNCONFIRMED = 100
"""Mailboxes that one key named and that have not answered: beyond these nobody is asked, so that it floods nobody."""

Same = Callable[[Subscription, Subscription], bool]


class Links:
    """The signed addresses at which mailboxes answer."""

    def __init__(self, secret: str, alerts_url: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="milepost-confirmation")
        self._leaving = URLSafeSerializer(secret, salt="milepost-leaving")
        self._answering = URLSafeTimedSerializer(secret, salt="milepost-answer")
        self._url = alerts_url.rstrip("/")

    def address(self, subscription: str) -> str:
        """Where the mailbox of a subscription answers."""
        return f"{self._url}/subscriptions/confirm/{self._signer.dumps(subscription)}"

    def letter(self, to: Subscription) -> Letter:
        """The letter that asks a mailbox."""
        return invitation(to, self.address(to.id), GOOD_FOR)

    def read(self, token: str) -> str | None:
        """The subscription that a link is for; None when it is forged, damaged or too old."""
        return _text(opened(self._signer, token, GOOD_FOR.total_seconds()))

    def leave(self, subscription: str) -> str:
        """Where whoever reads the mails of a subscription ends it; good for as long as there are mails to leave."""
        return f"{self._url}/subscriptions/leave/{self._leaving.dumps(subscription)}"

    def leaves(self, token: str) -> str | None:
        """The subscription that a link to leave is for; None when it is forged or damaged."""
        try:
            return str(self._leaving.loads(token))
        except BadSignature:
            return None

    def answer(self, subscription: str) -> str:
        """Where whoever reads the mails of a subscription acknowledges or silences what it was told."""
        return f"{self._url}/alerts/answer/{self._answering.dumps(subscription)}"

    def answers(self, token: str) -> str | None:
        """The subscription that a link to answer is for; None when it is forged, damaged or too old."""
        return _text(opened(self._answering, token, ANSWERED_WITHIN.total_seconds()))


def _text(said: Any) -> str | None:
    return None if said is None else str(said)


def same_wish(one: Subscription, other: Subscription) -> bool:
    """Whether two subscriptions ask for the same."""
    return (one.subscriber, one.wish) == (other.subscriber, other.wish)


def same_mailbox(one: Subscription, other: Subscription) -> bool:
    """Whether two subscriptions are of one mailbox to one scope."""
    return (one.subscriber, one.scope) == (other.subscriber, other.scope)


async def invite(store: Store, wanted: Subscription, same: Same, now: dt.datetime) -> tuple[Subscription, bool]:
    """Stores a subscription that waits to be confirmed, and the one mail that asks; or answers with the one there.

    True says that it is new. One that was never confirmed while its link was good ends, and makes room for another.
    Raises a 429 problem when too many mailboxes that the same key named have not answered.
    """
    owned = await store.subscriptions.owned(wanted.departments)
    waiting = [one for one in owned if one.state == "unconfirmed" and one.created >= now - GOOD_FOR]
    alike = [one for one in owned if same(one, wanted)]
    for one in alike:
        if one.state == "active" or one in waiting:
            return one, False
        await store.subscriptions.end(one.id, "never confirmed")
    if len(waiting) >= MOST_UNCONFIRMED:
        detail = f"{len(waiting)} mailboxes that you subscribed have not answered yet: end some of these first"
        raise Problem(429, "Too many mailboxes that have not answered", detail)
    made = replace(wanted, id=_identity(wanted, len(alike)), confirmed=False)
    return made, await _add(store, made, now)


def _identity(wanted: Subscription, number: int) -> str:
    """The same for the same wish, so that asked twice at the same moment it is still one."""
    said = (wanted.owner, wanted.subscriber, wanted.wish, number)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


async def _add(store: Store, made: Subscription, now: dt.datetime) -> bool:
    async def work(session: Session) -> None:
        await store.subscriptions.add(session, made)
        await store.notifications.add(session, _question(made, now))

    try:
        await transaction(store.client, work)
    except DuplicateKeyError:
        return False
    return True


def _question(to: Subscription, now: dt.datetime) -> NotificationRecord:
    """It has number 0, and no body: the link is for the mailbox alone, so it is made when it is sent."""
    return NotificationRecord(
        id=notification_id(to.id, 0),
        subscription=to.id,
        number=0,
        channel=to.channel,
        destination=destination(to),
        kind="confirmation",
        body="null",
        titles={},
        correlationid=None,
        due=now,
        composed=now,
        next=now,
    )


async def confirm(store: Store, subscription: Subscription, plans_url: str, now: dt.datetime) -> None:
    """From now on it is told; what holds already comes as one summary. Confirmed before, or ended, nothing changes."""

    async def work(session: Session) -> None:
        if await store.subscriptions.confirm(session, subscription):
            await begin(store, session, replace(subscription, confirmed=True), plans_url, now)

    await transaction(store.client, work)
