"""Every find that a door makes looks at what it answers with, and at little else."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from schemas.events import LogRecord
from services.kit.mongo import Database
from services.plan_tracking.parts import SLICE
from services.plan_tracking.store import Store
from tests.servers import Servers
from tests.services.plan_tracking import towns
from tests.services.plan_tracking.doors import doors, key, said
from tests.services.plan_tracking.every_door import PATHS, body
from tests.services.plan_tracking.test_hold import LATER, NEWS, held
from tests.services.plan_tracking.towns import JOBS, RENEWAL

MOST = 3
"""How many documents may be looked at for each that matches."""


class Finds(CommandListener):
    """Remembers the finds that were sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Keeps what decides how a find is done."""
        if event.command_name == "find":
            wanted = ("find", "filter", "sort", "projection")
            self.sent.append({name: event.command[name] for name in wanted if name in event.command})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to remember."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to remember."""


@pytest_asyncio.fixture
async def heard(servers: Servers, database: Database) -> AsyncIterator[tuple[Store, Finds]]:
    """The store, and the finds that it makes."""
    finds = Finds()
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(servers.mongo, event_listeners=[finds])
    store = Store(client, client[database.name])
    await store.prepare()
    yield store, finds
    client.close()


def elsewhere(number: int) -> Sequence[LogRecord]:
    """Another department's plan of another place, with milestones, money, outcomes and counts of its own."""
    plan, place = f"defra/plan-{number}", f"E0800{number:04}"
    return [
        *towns.published(plan, f"Plan {number}", places=[{"code": place, "name": "Elsewhere"}], mission=f"M {number}"),
        *(towns.planned(plan, f"defra/m{each}", "A milestone", "2027-01-01") for each in range(6)),
        towns.needs(plan, "defra/m1", "defra/m0"),
        towns.observed(plan, "2026 Q1", "1", place),
        towns.allocated(plan, "defra/fund", 5, place=place),
        towns.reported(plan, "Parks", 9, place=place),
    ]


async def test_the_finds_of_every_door_look_at_little_more_than_they_answer_with(
    heard: tuple[Store, Finds], database: Database
) -> None:
    """Among forty other plans, with and without the right to see what is on hold; limits set aside.

    Only a search looks at every title: part of one can be anywhere.
    """
    store, finds = heard
    await towns.founded(store, renewal_plan=[*towns.renewal(), held(), *NEWS])
    for number in range(40):
        await said(store, elsewhere(number), plan=f"defra/plan-{number}")
    finds.sent.clear()
    async with doors(store, LATER, towns.places()) as client:
        for path in PATHS:
            for headers in ({}, key("dft")):
                assert (await body(client, path, headers))[0] in (200, 403)
    by_key = [find for find in finds.sent if "state.title" not in find["filter"]]
    assert len(by_key) > 100
    for find in by_key:
        explained = await database.command({"explain": find, "verbosity": "executionStats"})
        stats = explained["executionStats"]
        assert stats["totalDocsExamined"] <= MOST * stats["nReturned"], find


async def test_more_keys_than_one_read_takes_are_read_in_slices(heard: tuple[Store, Finds]) -> None:
    """Each milestone once, whichever of its keys it is found by."""
    store, finds = heard
    names = [f"dwp/m{number:03}" for number in range(SLICE + 10)]
    await said(store, [towns.planned(JOBS, name, name, "2027-01-01") for name in names], plan=JOBS)
    finds.sent.clear()
    found = await store.lookups.named(f"{JOBS}|{name}" for name in [*names, *names])
    assert [state.milestone for state in found] == names
    assert len(finds.sent) == 2
    assert len(await store.lookups.milestones(["by|dwp", f"at|{JOBS}", f"at|{RENEWAL}"])) == len(names)


@pytest.mark.parametrize("plan", ["nobody/nothing", 'x"|', ""])
async def test_what_is_not_there_is_found_empty(heard: tuple[Store, Finds], plan: str) -> None:
    """By any key."""
    store, _ = heard
    assert await store.lookups.plans([plan]) == []
    assert await store.lookups.facts([f"at|{plan}"]) == []
    assert await store.lookups.milestones([]) == []
