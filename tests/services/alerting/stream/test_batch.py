"""Laws 2 and 4 at the door: one batch, one transaction, one cursor; alerts announced; days that pass."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from schemas import topics
from schemas.alerts import ALERT_CHANGED, Alert
from schemas.states import MilestoneState, PlanState
from services.alerting.domain.rules.book import RuleBook
from services.alerting.store import Store
from services.alerting.store.alerts import Note
from services.alerting.stream.announce import Announcements
from services.alerting.stream.batch import Alerting, place
from services.alerting.stream.changes import Changes
from services.alerting.stream.days import Days
from services.kit.cursors import Cursor, LostCursor
from services.kit.kafka import Announcer, partition_of, producer
from services.kit.metrics import ConsumerMetrics, registry
from services.kit.mongo import connect
from services.kit.producer import LastingProducer
from tests.servers import Servers
from tests.services.alerting.examples import NOW, PLAN, RAIL, STATION, Step, chain, states
from tests.services.alerting.running import messages, until

HERE = partition_of(PLAN)
MOVED = Step(RAIL, 100, 150)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        """The time that was set."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The clock of the test."""
    return Clock()


@pytest_asyncio.fixture
async def alerting(servers: Servers, namespace: str, clock: Clock) -> AsyncIterator[Alerting]:
    """The work of alerting, owning the plan's partition; no consumer: batches are handed to it."""
    client = connect(servers.mongo)
    store = Store(client, client[f"{namespace}_alerting"])
    await store.prepare()
    rejects, metrics = LastingProducer(lambda: producer(servers.kafka)), ConsumerMetrics(registry())
    announcements = Announcements(store, Announcer(servers.kafka, f"{namespace}.alerting"), namespace, metrics, clock)
    work = Alerting(store, announcements, rejects, metrics, namespace, RuleBook(), clock)
    await store.cursors.start({here(namespace): 0})
    await work.assigned([here(namespace)])
    yield work
    await announcements.announcer.close()
    client.close()


def here(namespace: str) -> TopicPartition:
    """The plan's partition of milestones."""
    return TopicPartition(topics.milestones(namespace).name, HERE)


def records(
    namespace: str, said: list[MilestoneState] | list[PlanState], first: int = 0
) -> list[ConsumerRecord[Any, Any]]:
    """Records of the plan's partition as the consumer hands them over."""
    return [
        ConsumerRecord(m.topic, HERE, first + n, 0, 0, str(m.key).encode(), m.value, None, 1, 1, ())
        for n, m in enumerate(messages(namespace, said))
    ]


async def work_on(alerting: Alerting, said: list[MilestoneState], at: Cursor) -> Cursor:
    """Hands one batch over; answers with the cursor that follows."""
    tp = here(alerting.namespace)
    return (await alerting.batch({tp: records(alerting.namespace, said, at.next)}, {tp: at}))[tp]


async def announced(servers: Servers, namespace: str, count: int) -> list[Alert]:
    """The alerts on the topic, in order, as soon as there are `count`: a transaction shows shortly after its commit."""
    tp = TopicPartition(topics.alerts(namespace).name, HERE)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers.kafka, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    found: list[ConsumerRecord[Any, Any]] = []

    async def more() -> int:
        found.extend((await consumer.getmany(tp, timeout_ms=200)).get(tp, []))
        return len(found)

    try:
        consumer.assign([tp])
        await until(more, lambda seen: seen >= count)
    finally:
        await consumer.stop()
    return [ALERT_CHANGED.validate_json(record.value).data for record in found]


async def test_a_batch_writes_alerts_marks_and_the_cursor_and_announces(
    servers: Servers, namespace: str, alerting: Alerting
) -> None:
    """Alerts, one mark per cause and the cursor are there together; the alerts are on their topic, the note is gone."""
    after = await work_on(alerting, states(chain(rail=MOVED)), Cursor(0))
    store = alerting.store
    assert after == Cursor(3)
    assert await store.cursors.read([here(namespace)]) == {here(namespace): Cursor(3)}
    assert len(await store.alerts.firing([f"plan:{PLAN}"])) == 3
    assert len(await store.queue.due_marks(NOW + dt.timedelta(seconds=2))) == 1
    assert await store.alerts.notes([HERE]) == []
    assert {alert.milestone: alert.rule for alert in await announced(servers, namespace, 3)} == {
        RAIL: "slipped",
        STATION: "inherited-slip",
        "dfe/skills-1": "inherited-slip",
    }


async def test_a_batch_worked_on_twice_changes_nothing(servers: Servers, namespace: str, alerting: Alerting) -> None:
    """From an old cursor it is refused whole; records that come again behind the cursor change no alert."""
    said = states(chain(rail=MOVED))
    after = await work_on(alerting, said, Cursor(0))
    with pytest.raises(LostCursor):
        await work_on(alerting, said, Cursor(0))
    await work_on(alerting, said, after)
    assert len(await announced(servers, namespace, 3)) == 3


