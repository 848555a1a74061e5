"""What states do to the alerts on a real store: the clock, other states, and other rules may do it too."""

import asyncio
import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest_asyncio

from schemas.payloads import Reporting
from schemas.states import Blocked, Contributor, DepartmentCounts, MilestoneState, Need, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.rules.holds import Limits
from services.alerting.measures import Measures
from services.alerting.store import Store
from services.alerting.store.queries import SLICE
from services.alerting.stream.announce import Announcements
from services.alerting.stream.changes import Changes, newest
from services.alerting.stream.days import Days, in_force
from services.alerting.telling.tell import Telling
from services.kit.kafka import Message, partition_of
from services.kit.metrics import ConsumerMetrics, registry
from services.kit.mongo import Session
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, day, plan_state, states
from tests.services.alerting.stored import subscribed, subscription

OTHER = "dft/rail"
CONSULT = "northgate/consultation"
DAY = dt.timedelta(days=1)


class Silence:
    """Takes announcements, and keeps the last word of each key."""

    def __init__(self) -> None:
        self.last: dict[str, bytes | None] = {}

    async def announce(self, _: int, messages: list[Message]) -> None:
        """Keeps them."""
        self.last |= {str(message.key): message.value for message in messages}


class Alerts:
    """Alerting without Kafka: states are handed to it, and its clock is set by hand. It owns all given partitions."""

    def __init__(self, store: Store, *plans: str) -> None:
        self.store, self.now, self.rules, self.said = store, NOW, RuleBook(), Silence()
        owned = frozenset(partition_of(plan) for plan in plans or (PLAN, OTHER))
        metrics = ConsumerMetrics(registry())
        self.announcements = Announcements(store, self.said, "t", metrics, lambda: self.now, owned)  # type: ignore[arg-type]

    async def take(self, *arriving: MilestoneState | PlanState, known: bool = False) -> list[KeptAlert]:
        """States arrive in one batch; answers with the alerts that change at once."""
        changed: list[KeptAlert] = []

        async def work(session: Session) -> list[KeptAlert]:
            nonlocal changed
            changes = Changes(self.store, session, self.rules, self.now)
            changed = await changes.take(newest((one, known) for one in arriving))
            return changed

        await self.announcements.commit(work)
        return changed

    async def clock(self, days: int = 0) -> None:
        """Days pass, and the clock looks."""
        self.now += days * DAY
        await Days(self.store, self.announcements, self.rules, lambda: self.now).step()

    async def start(self, limits: Limits) -> None:
        """A start, with these limits."""
        self.rules = await in_force(self.store, limits, self.now)
        await self.clock()

    async def tell(self, after: dt.timedelta = dt.timedelta(seconds=3)) -> None:
        """A while later whoever is due is told."""
        self.now += after
        bells = asyncio.Event(), asyncio.Event()
        telling = Telling(self.store, "http://plans", 20, Measures(registry()), lambda: self.now, *bells)
        await telling.marks()
        await telling.rows()

    async def firing(self, plan: str = PLAN) -> dict[str, str]:
        """What fires in a plan, by what it is about."""
        found = await self.store.alerts.firing([f"plan:{plan}"])
        return {kept.alert.about: kept.alert.rule for kept in found}


@pytest_asyncio.fixture
async def alerts(store: Store) -> Alerts:
    """Alerting that owns both plans, judged by its rules once."""
    made = Alerts(store)
    await made.start(Limits())
    return made


def state(step: Step, version: int = 1, plan: str = PLAN, **changes: Any) -> MilestoneState:
    """One milestone's state."""
    return states([step], version, plan=plan)[0].model_copy(update=changes)


def rows(count: int) -> list[MilestoneState]:
    """So many milestones, all late."""
    return states([Step(f"dft/m{n}", 100, 150) for n in range(count)])


async def test_a_block_is_said_on_the_day_after_its_limit_with_nothing_arriving(alerts: Alerts) -> None:
    """Ten days may pass; then it grows a day each day, and ends when it goes on."""
    on = state(Step(RAIL, 100), blocked=Blocked(reason="Possession refused", since=NOW))
    await alerts.take(on, plan_state())
    await alerts.clock(10)
    assert await alerts.firing() == {}
    await alerts.clock(1)
    assert await alerts.firing() == {RAIL: "blocked"}
    await alerts.clock(1)
    key = f"{PLAN}|{RAIL}|blocked"
    assert (await alerts.store.alerts.find([key]))[key].alert.days == 12
    await alerts.take(state(Step(RAIL, 100), 2))
    assert await alerts.firing() == {}
    assert (await alerts.store.alerts.find([key]))[key].alert.reason == "it is not blocked any more"


