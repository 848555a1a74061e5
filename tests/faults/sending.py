"""Law 4 under fire: kill -9 of alerting while it tells very many, over a receiver that fails three times in ten.

A part of `make faults`, which names this file: it takes minutes, and is no part of `make test`.
"""

import contextlib
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.local import stack
from deploy.local.ports import Ports, free_base
from schemas.alerts import Notification
from schemas.states import MilestoneState, PlanState
from services.alerting.domain.model import NotificationRecord
from services.alerting.store import Store
from services.alerting.stream.batch import log_ends
from services.kit.mongo import connect
from tests.faults import settings
from tests.faults.driver import Driver, replica
from tests.faults.fickle import Fickle, fickle
from tests.servers import Servers
from tests.services.alerting.examples import RAIL, TOLERANCE, Step, plan_state, states
from tests.services.alerting.running import Receiver, announce, receiving, until
from tests.services.alerting.stored import subscribed, subscription

LISTENERS = 1_000 if settings.LONG else 100
"""Each hears of two moves, so there are twice as many notifications; every tenth has a mailbox."""

REPLICAS = [pytest.param(n, id=f"replicas={n},SEED={settings.SEED}") for n in (1, 2)]
FAILING = 0.3

FAR = 3_000
"""Days ahead, so that nothing is overdue whenever this runs."""

WORST_SLIP = 90
IN_FLIGHT = 8
"""Attempts that one destination has under way (domain/circuit.py)."""


def moved(days: int, version: int) -> list[MilestoneState]:
    """The milestone, when it is so many days late."""
    return states([Step(RAIL, FAR, FAR + days)], version)


@contextlib.asynccontextmanager
async def alerting(
    servers: Servers, namespace: str, receiver: Receiver, directory: Path, replicas: int
) -> AsyncIterator[Driver]:
    """So many replicas as processes, trying quickly and often."""
    driver, starts = Driver(), {}
    for number in range(1, replicas + 1):
        ports = Ports.from_base(free_base())
        env = stack.environment(ports, "s" * 32, namespace) | {
            "MILEPOST_KAFKA": servers.kafka,
            "MILEPOST_MONGO": servers.mongo,
            "MILEPOST_SMTP_PORT": str(receiver.smtp_port),
            "MILEPOST_RETRY_SECONDS": str([0.2] * 5 + [1.0] * 20),
        }
        starts[f"alerting.{number}"] = replica("alerting", number, ports.alerting, env, directory)
    try:
        await driver.start(starts)
        yield driver
    finally:
        await driver.close()


@pytest.mark.parametrize("replicas", REPLICAS)
async def test_kill_9_while_very_many_are_told(
    servers: Servers, namespace: str, receiver: Receiver, tmp_path: Path, replicas: int
) -> None:
    """Everyone's last word is of the worst level, under one id however often it was tried, and nobody is told twice."""
    client = connect(servers.mongo)
    store = Store(client, client[f"{namespace}_alerting"])
    async with (
        fickle(settings.SEED, FAILING) as hooks,
        alerting(servers, namespace, receiver, tmp_path, replicas) as driver,
    ):
        await listen(store, hooks)
        await say(servers, namespace, plan_state(), *moved(0, 1))
        await say(servers, namespace, *moved(50, 2))
        for told, kill in ((0.2, 1), (0.6, replicas)):
            await until(lambda wanted=told: heard(hooks, wanted), bool, 600)  # type: ignore[misc]
            await driver.kill(f"alerting.{kill}")
        await say(servers, namespace, *moved(WORST_SLIP, 3))
        await until(lambda: heard(hooks, 1.3), bool, 600)
        await driver.kill("alerting.1")
        await driver.mended()
        await until(lambda: left(store, servers, namespace), lambda count: count == 0, 900)
        records = await everything(store)
    check(records, hooks, receiver, driver.kills["alerting"])
    client.close()


async def listen(store: Store, hooks: Fickle) -> None:
    """Webhooks, and every tenth a mailbox of the same department."""
    made = [subscription(f"s{n}", hooks.url(str(n))) for n in range(LISTENERS)]
    made[::10] = [
        subscription(f"m{n}", f"team{n}@dfe.example", channel="mail", secret=None) for n in range(0, LISTENERS, 10)
    ]
    await subscribed(store, *made)


async def say(servers: Servers, namespace: str, *said: MilestoneState | PlanState) -> None:
    """States arrive."""
    await announce(servers, namespace, said)


async def heard(hooks: Fickle, part: float) -> bool:
    """Whether so many notifications, as a part of all listeners, have come in."""
    return len({one.id for one in hooks.arrivals}) >= part * LISTENERS * 0.9


async def left(store: Store, servers: Servers, namespace: str) -> int:
    """What is left to read, to tell and to send."""
    database = store.client[f"{namespace}_alerting"]
    ends, at = await log_ends(servers.kafka, namespace), {d["_id"]: d["next"] async for d in database["cursors"].find()}
    unread = sum(end - at.get(place, 0) for place, end in ends.items())
    waiting = [await database[name].count_documents({}) for name in ("marks", "rows")]
    pending = await database["notifications"].count_documents({"state": "pending"})
    return int(unread + sum(waiting) + pending)


async def everything(store: Store) -> dict[str, list[NotificationRecord]]:
    """The notifications of each subscription, in their order."""
    found: dict[str, list[NotificationRecord]] = defaultdict(list)
    for one in await store.subscriptions.owned(["dfe"]):
        found[one.id] = await store.notifications.find(f"{one.id}-{n}" for n in range(1, one.number + 1))
        assert len(found[one.id]) == one.number
    return found


def check(records: dict[str, list[NotificationRecord]], hooks: Fickle, receiver: Receiver, kills: int) -> None:
    """The promises."""
    assert len(records) == LISTENERS
    for told in records.values():
        assert {one.state for one in told} == {"sent"}
        slips = [slip(one) for one in sorted(told, key=lambda one: one.number)]
        assert slips[-1] >= WORST_SLIP - TOLERANCE
        assert all(later - before > TOLERANCE for before, later in zip([0, *slips], slips, strict=False))
    bodies: dict[str, set[str]] = defaultdict(set)
    for arrival in hooks.arrivals:
        bodies[arrival.id].add(arrival.text)
    wanted = {one.known_as: one.body for told in records.values() for one in told if one.channel == "webhook"}
    assert bodies == {identifier: {body} for identifier, body in wanted.items()}
    taken = Counter(one.id for one in hooks.taken())
    assert set(taken) == set(wanted)
    assert sum(taken.values()) - len(taken) <= kills * IN_FLIGHT
    mails = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in receiver.mails)
    assert set(mails) == {one.known_as for told in records.values() for one in told if one.channel == "mail"}
    assert max(mails.values()) <= 1 + kills
    assert sum(mails.values()) - len(mails) <= kills * IN_FLIGHT
    assert {one.ending for one in hooks.arrivals} == {"taken", "500", "429", "silence", "reset"}


def slip(record: NotificationRecord) -> int:
    """The slip that a notification tells."""
    (section,) = Notification.model_validate_json(record.body).data.causes
    (told,) = section.moved
    return told.against_baseline or 0


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Where mails arrive."""
    async with receiving() as one:
        yield one
