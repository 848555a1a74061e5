"""Sending, with a real store and a real receiver: attempts, their outcomes, and what follows."""

import asyncio
import datetime as dt

import pytest

from services.alerting.domain.addresses import Allowed
from services.alerting.domain.attempts import Outcome
from services.alerting.domain.model import Attempt, NotificationRecord
from services.alerting.domain.subscriptions import Subscription
from services.alerting.loop import Loop
from services.alerting.measures import Measures
from services.alerting.senders.mail import MailSender, MailServer
from services.alerting.senders.pinned import Pinned, client
from services.alerting.senders.posting import Post
from services.alerting.senders.webhook import WebhookSender
from services.alerting.sending import LEASE, Sending
from services.alerting.settings import AlertingSettings
from services.alerting.store import Store
from services.kit.clock import utc_now
from services.kit.metrics import registry
from tests.services.alerting.examples import NOW
from tests.services.alerting.running import HOST, LINKS, Receiver, clock_from, until
from tests.services.alerting.senders.test_mail import answering
from tests.services.alerting.stored import composed, notification, subscribed, subscription


class Replica:
    """One replica's sending, running until the body ends."""

    def __init__(self, store: Store, receiver: Receiver, *, start: dt.datetime = NOW, smtp: int | None = None) -> None:
        self._http, bell, clock = client(Pinned(Allowed(local=True))), asyncio.Event(), clock_from(start)
        self.metrics = registry()
        senders = {
            "webhook": WebhookSender(Post(self._http, utc_now), utc_now),
            "mail": MailSender(MailServer(HOST, smtp or receiver.smtp_port), "milepost@example.gov.uk", LINKS),
        }
        self.sending = Sending(store, senders, (0.05, 0.05), Measures(self.metrics), clock, bell)  # type: ignore[arg-type]
        self._loop = Loop("sending", self.sending.step, 0.1, bell)

    async def __aenter__(self) -> "Replica":
        self._task = asyncio.create_task(self._loop.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await self.sending.close()
        await self._http.aclose()

    def counted(self, name: str, **labels: str) -> float:
        """The value of a counter."""
        return self.metrics.get_sample_value(name, labels) or 0.0


async def ended(store: Store, identifier: str) -> NotificationRecord:
    """The notification, when nothing is left to do for it."""

    async def look() -> NotificationRecord:
        return (await store.notifications.find([identifier]))[0]

    return await until(look, lambda record: record.next is None)


async def test_a_failing_receiver_gets_the_same_id_and_body_again(store: Store, receiver: Receiver) -> None:
    """Two answers of 500, then 204: three attempts on record, one id, one body, a fresh signature each."""
    to = subscription("s1", receiver.url("/hook"))
    receiver.answers["/hook"] = [500, 503]
    await subscribed(store, to)
    await composed(store, notification(to))
    async with Replica(store, receiver) as replica:
        record = await ended(store, "s1-1")
    assert record.state == "sent"
    assert [attempt.result for attempt in record.attempts] == ["failed", "failed", "delivered"]
    assert [attempt.answer for attempt in record.attempts] == ["500 no", "503 no", "204"]
    assert {hook["headers"]["webhook-id"] for hook in receiver.webhooks} == {"s1-1"}
    assert {hook["text"] for hook in receiver.webhooks} == {record.body}
    assert replica.counted("milepost_attempts_total", channel="webhook", outcome="failed") == 2
    assert replica.counted("milepost_told_latency_seconds_count", channel="webhook") == 1


async def test_what_fails_every_time_ends_up_undelivered(store: Store, receiver: Receiver) -> None:
    """When the schedule is used up the notification is undelivered: visible, and counted."""
    to = subscription("s1", receiver.url("/hook"))
    receiver.answers["/hook"] = [500] * 9
    await subscribed(store, to)
    await composed(store, notification(to))
    async with Replica(store, receiver) as replica:
        record = await ended(store, "s1-1")
    assert (record.state, len(record.attempts)) == ("undelivered", 3)
    assert replica.counted("milepost_undelivered_total", channel="webhook") == 1


async def test_410_ends_the_subscription(store: Store, receiver: Receiver) -> None:
    """A receiver that wants no more gets no more, not even what was waiting already."""
    to = subscription("s1", receiver.url("/hook"), number=2)
    receiver.answers["/hook"] = [410]
    await subscribed(store, to)
    later = notification(to, 2, next=NOW + dt.timedelta(seconds=0.5))
    await composed(store, notification(to), later)
    async with Replica(store, receiver):
        assert (await ended(store, "s1-1")).state == "stopped"
        assert (await ended(store, "s1-2")).state == "stopped"
    assert len(receiver.webhooks) == 1
    found = await store.subscriptions.find("s1")
    assert found is not None
    assert (found.ended, found.secret) == ("the receiver wants no more: 410 no", None)


@pytest.mark.parametrize("status", [400, 401, 404, 422])
async def test_other_client_errors_stop(store: Store, receiver: Receiver, status: int) -> None:
    """What the receiver refuses is not tried again; the subscription stays."""
    to = subscription("s1", receiver.url("/hook"))
    receiver.answers["/hook"] = [status]
    await subscribed(store, to)
    await composed(store, notification(to))
    async with Replica(store, receiver) as replica:
        record = await ended(store, "s1-1")
    assert (record.state, record.attempts[0].answer) == ("stopped", f"{status} no")
    assert replica.counted("milepost_undelivered_total", channel="webhook") == 1
    found = await store.subscriptions.find("s1")
    assert found is not None
    assert found.ended is None


async def test_a_receiver_that_is_away_is_tried_again(store: Store, receiver: Receiver) -> None:
    """A refused connection is an outcome like another."""
    to = subscription("s1", f"http://{HOST}:1/hook")
    await subscribed(store, to)
    await composed(store, notification(to))
    async with Replica(store, receiver):
        record = await ended(store, "s1-1")
    assert record.state == "undelivered"
    assert all(attempt.answer.startswith("ConnectError") for attempt in record.attempts)


async def test_a_slow_receiver_delays_nobody_else(store: Store, receiver: Receiver) -> None:
    """While a hundred notifications wait for a receiver that does not answer, a mail goes out."""
    slow, other = subscription("slow", receiver.url("/slow")), subscription("m", "team@dfe.example", channel="mail")
    await subscribed(store, slow, other)
    await composed(store, *(notification(slow, number) for number in range(1, 101)), notification(other))
    async with Replica(store, receiver) as replica:
        assert (await ended(store, "m-1")).state == "sent"
        assert 1 <= len(await receiver.at("/slow")) <= 8
        assert len(replica.sending.running) <= 8
        receiver.release.set()
    assert receiver.recipients == ["team@dfe.example"]


async def test_an_attempt_whose_process_died_is_repeated(store: Store, receiver: Receiver) -> None:
    """Claimed and never heard of again: after the lease it is tried with the same id; both attempts are on record."""
    to = subscription("s1", receiver.url("/hook"))
    await subscribed(store, to)
    await composed(store, notification(to))
    claimed = await Replica(store, receiver).sending.claim("s1-1")
    assert claimed is not None
    async with Replica(store, receiver, start=NOW + LEASE * 2):
        record = await ended(store, "s1-1")
    assert [attempt.result for attempt in record.attempts] == ["started", "delivered"]
    assert [hook["headers"]["webhook-id"] for hook in receiver.webhooks] == ["s1-1"]


async def test_two_replicas_send_each_notification_once(store: Store, receiver: Receiver) -> None:
    """Both work on all of forty notifications; every one arrives once."""
    to = subscription("s1", receiver.url("/hook"))
    await subscribed(store, to)
    await composed(store, *(notification(to, number) for number in range(1, 41)))
    async with Replica(store, receiver), Replica(store, receiver):
        for number in range(1, 41):
            assert (await ended(store, f"s1-{number}")).state == "sent"
    ids = [hook["headers"]["webhook-id"] for hook in receiver.webhooks]
    assert sorted(ids) == sorted(f"s1-{number}" for number in range(1, 41))


async def test_a_mailbox_that_is_not_there_is_marked_until_it_takes_a_mail(store: Store, receiver: Receiver) -> None:
    """Refused for good by its server: not tried again, counted, and shown; the next mail that arrives unmarks it."""
    to = subscription("m", "gone@dfe.example", channel="mail", secret=None, number=2)
    await subscribed(store, to)
    await composed(store, notification(to))
    async with answering("550 no such mailbox", "250 kept") as port, Replica(store, receiver, smtp=port) as replica:
        record = await ended(store, "m-1")
        assert (record.state, record.attempts[0].result) == ("stopped", "bounced")
        assert replica.counted("milepost_attempts_total", channel="mail", outcome="bounced") == 1
        assert await bounces(store) == 1
    await composed(store, notification(to, 2))
    async with Replica(store, receiver):
        assert (await ended(store, "m-2")).state == "sent"
    assert await bounces(store) == 0


async def bounces(store: Store) -> int:
    """How many mails in a row its mailbox has refused."""
    found = await store.subscriptions.find("m")
    assert found
    return found.bounces


async def test_what_is_sent_again_by_hand_gets_one_attempt_more(store: Store, receiver: Receiver) -> None:
    """Though the schedule is used up; failing again it is undelivered again."""
    to = subscription("s1", receiver.url("/hook"), number=2)
    await subscribed(store, to)
    spent = tuple(Attempt(NOW, "failed", "500") for _ in range(3))
    await composed(store, *(notification(to, number, attempts=spent) for number in (1, 2)))
    receiver.answers["/hook"] = [500]
    async with Replica(store, receiver):
        records = [await ended(store, f"s1-{number}") for number in (1, 2)]
    assert sorted(record.state for record in records) == ["sent", "undelivered"]
    assert [len(record.attempts) for record in records] == [4, 4]


class Dead:
    """A receiver that answers nobody until `until`; `delivered` has the ids of what it then took."""

    def __init__(self, until: dt.datetime) -> None:
        self.until, self.now = until, NOW
        self.tries, self.delivered = 0, list[str]()

    async def send(self, record: NotificationRecord, to: Subscription) -> Outcome:
        """Makes one attempt."""
        if to.target == "https://alive.example/" or self.now >= self.until:
            self.delivered.append(record.id)
            return Outcome("delivered")
        self.tries += 1
        return Outcome("failed", "no answer within 5 s")


async def test_a_receiver_that_is_dead_for_ten_minutes_gets_each_of_500_once(store: Store) -> None:
    """Meanwhile it is tried a few times and not 500, others are told at once, and nothing is given up."""
    dead, alive = subscription("d", "https://dead.example/"), subscription("a", "https://alive.example/")
    await subscribed(store, dead, alive)
    await composed(store, *(notification(dead, number) for number in range(1, 501)), notification(alive))
    receiver = Dead(NOW + dt.timedelta(minutes=10))
    schedule, measures = AlertingSettings().retry_seconds, Measures(registry())
    sending = Sending(store, {"webhook": receiver}, schedule, measures, lambda: receiver.now, asyncio.Event())
    while receiver.now < receiver.until:
        await one_step(sending)
        if receiver.now == NOW:
            assert receiver.delivered == ["a-1"]
        receiver.now += dt.timedelta(seconds=10)
    assert receiver.delivered == ["a-1"]
    assert 5 < receiver.tries < 50
    for _ in range(100):
        await one_step(sending)
        receiver.now += dt.timedelta(minutes=1)
    assert sorted(receiver.delivered) == sorted(["a-1", *(f"d-{number}" for number in range(1, 501))])
    assert sending.circuits == {}


async def one_step(sending: Sending) -> None:
    """One step, and the end of all attempts that it begins."""
    await sending.step()
    await asyncio.gather(*sending.running.values())
    await asyncio.sleep(0)
