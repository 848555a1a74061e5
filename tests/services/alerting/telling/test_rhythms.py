"""Rhythms, quiet hours, the limit of a day, and scopes, on a real store: when rows are due, and what they tell."""

import asyncio
import datetime as dt
import json

import pytest

from schemas.alerts import NotificationData
from schemas.payloads import PlacedIn
from services.alerting.domain.answers import Answer
from services.alerting.domain.answers import Scope as Answered
from services.alerting.domain.compose import Composed
from services.alerting.domain.due import QUIET
from services.alerting.domain.rhythm import Hours
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.scopes import Scope
from services.alerting.domain.subscriptions import Subscription
from services.alerting.measures import Measures
from services.alerting.store import Store
from services.alerting.stream.changes import Changes
from services.alerting.telling.gather import notification
from services.alerting.telling.tell import Telling
from services.kit.metrics import registry
from services.kit.mongo import Session, transaction
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, Step, chain, plan_state
from tests.services.alerting.stored import arrive, heard, subscribed, subscription

MOVED = Step(RAIL, 100, 150)
SILENT_UNTIL = dt.date(2026, 12, 4)
"""A Friday."""
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TOMORROW_AT_8 = dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC)
MONDAY_AT_8 = dt.datetime(2026, 11, 30, 8, tzinfo=dt.UTC)


async def tell(store: Store, now: dt.datetime, most_a_day: int = 20) -> None:
    """Marks and rows are looked at, at a moment."""
    bells = asyncio.Event(), asyncio.Event()
    telling = Telling(store, "http://plans.example", most_a_day, Measures(registry()), lambda: now, *bells)
    await telling.marks()
    await telling.rows()


async def told(store: Store, identifier: str) -> list[tuple[str, list[str]]]:
    """Each notification of a subscription: its rhythm, and the milestones it names."""
    found = await store.subscriptions.find(identifier)
    assert found is not None
    records = await store.notifications.find(f"{identifier}-{n}" for n in range(1, found.number + 1))
    datas = [json.loads(record.body)["data"] for record in sorted(records, key=lambda record: record.number)]
    return [
        (data["rhythm"], sorted(one["milestone"] for section in data["causes"] for one in section["moved"]))
        for data in datas
    ]


async def listening(store: Store, *subscriptions: Subscription) -> None:
    """They subscribe, the chain is heard of, and then its first milestone moves."""
    await subscribed(store, *subscriptions)
    await heard(store, chain(), 1)
    await heard(store, chain(rail=MOVED), 2)


async def test_each_is_told_in_its_rhythm(store: Store) -> None:
    """At once after two quiet seconds, daily at eight, weekly on Monday at eight; nobody twice."""
    await listening(store, *(subscription(f"s-{rhythm}", rhythm=rhythm) for rhythm in ("at_once", "daily", "weekly")))
    everything = sorted(step.name for step in chain())
    for now, at_once, daily, weekly in (
        (NOW + QUIET, 1, 0, 0),
        (TOMORROW_AT_8 - dt.timedelta(seconds=1), 1, 0, 0),
        (TOMORROW_AT_8, 1, 1, 0),
        (MONDAY_AT_8, 1, 1, 1),
        (MONDAY_AT_8 + 8 * DAY, 1, 1, 1),
    ):
        await tell(store, now)
        assert [len(await told(store, f"s-{rhythm}")) for rhythm in ("at_once", "daily", "weekly")] == [
            at_once,
            daily,
            weekly,
        ]
    assert await told(store, "s-weekly") == [("weekly", everything)]
    assert await store.queue.due_rows(MONDAY_AT_8 + 30 * DAY) == []


async def test_the_default_rhythm_tells_one_s_own_at_once_and_the_rest_in_digests(store: Store) -> None:
    """dfe's own milestone at once, the others of the plan it contributes to the next morning."""
    await listening(store, subscription("s1", rhythm="default"))
    await tell(store, NOW + QUIET)
    assert await told(store, "s1") == [("at_once", [SKILLS])]
    await tell(store, TOMORROW_AT_8)
    assert (await told(store, "s1"))[1:] == [("daily", sorted(step.name for step in chain()[:2]))]


async def test_a_digest_of_what_has_come_back_meanwhile_is_no_message(store: Store) -> None:
    """The move is undone before the morning."""
    await listening(store, subscription("s1", rhythm="daily"))
    await heard(store, chain(), 3)
    await tell(store, NOW + QUIET)
    await tell(store, TOMORROW_AT_8)
    assert await told(store, "s1") == []


async def test_quiet_hours_hold_and_do_not_drop(store: Store) -> None:
    """From ten until noon; at noon it is told, once."""
    await listening(store, subscription("s1", hours=Hours(quiet_from=10, quiet_until=12)))
    for now, count in ((NOW + QUIET, 0), (NOW + HOUR, 0), (NOW + 1.5 * HOUR, 1), (NOW + 2 * HOUR, 1)):
        await tell(store, now)
        assert len(await told(store, "s1")) == count


