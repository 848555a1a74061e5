"""The doors of sending: a test, a new secret, and what was given up sent again; leaving by a link in a mail."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.alerting.deliveries import OVERLAP, DeliveryApi
from services.alerting.domain.attempts import Outcome
from services.alerting.domain.model import Attempt, Channel, NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.pages import LEFT, TEMPLATES, pages
from services.alerting.senders import Sender
from services.alerting.store import Store
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.metrics import registry
from services.kit.web import Site, install
from tests.services.alerting.examples import NOW
from tests.services.alerting.running import LINKS, SECRET
from tests.services.alerting.stored import composed, notification, subscribed, subscription
from tests.services.alerting.world import URL


def key(*departments: str) -> dict[str, str]:
    """The header of a caller that speaks for these departments."""
    return {"Authorization": f"Bearer {Sessions(SECRET).issue(departments)}"}


MINE, OTHERS = key("dfe"), key("dft")


@dataclass
class Recorder:
    """A sender that keeps what it is given."""

    outcome: Outcome = field(default_factory=lambda: Outcome("delivered", "204"))
    sent: list[NotificationRecord] = field(default_factory=list)

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        self.sent.append(record)
        return self.outcome


@pytest.fixture
def recorder() -> Recorder:
    """The sender of every channel."""
    return Recorder()


@pytest_asyncio.fixture
async def http(store: Store, recorder: Recorder) -> AsyncIterator[httpx.AsyncClient]:
    """The doors over a store, as a caller without a key sees them."""
    senders: Mapping[Channel, Sender] = {"webhook": recorder, "mail": recorder}
    async with httpx.AsyncClient(base_url="http://nowhere.invalid") as ingest:
        doors = DeliveryApi(store, Identities(Sessions(SECRET), ingest), senders, lambda: NOW, asyncio.Event())
        app, site = application("alerting", registry()), Site(TEMPLATES)
        app.include_router(doors.router())
        app.include_router(pages(store, LINKS, URL, lambda: NOW, asyncio.Event(), site))
        install(app, site)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://alerts.example") as client:
            yield client


async def test_a_test_is_sent_at_once_and_what_came_of_it_is_the_answer(
    http: httpx.AsyncClient, store: Store, recorder: Recorder
) -> None:
    """It is no notification: nothing is counted, nothing is remembered as told."""
    await subscribed(store, subscription("s1"))
    for outcome in (Outcome("delivered", "204"), Outcome("failed", "no answer within 5 s")):
        recorder.outcome = outcome
        answer = await http.post("/api/alerting/subscriptions/s1/test", headers=MINE)
        assert answer.json() == {"result": outcome.result, "answer": outcome.answer}
    first, second = recorder.sent
    assert first.id != second.id
    assert '"org.milepost.test.v1"' in first.body
    found = await store.subscriptions.find("s1")
    assert found
    assert found.number == 0


@pytest.mark.parametrize(
    "door", ["subscriptions/s1/test", "subscriptions/s1/rotate", "notifications/s1-1/send", "notifications/s1/send"]
)
async def test_the_doors_are_the_owner_s_alone(http: httpx.AsyncClient, store: Store, door: str) -> None:
    """Another department finds nothing; nobody without a key does anything."""
    await subscribed(store, subscription("s1"))
    await composed(store, notification(subscription("s1"), state="undelivered", next=None))
    assert (await http.post(f"/api/alerting/{door}", headers=OTHERS)).status_code == 404
    assert (await http.post(f"/api/alerting/{door}")).status_code == 401


async def test_nothing_is_sent_to_whom_has_not_confirmed_or_has_left(
    http: httpx.AsyncClient, store: Store, recorder: Recorder
) -> None:
    """A test would be a way to write to any mailbox."""
    mail: dict[str, Any] = {"channel": "mail", "target": "a@b.example", "secret": None}
    await subscribed(store, subscription("u", confirmed=False, **mail), subscription("e", ended="left", **mail))
    for identifier in ("u", "e"):
        assert (await http.post(f"/api/alerting/subscriptions/{identifier}/test", headers=MINE)).status_code == 409
    assert recorder.sent == []


async def test_a_rotation_shows_the_new_secret_once_and_keeps_the_old_for_a_day(
    http: httpx.AsyncClient, store: Store
) -> None:
    """Both sign meanwhile; a second rotation forgets the first."""
    first = subscription("s1")
    await subscribed(store, first)
    answer = (await http.post("/api/alerting/subscriptions/s1/rotate", headers=MINE)).json()
    found = await store.subscriptions.find("s1")
    assert found
    assert found.secrets(NOW) == (answer["secret"], first.secret)
    assert found.secrets(NOW + OVERLAP) == (answer["secret"],)
    again = (await http.post("/api/alerting/subscriptions/s1/rotate", headers=MINE)).json()
    found = await store.subscriptions.find("s1")
    assert found
    assert found.secrets(NOW) == (again["secret"], answer["secret"])


async def test_only_webhooks_have_a_secret_to_rotate(http: httpx.AsyncClient, store: Store) -> None:
    """409 for a mailbox."""
    await subscribed(store, subscription("m", "a@b.example", channel="mail", secret=None))
    assert (await http.post("/api/alerting/subscriptions/m/rotate", headers=MINE)).status_code == 409


@pytest.mark.parametrize("state", ["undelivered", "stopped"])
async def test_what_was_given_up_is_sent_again_by_hand(http: httpx.AsyncClient, store: Store, state: str) -> None:
    """It waits for one attempt more; those before stay on record. What is under way, or arrived, is left alone."""
    await subscribed(store, subscription("s1", number=3))
    tried = (Attempt(NOW, "failed", "500"),)
    for number, one in enumerate((state, "pending", "sent"), 1):
        await composed(store, notification(subscription("s1"), number, state=one, next=None, attempts=tried))
    answers = [await http.post(f"/api/alerting/notifications/s1-{n}/send", headers=MINE) for n in range(1, 5)]
    assert [one.status_code for one in answers] == [202, 409, 409, 404]
    (record,) = await store.notifications.find(["s1-1"])
    assert (record.state, record.next, record.attempts) == ("pending", NOW, tried)


async def test_a_mail_program_leaves_by_one_click(http: httpx.AsyncClient, store: Store) -> None:
    """A POST with the form of RFC 8058, without any session, and the subscription has ended; again is no error."""
    await subscribed(store, subscription("m", "a@b.example", channel="mail", secret=None))
    for _ in range(2):
        answer = await http.post(LINKS.leave("m"), data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    found = await store.subscriptions.find("m")
    assert found
    assert found.ended == LEFT


async def test_opening_the_link_changes_nothing(http: httpx.AsyncClient, store: Store) -> None:
    """A scanner of mails opens it; the page has a button that posts."""
    await subscribed(store, subscription("m", "a@b.example", channel="mail", secret=None))
    page = await http.get(LINKS.leave("m"))
    assert (await http.head(LINKS.leave("m"))).status_code == 200
    assert '<form method="post">' in page.text
    found = await store.subscriptions.find("m")
    assert found
    assert found.ended is None


async def test_a_forged_link_leaves_nothing(http: httpx.AsyncClient, store: Store) -> None:
    """Nor does a link that was made to confirm."""
    await subscribed(store, subscription("m", "a@b.example", channel="mail", secret=None))
    confirming = LINKS.address("m").rpartition("/")[2]
    for token in ("m", LINKS.leave("m").rpartition("/")[2][:-2], confirming):
        assert (await http.post(f"/subscriptions/leave/{token}")).status_code == 404
    found = await store.subscriptions.find("m")
    assert found
    assert found.ended is None
