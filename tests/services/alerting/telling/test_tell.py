"""Due marks and due rows on a real store: who becomes due, and that each is told once whatever runs beside it."""

import asyncio
import datetime as dt
from dataclasses import replace

import pytest

from schemas.states import Node
from services.alerting.domain.due import LONGEST, QUIET
from services.alerting.domain.model import mark_id
from services.alerting.domain.scopes import Scope
from services.alerting.measures import Measures
from services.alerting.store import Store
from services.alerting.store.queue import Due
from services.alerting.telling.subscribing import subscribe
from services.alerting.telling.tell import Telling
from services.kit.metrics import registry
from tests.services.alerting.examples import NOW, PLAN, RAIL, SKILLS, STATION, Step, chain
from tests.services.alerting.stored import heard, subscribed, subscription

MOVED = Step(RAIL, 100, 150, reason="Possession moved by Network Rail")
LATER = NOW + QUIET


def telling(store: Store, now: dt.datetime = LATER, most_a_day: int = 20) -> Telling:
    """One replica's telling, at a moment."""
    bells = asyncio.Event(), asyncio.Event()
    return Telling(store, "http://plans.example", most_a_day, Measures(registry()), lambda: now, *bells)


async def due(store: Store, now: dt.datetime = LATER) -> set[str]:
    """The subscriptions that are due."""
    return {row.subscription for row in await store.queue.due_rows(now)}


async def numbers(store: Store, *identifiers: str) -> list[int]:
    """How many notifications each subscription has."""
    found = [await store.subscriptions.find(identifier) for identifier in identifiers]
    return [one.number for one in found if one]


async def test_a_mark_makes_those_due_whose_milestones_moved(store: Store) -> None:
    """Listeners to the plan, to a department and to a milestone of what moved become due; others do not."""
    scopes = {
        "plan": Scope("plan", PLAN),
        "department": Scope("department", "dfe"),
        "milestone": Scope("milestone", STATION),
        "milestone-here": Scope("milestone", STATION, PLAN),
        "milestone-elsewhere": Scope("milestone", STATION, "dluhc/other"),
        "other-plan": Scope("plan", "dluhc/other"),
        "other-department": Scope("department", "dwp"),
    }
    await subscribed(store, *(subscription(name, scope=scope) for name, scope in scopes.items()))
    await heard(store, chain(), 1)
    await heard(store, chain(rail=MOVED), 2)
    await telling(store, NOW).marks()
    assert await due(store) == set()
    await telling(store).marks()
    assert await due(store) == {"plan", "department", "milestone", "milestone-here"}
    assert await store.queue.due_marks(LATER) == []


async def test_a_move_pushes_its_mark_for_thirty_seconds_at_most(store: Store) -> None:
    """A cause that moves every second is due two seconds after its last move, or thirty after its first."""
    await heard(store, chain(), 1)
    await telling(store).marks()  # of the plan, first seen
    for second in range(40):
        now = NOW + dt.timedelta(seconds=second)
        await heard(store, [Step(RAIL, 100, 150 + second)], second + 2, now)
    found = await store.queue.due_marks(NOW + LONGEST)
    assert [mark.id for mark, _ in found] == [mark_id(PLAN, Node(plan=PLAN, milestone=RAIL))]
    assert await store.queue.due_marks(NOW + LONGEST - dt.timedelta(seconds=1)) == []


async def test_a_mark_that_moved_since_it_was_read_stays(store: Store) -> None:
    """What was read is deleted, not what came after."""
    await heard(store, [Step(RAIL, 100, 150)], 1)
    read = await store.queue.due_marks(LATER)
    await heard(store, [Step(RAIL, 100, 160)], 2)
    for mark, stamp in read:
        await store.queue.delete_mark(mark, stamp)
    assert [mark.cause for mark, _ in await store.queue.due_marks(LATER)] == [Node(plan=PLAN, milestone=RAIL)]


async def test_a_row_that_became_due_again_stays(store: Store) -> None:
    """The same holds of a row, even if it was deleted and made again meanwhile."""
    await store.queue.make_due([Due("s1", NOW)])
    (row,) = await store.queue.due_rows(NOW)
    await store.queue.settle(row, {})
    await store.queue.make_due([Due("s1", NOW)])
    await store.queue.settle(row, {})
    await store.queue.settle(row, {"weekly": LATER})
    assert await due(store) == {"s1"}


async def test_two_replicas_tell_each_subscriber_once(store: Store) -> None:
    """Both work on all rows at the same time: one notification each, and nothing is due afterwards."""
    names = [f"s{n:02}" for n in range(20)]
    await subscribed(store, *(subscription(name) for name in names))
    await heard(store, chain(), 1)
    await heard(store, chain(rail=MOVED), 2)
    one, other = telling(store), telling(store)
    await asyncio.gather(one.marks(), other.marks())
    for _ in range(3):
        await asyncio.gather(one.rows(), other.rows())
    assert await numbers(store, *names) == [1] * 20
    assert await due(store) == set()
    ids = [f"{name}-{n}" for name in names for n in (1, 2)]
    assert len(await store.notifications.find(ids)) == 20


