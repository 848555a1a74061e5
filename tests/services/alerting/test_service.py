"""Alerting as a whole on a real Kafka, a real store, a real HTTP receiver and a real SMTP server."""

import asyncio
import json

from aiokafka import AIOKafkaConsumer
from standardwebhooks.webhooks import Webhook

from schemas.alerts import ALERT_CHANGED
from schemas.topics import alerts as alerts_topic
from services.kit.kafka import Message, partition_of, producer, send
from services.kit.mongo import connect
from tests.servers import Servers
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, chain, plan_state, states
from tests.services.alerting.running import Receiver, Running, alerting, announce, messages, until

MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")


async def test_a_move_reaches_each_subscriber_once(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """One webhook and one mail with cause, days and path; repeated states and a restart tell nobody."""
    async with alerting(servers, namespace, receiver) as running:
        hook = await running.subscribe(channel="webhook", target=receiver.url("/hook"), department="dfe")
        await running.subscribe(channel="mail", target="team@dfe.example", plan=PLAN, least_days=5)
        await running.announce(plan_state(), *states(chain(), 1))
        assert (receiver.webhooks, receiver.mails) == ([], [])
        await running.announce(*states(chain(rail=MOVED), 2))
        await check_webhook(receiver, hook["secret"])
        check_mail(receiver)
        assert [one["state"] for one in await running.told()] == ["sent", "sent"]
        await check_metrics(running)
        assert await announced(servers, namespace) == {RAIL, STATION, SKILLS}
        await running.announce(*states(chain(rail=MOVED), 2), *states(chain(rail=MOVED), 3))
        assert (len(receiver.webhooks), len(receiver.mails)) == (1, 1)
    async with alerting(servers, namespace, receiver) as running:
        await running.settled()
        assert (len(receiver.webhooks), len(receiver.mails)) == (1, 1)
        await running.announce(*states(chain(), 4))
        assert [json.loads(one["text"])["data"]["kind"] for one in receiver.webhooks] == ["moved", "recovered"]


async def check_webhook(receiver: Receiver, secret: str) -> None:
    """The one webhook is signed, carries the correlation id, and tells the department's milestone alone."""
    (hook,) = receiver.webhooks
    body = Webhook(secret).verify(hook["text"], hook["headers"])
    assert hook["headers"]["x-correlation-id"] == "request-2"
    assert body["type"] == "org.milepost.notification.v1"
    assert body["data"]["links"] == {"plan": f"http://plans.example/plans/{PLAN}"}
    (section,) = body["data"]["causes"]
    assert (section["cause"]["milestone"], section["cause"]["days"]) == (RAIL, 50)
    assert section["cause"]["reason"] == "Possession moved by Network Rail"
    (told,) = section["moved"]
    assert (told["milestone"], told["from"], told["to"], told["days"]) == (SKILLS, "2027-03-25", "2027-04-24", 30)
    assert [node["milestone"] for node in told["path"]] == [RAIL, STATION, SKILLS]


def check_mail(receiver: Receiver) -> None:
    """The one mail says days and milestone first, dates and path in words, and the same correlation id."""
    (mail,), to = receiver.mails, receiver.recipients
    assert to == ["team@dfe.example"]
    assert mail["Subject"] == "50 days later: Rail 2 (dft/rail-2) and 2 more, 1 of them yours"
    assert mail["X-Correlation-ID"] == "request-2"
    assert str(mail["Message-ID"]).endswith("@example.gov.uk>")
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Agreed for 25 March 2027, now 24 April 2027: 30 days later than agreed." in text.get_content()
    assert "Rail 2, then Station square, then Skills 1" in text.get_content()
    assert "Why: Possession moved by Network Rail" in html.get_content()


async def check_metrics(running: Running) -> None:
    """Both deliveries are counted, with the seconds from due to sent."""
    scraped = (await running.http.get("/metrics")).text
    assert 'milepost_told_latency_seconds_count{channel="webhook"} 1.0' in scraped
    assert 'milepost_attempts_total{channel="mail",outcome="delivered"} 1.0' in scraped
    assert 'milepost_batch_duration_seconds_count{step="transaction"}' in scraped


async def announced(servers: Servers, namespace: str) -> set[str]:
    """The milestones whose alerts fire on the topic of alerts, beside what departments cannot be told."""
    consumer = AIOKafkaConsumer(
        alerts_topic(namespace).name,
        bootstrap_servers=servers.kafka,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await consumer.start()
    found: dict[bytes, str] = {}
    try:
        async with asyncio.timeout(20):
            while len(found) < 3:
                record = await consumer.getone()
                changed = ALERT_CHANGED.validate_json(record.value)
                if changed.data.rule == "unreachable":
                    continue
                assert record.key == f"{PLAN}|{changed.subject}|late".encode()
                found[record.key] = changed.data.milestone
    finally:
        await consumer.stop()
    return set(found.values())


async def test_an_undo_in_the_quiet_time_tells_nobody(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """A move and its undo, two batches within two seconds: nothing is sent."""
    async with alerting(servers, namespace, receiver) as running:
        await running.subscribe(channel="webhook", target=receiver.url("/hook"), plan=PLAN)
        await running.announce(plan_state(), *states(chain(), 1))
        await announce(servers, namespace, states(chain(rail=MOVED), 2))
        of_milestones = {"_id": {"$not": {"$regex": "unreachable$"}}}
        await until(lambda: running.database["alerts"].count_documents(of_milestones), lambda count: count == 3)
        await running.announce(*states(chain(), 3))
        assert receiver.webhooks == []


async def test_a_new_subscription_gets_one_summary(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """What holds already is one message of kind summary; of what is below the threshold there is none."""
    async with alerting(servers, namespace, receiver) as running:
        await running.announce(plan_state(), *states(chain(rail=MOVED), 1))
        await running.subscribe(channel="webhook", target=receiver.url("/all"), plan=PLAN)
        await running.subscribe(channel="webhook", target=receiver.url("/much"), plan=PLAN, least_days=60)
        await running.settled()
        (hook,) = receiver.webhooks
        data = json.loads(hook["text"])["data"]
        assert (hook["path"], data["kind"]) == ("/all", "summary")
        assert {told["milestone"] for section in data["causes"] for told in section["moved"]} == {RAIL, STATION, SKILLS}


async def test_first_seen_late_is_one_summary_and_first_seen_complete_nothing(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """A first return: late milestones are one summary, completed ones no message."""
    async with alerting(servers, namespace, receiver) as running:
        await running.subscribe(channel="webhook", target=receiver.url("/hook"), plan=PLAN)
        first = [Step(RAIL, 100, 150), Step(STATION, 110, 170), Step(SKILLS, -90, actual=-10)]
        await running.announce(plan_state(), *states(first, 1))
        (hook,) = receiver.webhooks
        data = json.loads(hook["text"])["data"]
        assert data["kind"] == "summary"
        assert len(data["causes"]) == 2


async def test_a_plan_is_told_once_it_is_known_to_be_public(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """Milestones of a plan whose state has not arrived are told to nobody; when it arrives, they are."""
    async with alerting(servers, namespace, receiver) as running:
        await running.subscribe(channel="webhook", target=receiver.url("/hook"), milestone=SKILLS, plan=PLAN)
        await running.announce(*states(chain(rail=MOVED), 1))
        assert receiver.webhooks == []
        assert (await running.http.get(f"/api/alerting/alerts?plan={PLAN}")).status_code == 404
        await running.announce(plan_state())
        assert len(receiver.webhooks) == 1
        holding = (await running.http.get(f"/api/alerting/alerts?plan={PLAN}", headers={"Authorization": ""})).json()
        dates = [alert for alert in holding["alerts"] if alert["rule"] != "unreachable"]
        assert [(a["milestone"], a["rule"], a["days"]) for a in dates] == [
            (RAIL, "slipped", 50),
            (STATION, "inherited-slip", 40),
            (SKILLS, "inherited-slip", 30),
        ]


async def test_what_was_there_at_the_first_start_is_told_to_nobody(
    servers: Servers, namespace: str, receiver: Receiver
) -> None:
    """Started for the first time on an old log, somebody subscribed before it is read: only later moves are told."""
    client = connect(servers.mongo)
    async with alerting(servers, namespace, receiver) as running:
        await running.subscribe(channel="webhook", target=receiver.url("/hook"), plan=PLAN)
    await announce(servers, namespace, [plan_state(), *states(chain(rail=MOVED), 1)])
    await client[f"{namespace}_alerting"]["facts"].delete_many({})
    client.close()
    async with alerting(servers, namespace, receiver) as running:
        await running.settled()
        assert receiver.webhooks == []
        await running.announce(*states(chain(rail=Step(RAIL, 100, 175)), 2))
        (hook,) = receiver.webhooks
        data = json.loads(hook["text"])["data"]
        assert {told["days"] for section in data["causes"] for told in section["moved"]} == {25}


async def test_what_a_plan_says_of_itself_is_told(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """The lead withdraws it: its listeners, and the departments in it, read that and what to do, once."""
    async with alerting(servers, namespace, receiver) as running:
        await running.subscribe(channel="webhook", target=receiver.url("/hook"), plan=PLAN)
        await running.subscribe(channel="mail", target="team@dfe.example", department="dfe")
        await running.subscribe(channel="webhook", target=receiver.url("/daily"), plan=PLAN, rhythm="daily")
        await running.announce(plan_state(), *states(chain(), 1))
        for version in (2, 3):
            gone = plan_state(version=version).model_copy(update={"withdrawn": NOW.date()})
            await running.announce(gone)
        (hook,), (mail,) = receiver.webhooks, receiver.mails
        data = json.loads(hook["text"])["data"]
        assert (data["kind"], data["causes"][0]["cause"]["title"]) == ("raised", "Towns Fund")
        (told,) = data["causes"][0]["moved"]
        assert (told["rule"], told["milestone"], told["department"]) == ("withdrawn", "", "dluhc")
        assert mail["Subject"] == "Plan withdrawn: Towns Fund"
        text = mail.get_body(("plain",))
        assert text is not None
        assert "Dluhc withdrew the plan on 25 November 2026." in text.get_content()
        holding = (await running.http.get(f"/api/alerting/alerts?plan={PLAN}")).json()["alerts"]
        assert [(alert["rule"], alert["reason"]) for alert in holding] == [("withdrawn", told["reason"])]


async def test_a_record_that_is_no_state_is_set_aside(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """It goes to the rejected topic with its reason; what comes after it is told."""
    async with alerting(servers, namespace, receiver) as running:
        await running.subscribe(channel="webhook", target=receiver.url("/hook"), plan=PLAN)
        writer = producer(servers.kafka)
        await writer.start()
        good = messages(namespace, [plan_state(), *states(chain(rail=MOVED), 1)])
        topic, here = good[1].topic, partition_of(PLAN)
        bad = [
            Message(topic, here, "x", b"\xff"),
            Message(topic, here, PLAN, None),
            Message(topic, here, "x", good[1].value),
        ]
        await send(writer, [*bad, *good])
        await writer.stop()
        await running.settled()
        assert len(receiver.webhooks) == 1
        assert "milepost_rejected_records_total 3.0" in (await running.http.get("/metrics")).text


async def test_two_replicas_tell_nobody_twice(servers: Servers, namespace: str, receiver: Receiver) -> None:
    """Two replicas share partitions, marks, rows and notifications; when one stops, the other goes on."""
    async with alerting(servers, namespace, receiver, replica="1") as running:
        for number in range(5):
            await running.subscribe(channel="webhook", target=receiver.url(f"/hook/{number}"), plan=PLAN)
        await running.announce(plan_state(), *states(chain(), 1))
        async with alerting(servers, namespace, receiver, replica="2"):
            await running.announce(*states(chain(rail=MOVED), 2))
            assert sorted(hook["path"] for hook in receiver.webhooks) == [f"/hook/{n}" for n in range(5)]
        await running.announce(*states(chain(rail=Step(RAIL, 100, 200)), 3))
    assert len(receiver.webhooks) == 10