def reporting(*listed: Contributor, version: int = 1) -> PlanState:
    """The plan with quarterly returns, due 30 days after; dft and dfe each have something open."""
    open_one = DepartmentCounts(statuses={"on-track": 1}, slips=(0,) * 9, slip_sum=0)
    return plan_state(version=version).model_copy(
        update={
            "reporting": Reporting(every="quarter", due_days=30),
            "counts": {"dft": open_one, "dfe": open_one},
            **({"contributors": listed} if listed else {}),
        }
    )


async def test_a_department_falls_silent_with_nothing_arriving_and_is_heard_again(alerts: Alerts) -> None:
    """The return for October to December is due on 30 January; dft says nothing, dfe does."""
    alerts.now = dt.datetime(2026, 12, 20, 12, tzinfo=dt.UTC)
    before = alerts.now - 200 * DAY
    await alerts.take(
        reporting(), state(Step(RAIL, 400), last_heard=before), state(Step(SKILLS, 400), last_heard=alerts.now)
    )
    await alerts.clock()
    assert await alerts.firing() == {"dft": "silent"}  # for July to September, due on 30 October
    await alerts.take(state(Step(RAIL, 400), 2, last_heard=alerts.now - 30 * DAY))
    await alerts.clock()
    assert await alerts.firing() == {}
    await alerts.clock(41)  # 30 January
    assert await alerts.firing() == {}
    alerts.now += DAY
    await alerts.take(state(Step(SKILLS, 400), 2, last_heard=alerts.now))
    await alerts.clock()
    assert await alerts.firing() == {}  # both spoke in the period
    await alerts.clock(90)  # 1 May: January to March is due
    assert await alerts.firing() == {"dft": "silent"}
    await alerts.take(state(Step(RAIL, 400), 3, last_heard=alerts.now))
    await alerts.clock()
    assert await alerts.firing() == {}


async def test_whose_states_are_on_their_way_is_not_silent(alerts: Alerts) -> None:
    """The plan's state arrives first; as soon as the department is heard of for the first time it is judged."""
    await alerts.take(reporting())
    await alerts.clock()
    assert await alerts.firing() == {}
    await alerts.take(state(Step(RAIL, 400), last_heard=NOW - 200 * DAY))
    await alerts.clock()
    assert await alerts.firing() == {"dft": "silent"}


async def test_what_a_plan_says_of_itself_is_judged_when_it_arrives(alerts: Alerts) -> None:
    """Unlisted and withdrawn; judged by whoever owns the plan, wherever its state arrived."""
    off = Contributor(department="dft", unlisted=NOW.date())
    await alerts.take(plan_state().model_copy(update={"contributors": (off,), "withdrawn": NOW.date()}))
    assert await alerts.firing() == {}
    await Alerts(alerts.store, "dwp/elsewhere").clock()
    assert await alerts.firing() == {}
    await alerts.clock()
    assert await alerts.firing() == {"": "withdrawn", "dft": "unlisted"}
    assert set(alerts.said.last) == {f"{PLAN}||withdrawn", f"{PLAN}|dft|unlisted"}
    await alerts.take(plan_state(version=2))
    await alerts.clock()
    assert await alerts.firing() == {}


def engagement(version: int = 1, **changes: Any) -> MilestoneState:
    """An engagement of another plan, open unless said otherwise."""
    return state(Step(CONSULT, 50), version, OTHER, type="engagement", **changes)


def delivered() -> MilestoneState:
    """A delivery that was met and needs that engagement."""
    needs = (Need(plan=OTHER, milestone=CONSULT, lag=0, unit="calendar"),)
    return state(Step(SKILLS, 100, actual=90), type="delivery", needs=needs)


async def test_an_engagement_that_is_unmet_is_seen_whichever_arrives_first(alerts: Alerts) -> None:
    """The engagement's own state changes, in another plan; nothing arrives about the delivery."""
    await alerts.take(delivered(), plan_state())
    assert await alerts.firing() == {}
    await alerts.take(engagement())
    await alerts.clock()
    assert await alerts.firing() == {SKILLS: "engagement-unmet"}
    await alerts.take(engagement(2, lifecycle="done"))
    await alerts.clock()
    assert await alerts.firing() == {}
    await alerts.take(engagement(3, lifecycle="open"))
    await alerts.clock()
    assert await alerts.firing() == {SKILLS: "engagement-unmet"}


async def test_an_engagement_that_arrives_at_the_same_moment_elsewhere_is_seen_the_next_day(alerts: Alerts) -> None:
    """Neither transaction saw the other: the delivery is looked at once more."""
    await alerts.take(delivered())
    await alerts.store.states._milestones.update_many({}, {"$set": {"engaged": []}})
    await alerts.take(engagement())
    await alerts.clock()
    assert await alerts.firing() == {}
    await alerts.clock(1)
    assert await alerts.firing() == {SKILLS: "engagement-unmet"}