async def test_one_message_over_all_causes(store: Store) -> None:
    """Two causes of the same moment are two sections of one message."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, 100), Step(STATION, 110)], 1)
    await heard(store, [Step(RAIL, 100, 150), Step(STATION, 110, 170)], 2)
    await telling(store).marks()
    await telling(store).rows()
    (record,) = await store.notifications.find(["s1-1", "s1-2"])
    assert record.body.count('"cause":') == 2
    assert record.correlationid == "request-2"


async def test_what_can_not_be_composed_holds_up_nobody_else(store: Store) -> None:
    """A subscription whose memory is damaged is tried again later, and stays due; the others are told."""
    damaged = subscription("damaged", chunks=1)  # a document that is not there
    await subscribed(store, damaged, subscription("sound"))
    await heard(store, chain(), 1)
    await heard(store, chain(rail=MOVED), 2)
    await telling(store).marks()
    await telling(store).rows()
    assert await numbers(store, "damaged", "sound") == [0, 1]
    assert await due(store) == set()
    assert await due(store, LATER + dt.timedelta(seconds=2)) == {"damaged"}
    assert await store.queue.overdue(LATER) == 1


async def test_who_is_due_is_overdue_when_nobody_has_looked_for_five_seconds(store: Store) -> None:
    """And no more when it is told."""
    await subscribed(store, subscription("s1"))
    await heard(store, chain(), 1)
    await heard(store, chain(rail=MOVED), 2)
    await telling(store).marks()
    assert [await store.queue.overdue(LATER + dt.timedelta(seconds=n)) for n in (0, 4, 6)] == [0, 0, 1]
    await telling(store).rows()
    assert await store.queue.overdue(LATER + dt.timedelta(days=1)) == 0


async def test_a_row_may_fail_for_days(store: Store) -> None:
    """It is tried again after a minute, however often it has failed."""
    await subscribed(store, subscription("damaged", chunks=1))
    await store.queue.make_due([Due("damaged", NOW)])
    [row] = await store.queue.due_rows(NOW)
    await store.queue.postpone(replace(row, failures=5_000), NOW)
    await telling(store, NOW).rows()
    assert await due(store, NOW + dt.timedelta(seconds=59)) == set()
    assert await due(store, NOW + dt.timedelta(seconds=60)) == {"damaged"}


async def test_nothing_is_said_to_whom_has_left(store: Store) -> None:
    """A subscription that ends between the mark and the message gets none."""
    await subscribed(store, subscription("s1"))
    await heard(store, [Step(RAIL, 100)], 1)
    await heard(store, [MOVED], 2)
    await telling(store).marks()
    await store.subscriptions.end("s1", "left")
    await telling(store).rows()
    assert await numbers(store, "s1") == [0]
    await heard(store, [Step(RAIL, 100, 200)], 3)
    assert await store.subscriptions.listening([f"plan:{PLAN}"]) == []


@pytest.mark.parametrize(("least_days", "count"), [(0, 1), (35, 1), (60, 0)])
async def test_a_subscription_knows_what_holds_already(store: Store, least_days: int, count: int) -> None:
    """It gets one summary if anything is above its threshold, becomes due once more, and then hears nothing new."""
    await heard(store, chain(), 1)
    await heard(store, chain(rail=MOVED), 2)
    await telling(store).marks()
    summary = await subscribe(store, subscription("s1", least_days=least_days), "http://plans.example", NOW)
    assert (summary.kind if summary else None) == ("summary" if count else None)
    afterwards = NOW + dt.timedelta(minutes=1)
    assert await due(store, afterwards) == {"s1"}
    await telling(store, afterwards).rows()
    assert await numbers(store, "s1") == [count]
    assert await due(store, afterwards) == set()


async def test_the_end_is_said_to_whom_was_told(store: Store) -> None:
    """Told late, completed late: one more message, and the memory of it is empty."""
    await subscribed(store, subscription("s1", scope=Scope("department", "dfe")))
    await heard(store, [Step(SKILLS, 100)], 1)
    for version, step in ((2, Step(SKILLS, 100, 150)), (3, Step(SKILLS, 100, 150, actual=150))):
        await heard(store, [step], version)
        await telling(store).marks()
        await telling(store).rows()
    (record,) = await store.notifications.find(["s1-2"])
    assert (record.kind, '"ended":"completed-late"' in record.body) == ("ended", True)
    found = await store.subscriptions.find("s1")
    assert found is not None
    assert await store.subscriptions.chunks(found) == [{}]
