"""Each find of the store is explained: by an index, and with no more documents looked at than it needs.

`limit` is set aside: the embedded store's plan does not count by it. Writes name the documents that they change.
"""

import contextlib
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from schemas.events import LogRecord
from services.kit.cursors import Cursor
from services.kit.mongo import Database, transaction
from services.plan_tracking.domain.about import OUT
from services.plan_tracking.store import Note, Store
from tests.events import NOON, PLAN, event
from tests.servers import Servers
from tests.services.plan_tracking.doors import said

PLANS, MILESTONES = 12, 30
WORST = 3
"""Documents looked at for each that matches."""


class Commands(CommandListener):
    """Remembers what is sent to the store."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """A command is sent."""
        self.sent.append((event.command_name, dict(event.command)))

    def succeeded(self, event: object) -> None:
        """It went well."""

    def failed(self, event: object) -> None:
        """It did not."""

    @contextlib.contextmanager
    def during(self) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        """What is sent meanwhile."""
        self.sent = []
        yield self.sent
        self.sent = []


def collection(number: int) -> list[LogRecord]:
    """A plan of some size: milestones that need each other, moves, a milestone that others want, an outcome."""
    plan = f"d{number % 4}/p{number}"
    lead = plan.partition("/")[0]
    made = [event("plan.published", plan, {"title": "T"}, plan=plan)]
    for one in range(MILESTONES):
        name = f"{lead}/m{one}"
        made.append(event("milestone.planned", name, {"title": "M", "baseline": "2026-01-01"}, plan=plan, id="p"))
        made.append(event("dependency.declared", name, {"needs": f"{lead}/m{one + 1}"}, plan=plan, id="n"))
        moves = {"forecast": "2026-02-01", "reason": "Why"}
        made += [event("milestone.forecast", name, moves, plan=plan, id=f"f{again}") for again in range(3)]
    wanted = {"milestone": f"{lead}/m1", "by": PLAN, "wanted": True, "version": 1}
    made.append(event("port.wanted", plan, wanted, plan=plan, source="/milepost/plan-tracking", id="w"))
    return made


@pytest.fixture(scope="module")
def commands() -> Commands:
    """What the store of this module is sent."""
    return Commands()


@pytest_asyncio.fixture(scope="module")
async def database(servers: Servers, commands: Commands) -> AsyncIterator[Database]:
    """A realistic database, made once: twelve plans and their history."""
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        servers.mongo, w="majority", event_listeners=[commands], tz_aware=True
    )
    made = client["t-finds_plan_tracking"]
    await client.drop_database(made.name)
    store = Store(client, made)
    await store.prepare()
    for number in range(PLANS):
        await said(store, collection(number), plan=f"d{number % 4}/p{number}")
    yield made
    await client.drop_database(made.name)
    client.close()


async def reads(store: Store) -> AsyncIterator[str]:
    """Calls every read of the store, and answers with its name once it is done."""
    plan, name = "d1/p5", "d1/m7"
    key = f"{plan}|{name}"
    calls: dict[str, Any] = {
        "plans": lambda: store.plans([plan, "d2/p2", "no/such"]),
        "plan_document": lambda: store.plan_document(plan),
        "plan": lambda: store.plan(plan),
        "moves": lambda: store.moves(plan),
        "milestones": lambda: store.milestones(plan, [name, "d1/m8"]),
        "milestones_of": lambda: store.milestones_of({plan: [name], "d2/p2": ["d2/m1"]}),
        "everything": lambda: store.everything(plan),
        "rebuilt": lambda: store.rebuilt(["one"]),
        "names": store.names,
        "facts": lambda: store.facts(plan, [f"{OUT}d1/m1"]),
        "facts_of": lambda: store.facts_of({plan: [f"{OUT}d1/m1"]}),
        "notes": lambda: store.notes([1]),
        "note_ids": store.note_ids,
        "plans_behind": lambda: store.plans_behind(NOON.toordinal() + 1),
        "plan_state": lambda: store.plan_state(plan),
        "plan_states": store.plan_states,
        "states_of": lambda: store.states_of([plan, "d2/p2"]),
        "milestone_states": lambda: store.milestone_states(plan),
        "history": lambda: store.history(plan, name),
        "history_page": lambda: store.history_page(key, 3, 2),
        "record": lambda: store.record(plan, 10, 90),
        "accepted": lambda: store.accepted(plan, 140),
        "plan_names": lambda: store.plan_names("d1/p5", 3),
        "said": lambda: store.said("/d1", ["f1", "none"]),
        "registers": lambda: store.registers([plan, key, f"{plan}|{OUT}d1/m1"]),
    }
    for called, call in calls.items():
        await call()
        yield called
    async for _ in store.events(plan):
        pass
    yield "events"


WRITES = {"prepare", "write", "delete_notes"}


async def test_each_find_is_answered_by_an_index_and_looks_at_little_else(
    database: Database, commands: Commands
) -> None:
    """At most three documents for each that matches; what asks for all of a collection gets all of it."""
    store = Store(database.client, database)
    names = {n for n, of in inspect.getmembers(Store, inspect.isfunction) if not n.startswith("_")}
    asked, finds = set[str](), list[tuple[str, dict[str, Any]]]()
    with commands.during() as sent:
        async for name in reads(store):
            asked.add(name)
            finds += [(name, command) for kind, command in sent if kind in ("find", "aggregate")]
            sent.clear()
    assert asked == names - WRITES
    assert len(finds) >= len(asked)
    for name, command in finds:
        explained = await database.command({"explain": command, "verbosity": "executionStats"})
        stats, plan = explained["executionStats"], str(explained["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in plan or not command.get("filter"), f"{name} has no index: {command['filter']}"
        most = max(1, WORST * stats["nReturned"])
        assert stats["totalDocsExamined"] <= most, f"{name} looks at {stats['totalDocsExamined']}: {command['filter']}"


def _bare(command: dict[str, Any]) -> dict[str, Any]:
    """The find alone; of a count, which is an aggregation, the find that it counts."""
    if "aggregate" in command:
        return {"find": command["aggregate"], "filter": command["pipeline"][0]["$match"]}
    return {name: command[name] for name in ("find", "filter", "sort", "projection") if name in command}


async def test_each_write_names_the_documents_that_it_changes(database: Database, commands: Commands) -> None:
    """By `_id`; a compare-and-set by what it compares, too."""
    store = Store(database.client, database)
    partition = TopicPartition("t.events", 3)
    with commands.during() as sent:
        await said(store, collection(0)[:5], offset=500, plan="d0/p0")
        note = Note("n", 3, {"d0/p0": ("d0/m1",)})
        await transaction(store.client, lambda session: store.write(session, {}, [note]))
        await store.delete_notes([note])
        await store.attempts.add("d0/p0")
        await store.attempts.forget("d0/p0")
        await store.starts.without_progress({partition: Cursor(1, 0)})
        await store.cursors.read([partition])
    filters = [one["q"] for kind, command in sent if kind in ("update", "delete") for one in command[f"{kind}s"]]
    assert len(filters) > 5
    assert all("_id" in wanted for wanted in filters)
    finds = [
        command["filter"]
        for kind, command in sent
        if kind == "find" and command["find"] in ("attempts", "starts", "cursors")
    ]
    assert finds
    assert all("_id" in wanted for wanted in finds)