async def test_a_new_rule_tells_nobody_of_what_held_already(alerts: Alerts) -> None:
    """Its edition has changed: every stored state is judged by it, in slices, and what it finds is known."""
    await subscribed(alerts.store, subscription("s1"))
    await alerts.take(plan_state())
    await alerts.clock()
    await alerts.tell()
    held = rows(SLICE + 50)
    await _as_an_older_edition_kept_it(alerts.store, held)
    await alerts.start(Limits())
    assert len(await alerts.firing()) == SLICE + 50
    assert (await alerts.store.facts.rules())[0] == RuleBook().version
    await alerts.tell()
    await alerts.tell(7 * DAY)
    assert await _numbers(alerts.store, "s1") == [0]
    await alerts.take(state(Step("dft/m7", 100, 170), 2))
    await alerts.tell()
    assert await _numbers(alerts.store, "s1") == [1]
    (record,) = await alerts.store.notifications.find(["s1-1"])
    assert record.body.count('"against_baseline"') == 1


async def _as_an_older_edition_kept_it(store: Store, held: Iterable[MilestoneState]) -> None:
    """States without an alert, as rules judged them that did not know of it."""
    await store.states._milestones.insert_many(
        [
            {
                "_id": milestone_key(s.plan, s.milestone),
                "version": s.version,
                "state": s.model_dump(mode="json"),
                "rules": "older",
                "firing": [],
            }
            for s in held
        ]
    )
    await store.facts.keep_rules("older", {"overdue": "1"})


async def _numbers(store: Store, *identifiers: str) -> list[int]:
    """How many notifications each subscription has."""
    found = [await store.subscriptions.find(identifier) for identifier in identifiers]
    return [one.number for one in found if one]


async def test_what_was_there_at_the_first_start_of_a_plan_is_known(alerts: Alerts) -> None:
    """A plan that was withdrawn before Milepost was started is an alert that nobody is told of."""
    await subscribed(alerts.store, subscription("s1"))
    await alerts.take(plan_state().model_copy(update={"withdrawn": day(-9)}), known=True)
    await alerts.clock()
    assert await alerts.firing() == {"": "withdrawn"}
    await alerts.tell()
    assert await _numbers(alerts.store, "s1") == [0]


async def test_a_slip_that_ends_beside_something_else_is_judged_by_its_path(alerts: Alerts) -> None:
    """Overdue it stays; that its slip ended because its predecessor was cancelled is found on the path."""
    after = [Step(STATION, -30, needs=(RAIL,)), Step(SKILLS, -20, needs=(STATION,))]
    await alerts.take(*states([Step(RAIL, -40, 60), *after], 1), plan_state())
    (rail, station, skills) = states([Step(RAIL, -40, 60, cancelled=True), *after], 2)
    await alerts.take(rail, station)
    changed = await alerts.take(skills.model_copy(update={"slip": 5, "projected": day(-15)}))
    assert {kept.symptom: kept.alert.ended for kept in changed if not kept.firing} == {"late": "predecessor-gone"}


async def test_a_large_return_in_many_batches_is_one_message_for_each(alerts: Alerts) -> None:
    """Nine batches of one request, two seconds and more after each other's first: told when the last is in."""
    await subscribed(alerts.store, subscription("s1"), subscription("s2", "https://other.example/hook"))
    await alerts.take(plan_state())
    await alerts.clock()
    await alerts.tell()
    for n in range(9):
        batch = states([Step(f"dft/m{n}-{k}", 100, 150) for k in range(5)], n + 1)
        await alerts.take(*(one.model_copy(update={"correlationid": "return-1"}) for one in batch))
        await alerts.tell(dt.timedelta(seconds=1.9))
    assert await _numbers(alerts.store, "s1", "s2") == [0, 0]
    await alerts.tell()
    await alerts.tell()
    assert await _numbers(alerts.store, "s1", "s2") == [1, 1]
    (record,) = await alerts.store.notifications.find(["s1-1"])
    assert (record.kind, record.body.count('"against_baseline"')) == ("summary", 45)


async def test_a_return_that_never_ends_is_told_of_after_thirty_seconds(alerts: Alerts) -> None:
    """What there is by then; the rest, eight seconds more, is another message."""
    await subscribed(alerts.store, subscription("s1"))
    await alerts.take(plan_state())
    await alerts.clock()
    await alerts.tell()
    for n in range(20):
        moved = state(Step(f"dft/m{n}", 100, 150), n + 1).model_copy(update={"correlationid": "return-1"})
        await alerts.take(moved)
        await alerts.tell(dt.timedelta(seconds=1.9))
    assert await _numbers(alerts.store, "s1") == [1]
    await alerts.tell()
    await alerts.tell()
    assert await _numbers(alerts.store, "s1") == [2]