async def test_after_so_many_messages_a_day_the_rest_is_one_digest(store: Store) -> None:
    """Three moves are told at once, the next four in the morning, and then it is told at once again."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, 100)], 1)
    for n in range(1, 8):
        now = NOW + n * HOUR
        await heard(store, [Step(RAIL, 100, 100 + 20 * n)], 1 + n, now)
        await tell(store, now + QUIET, most_a_day=3)
    assert [rhythm for rhythm, _ in await told(store, "s1")] == ["at_once"] * 3
    await tell(store, TOMORROW_AT_8, most_a_day=3)
    await heard(store, [Step(RAIL, 100, 300)], 20, TOMORROW_AT_8 + HOUR)
    await tell(store, TOMORROW_AT_8 + HOUR + QUIET, most_a_day=3)
    assert [rhythm for rhythm, _ in await told(store, "s1")] == [*["at_once"] * 3, "daily", "at_once"]


async def test_growth_by_days_waits_for_the_weekly_digest(store: Store) -> None:
    """Overdue is told at once; fifteen days on, whoever is told at once gets the growth on Monday only."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, -1)], 1)
    await tell(store, NOW + QUIET)
    assert await told(store, "s1") == [("at_once", [RAIL])]
    for passed in range(1, 19):
        now = NOW + passed * DAY
        await _a_day_passes(store, now)
        await tell(store, now + QUIET)
        assert len(await told(store, "s1")) == 1
    await tell(store, MONDAY_AT_8 + 14 * DAY - HOUR)
    assert len(await told(store, "s1")) == 1
    await tell(store, MONDAY_AT_8 + 14 * DAY)
    assert (await told(store, "s1"))[1:] == [("weekly", [RAIL])]


async def _a_day_passes(store: Store, now: dt.datetime) -> None:
    async def work(session: Session) -> None:
        await Changes(store, session, RuleBook(), now).retake([f"{PLAN}|{RAIL}"])

    await transaction(store.client, work)


@pytest.mark.parametrize(
    ("scope", "milestones"),
    [
        (Scope("place", "E06000001"), [step.name for step in chain()]),
        (Scope("place", "E08000035"), []),
        (Scope("mission", "kickstart-growth"), [step.name for step in chain()]),
        (Scope("milestone", RAIL, PLAN, downstream=True), [step.name for step in chain()]),
        (Scope("milestone", RAIL), [RAIL]),
    ],
)
async def test_what_each_scope_hears(store: Store, scope: Scope, milestones: list[str]) -> None:
    """The same when it is told of a move and when it subscribes after it."""
    plan = plan_state().model_copy(
        update={"mission": "Kickstart growth", "places": (PlacedIn(code="E06000001", name="Hartlepool"),)}
    )

    await arrive(store, plan)
    await listening(store, subscription("s1", scope=scope))
    await tell(store, NOW + QUIET)
    assert await told(store, "s1") == ([("at_once", sorted(milestones))] if milestones else [])


async def silenced(store: Store, by: str) -> None:
    """An office wants to hear nothing of the plan for a while."""
    answer = Answer("a", "silenced", Answered(PLAN), by, SILENT_UNTIL, "We are replanning", NOW)

    async def work(session: Session) -> None:
        await store.answers.add(session, answer)

    await transaction(store.client, work)


async def test_what_is_silenced_is_told_on_the_day_after_with_nothing_arriving(store: Store) -> None:
    """At the subscription's hour; another office is told at once."""
    await silenced(store, "dfe")
    await listening(store, subscription("s-dfe"), subscription("s-dft", owner="dft", departments=("dft",)))
    await tell(store, NOW + QUIET)
    assert [rhythm for rhythm, _ in await told(store, "s-dft")] == ["at_once"]
    assert await told(store, "s-dfe") == []
    after = dt.datetime(2026, 12, 5, 8, tzinfo=dt.UTC)
    await tell(store, after - HOUR)
    assert await told(store, "s-dfe") == []
    await tell(store, after)
    assert await told(store, "s-dfe") == [("at_once", sorted(step.name for step in chain()))]


async def test_what_takes_up_an_earlier_message_refers_to_it(store: Store) -> None:
    """The second and the third message of one slip name the first; that of something else names none."""
    await listening(store, subscription("s1"))
    await tell(store, NOW + QUIET)
    for version, steps in ((3, chain(rail=Step(RAIL, 100, 190))), (4, chain()), (5, [Step("dfe/other", 100, 150)])):
        now = NOW + version * HOUR
        await heard(store, steps, version, now)
        await tell(store, now + QUIET)
    records = await store.notifications.find(f"s1-{number}" for number in range(1, 5))
    threads, first = {record.number: record.thread for record in records}, records[0].known_as
    assert threads == {1: None, 2: first, 3: first, 4: None}


def test_a_number_that_is_given_again_is_another_message() -> None:
    """The store was put back to an older copy: a receiver that drops what it had before must not drop this."""
    told = subscription("s1")
    data = NotificationData(kind="moved", links={}, causes=())
    composed = Composed(data, {}, {}, None)
    once, again = (notification(told, composed, NOW, at) for at in (NOW, NOW + HOUR))
    assert once.id == again.id
    assert once.known_as != again.known_as
