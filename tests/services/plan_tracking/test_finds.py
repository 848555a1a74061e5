"""Each find of the store is explained: by an index, and with no more documents looked at than it needs.

`limit` is set aside: the embedded store's plan does not count by it. Writes name the documents that they change.
"""

import contextlib
import inspect
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiokafka import TopicPartition
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from schemas.events import LogRecord
from services import plan_tracking
from services.kit.cursors import Cursor, Cursors
from services.kit.mongo import Database, transaction
from services.plan_tracking.attempts import Attempts, Starts
from services.plan_tracking.domain.about import OUT
from services.plan_tracking.domain.keys import HELD, by, measuring, needing, towards
from services.plan_tracking.lookups import Lookups
from services.plan_tracking.recent import Recent
from services.plan_tracking.store import Store
from services.plan_tracking.writing import Note
from tests.events import NOON, PLAN, event
from tests.servers import Servers
from tests.services.plan_tracking.doors import said

PLANS, MILESTONES = 12, 30
SERVICE = Path(plan_tracking.__path__[0])
WIDE = "d1/wide"
"""A milestone whose document is kept in parts."""
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
    wide = [f"d{one % 9}/needed-with-a-name-of-some-length-{one}" for one in range(300 if number == 5 else 1)]
    made += [event("dependency.declared", WIDE, {"needs": one}, plan=plan, id=one) for one in wide]
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


async def _drained(some: AsyncIterator[object]) -> None:
    async for _ in some:
        pass


Call = Callable[[], Coroutine[Any, Any, object]]


def reads(store: Store) -> Mapping[tuple[type, str], Call]:
    """A call of every read, by class and name."""
    plan, name, partition = "d1/p5", "d1/m7", TopicPartition("t.events", 3)
    key = f"{plan}|{name}"
    of_store: dict[str, Call] = {
        "plans": lambda: store.plans([plan, "d2/p2", "no/such"]),
        "plan_document": lambda: store.plan_document(plan),
        "plan": lambda: store.plan(plan),
        "moves": lambda: store.moves(plan),
        "milestones": lambda: store.milestones(plan, [name, "d1/m8", WIDE]),
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
        "milestone_page": lambda: store.milestone_page(plan, "d1/m2", 3),
        "history": lambda: store.history(plan, name),
        "history_page": lambda: store.history_page(key, 3, 2),
        "record": lambda: _drained(store.record(plan, 90)),
        "events": lambda: _drained(store.events(plan)),
        "accepted": lambda: store.accepted(plan, 140),
        "plan_names": lambda: store.plan_names("d1/p5", 3),
        "said": lambda: store.said("/d1", ["f1", "none"]),
        "registers": lambda: store.registers([plan, key, f"{plan}|{OUT}d1/m1"]),
    }
    of_lookups: dict[str, Call] = {
        "plans": lambda: store.lookups.plans([towards("a-mission"), HELD]),
        "milestones": lambda: store.lookups.milestones([by("d1"), needing("d1")]),
        "named": lambda: store.lookups.named([key, f"{plan}|d1/m8"]),
        "facts": lambda: store.lookups.facts([measuring(plan)]),
    }
    others: dict[tuple[type, str], Call] = {
        (Recent, "said"): lambda: store.recent.said(NOON),
        (Starts, "without_progress"): lambda: store.starts.without_progress({partition: Cursor(1, 0)}),
        (Cursors, "read"): lambda: store.cursors.read([partition]),
        (Cursors, "own"): lambda: store.cursors.own([partition]),
    }
    for of, calls in ((Store, of_store), (Lookups, of_lookups)):
        others |= {(of, called): call for called, call in calls.items()}
    return others


WRITES = {
    Store: {"prepare", "write", "delete_notes"},
    Lookups: {"prepare"},
    Recent: {"prepare"},
    Attempts: {"add", "forget"},
    Starts: set[str](),
    Cursors: {"session", "start", "advance"},
}
ASKING = re.compile(
    r"\.(find|find_one|aggregate|count_documents|distinct|watch|find_one_and_\w+"
    r"|(update|replace|insert|delete)_(one|many)|bulk_write)\("
)
MAY_ASK = {"store.py", "writing.py", "parts.py", "attempts.py", "recent.py"}
SCANS = {(Recent, "titled"): "part of a title is looked for in every title"}
"""Finds that look at a whole collection, and why."""


def test_nobody_else_speaks_to_the_store() -> None:
    """Whoever reads or writes a collection does it in a module whose calls are explained here."""
    files = {path.relative_to(SERVICE).as_posix(): path.read_text() for path in SERVICE.rglob("*.py")}
    assert {name for name, text in files.items() if ASKING.search(text)} == MAY_ASK
    holding = {name for name, text in files.items() if re.search(r"\bdatabase\[|\bWhole\(", text)}
    assert holding <= {*MAY_ASK, "lookups.py"}


async def test_each_find_is_answered_by_an_index_and_looks_at_little_else(
    database: Database, commands: Commands
) -> None:
    """At most three documents for each that matches; what asks for all of a collection gets all of it."""
    store = Store(database.client, database)
    names = {
        (of, name)
        for of, writes in WRITES.items()
        for name, _ in inspect.getmembers(of, inspect.isfunction)
        if not name.startswith("_") and name not in writes
    }
    calls = reads(store)
    assert set(calls) == names - SCANS.keys()
    for name, call in calls.items():
        with commands.during() as sent:
            await call()
            finds = [command for kind, command in sent if kind in ("find", "aggregate")]
        assert finds, f"{name} asks nothing"
        for command in finds:
            await _explained(database, str(name), command)


async def _explained(database: Database, name: str, command: dict[str, Any]) -> None:
    asked = _bare(command)
    explained = await database.command({"explain": asked, "verbosity": "executionStats"})
    stats, plan = explained["executionStats"], str(explained["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in plan or not asked.get("filter"), f"{name} has no index: {asked['filter']}"
    most = max(1, WORST * stats["nReturned"])
    assert stats["totalDocsExamined"] <= most, f"{name} looks at {stats['totalDocsExamined']}: {asked['filter']}"


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
        note = Note("n", 3, {"d0/p0": tuple(f"d0/a-long-name-{number}" for number in range(5_000))})
        await transaction(store.client, lambda session: store.write(session, {}, [note]))
        await store.delete_notes([note])
        await store.attempts.add("d0/p0")
        await store.attempts.forget("d0/p0")
        await store.starts.without_progress({partition: Cursor(1, 0)})
        await store.cursors.start({partition: 0})
        await store.cursors.own([partition])
        step = {partition: (Cursor(0), Cursor(1))}
        await transaction(store.client, lambda session: store.cursors.advance(session, step))
    filters = [one["q"] for kind, command in sent if kind in ("update", "delete") for one in command[f"{kind}s"]]
    assert len(filters) > 5
    assert all("_id" in wanted for wanted in filters)