async def test_an_alert_is_one_whatever_its_cause(servers: Servers, namespace: str, alerting: Alerting) -> None:
    """Its own slip takes the place of the inherited one: the same alert, another rule and cause, never an end."""
    late = Step(STATION, 100, needs=(RAIL,))
    after = await work_on(alerting, states([MOVED, late], 1), Cursor(0))
    await work_on(alerting, states([Step(RAIL, 100), Step(STATION, 100, 150, needs=(RAIL,))], 2), after)
    station = [alert for alert in await announced(servers, namespace, 4) if alert.milestone == STATION]
    assert [(a.rule, a.level, a.cause.milestone) for a in station] == [
        ("inherited-slip", "firing", RAIL),
        ("slipped", "firing", STATION),
    ]
    assert station[0].since == station[1].since


async def test_a_predecessor_s_note_is_announced_at_assignment(
    servers: Servers, namespace: str, alerting: Alerting
) -> None:
    """It crashed between its transaction and the announcement: its successor announces what the store has."""
    await work_on(alerting, states([MOVED]), Cursor(0))
    before = await announced(servers, namespace, 1)
    async with await alerting.store.client.start_session() as session, session.start_transaction():
        await alerting.store.alerts.write_notes(session, [Note("left", HERE, (f"{PLAN}|{RAIL}|late",))])
    await alerting.assigned([here(namespace)])
    assert await announced(servers, namespace, 2) == before * 2
    assert await alerting.store.alerts.notes([HERE]) == []


async def test_what_was_there_at_the_first_start_is_known(namespace: str, alerting: Alerting) -> None:
    """A state below the log's first end makes an alert that counts as told; one above it does not."""
    alerting.first_ends = {place(here(namespace)): 1}
    await work_on(alerting, states([MOVED, Step(STATION, 100, 150)]), Cursor(0))
    known = {kept.alert.milestone: kept.known for kept in await alerting.store.alerts.firing([f"plan:{PLAN}"])}
    assert {name: said.days if said else None for name, said in known.items()} == {RAIL: 50, STATION: None}


async def test_a_day_that_passes_makes_overdue_with_no_state_arriving(
    servers: Servers, namespace: str, alerting: Alerting, clock: Clock
) -> None:
    """At midnight in London the milestone that was due is overdue; judged once a day, it grows by one each day."""
    await work_on(alerting, states([Step(RAIL, 0), Step(STATION, 5)]), Cursor(0))
    days = Days(alerting.store, alerting.announcements, RuleBook(), clock)
    await days.step()
    for hours in (14, 15, 38, 39):
        clock.now = NOW + dt.timedelta(hours=hours)
        await days.step()
    found = await announced(servers, namespace, 2)
    assert [(a.milestone, a.rule, a.level, a.days) for a in found] == [
        (RAIL, "overdue", "firing", 1),
        (RAIL, "overdue", "firing", 2),
    ]
    assert len(await alerting.store.queue.due_marks(clock.now + dt.timedelta(seconds=2))) == 1


async def test_a_state_that_arrives_while_days_are_judged_is_not_undone(alerting: Alerting, clock: Clock) -> None:
    """The clock judged from an older state: the newer one stands."""
    await work_on(alerting, states([Step(RAIL, 0)], 1), Cursor(0))
    clock.now = NOW + dt.timedelta(days=1)
    async with await alerting.store.client.start_session() as session:
        session.start_transaction()
        changes = Changes(alerting.store, session, RuleBook(), clock.now)
        assert [kept.symptom for kept in await changes.retake([f"{PLAN}|{RAIL}"])] == ["overdue"]
        await session.abort_transaction()
    await work_on(alerting, states([Step(RAIL, 0, 30)], 2), Cursor(1))
    await Days(alerting.store, alerting.announcements, RuleBook(), clock).step()
    assert [kept.symptom for kept in await alerting.store.alerts.firing([f"plan:{PLAN}"])] == ["late"]


async def test_what_a_failed_announcement_left_is_announced(
    servers: Servers, namespace: str, alerting: Alerting, clock: Clock
) -> None:
    """The clock's next look announces a note that is still there."""
    await work_on(alerting, states([MOVED]), Cursor(0))
    async with await alerting.store.client.start_session() as session, session.start_transaction():
        await alerting.store.alerts.write_notes(session, [Note("left", HERE, (f"{PLAN}|{RAIL}|late",))])
    await Days(alerting.store, alerting.announcements, RuleBook(), clock).step()
    assert len(await announced(servers, namespace, 2)) == 2
    assert await alerting.store.alerts.notes([HERE]) == []
