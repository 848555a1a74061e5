"""Telling: one state matched against very many subscriptions, and a message composed of very many symptoms."""

import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from services.alerting import documents
from services.alerting.documents import Judged
from services.alerting.domain.compose import compose
from services.alerting.domain.matching import by_key, matching
from services.alerting.domain.memory import remember
from services.alerting.domain.scopes import Scope
from services.alerting.domain.select import decide_all
from services.alerting.store import Store
from services.alerting.telling.gather import due_now
from services.kit.mongo import Collection, Database, Document, connect
from services.kit.serve import settle_memory
from tests.bench.workload import Size
from tests.servers import Servers
from tests.services.alerting.examples import PLAN, RAIL, SKILLS, Step, chain, plan_state, states
from tests.services.alerting.stored import subscription
from tests.services.alerting.world import URL, World

SUBSCRIPTIONS, SYMPTOMS, MEANT = 100_000, 10_000, 9
AT_ONCE = 1_000
"""Documents of one insert."""


async def report(servers: Servers, _: Size, rounds: int, directory: Path) -> str:
    """Milliseconds of both, over a store and without one."""
    settle_memory()  # as every service does
    client = connect(servers.mongo)
    try:
        database = client[f"bench-{directory.name}_alerting"]
        store = Store(client, database)
        await store.prepare()
        return "\n".join([*await match(store, database, rounds), *await tell(store, database, rounds)])
    finally:
        client.close()


async def match(store: Store, database: Database, rounds: int) -> list[str]:
    """Who hears of one state."""
    listening = [subscription(f"s{n}", scope=_scope(n)) for n in range(SUBSCRIPTIONS)]
    await _fill(database["subscriptions"], map(documents.subscription_document, listening))
    world = World()
    world.hear(chain(rail=Step(RAIL, 100, 150)))
    alert = world.alerts[f"{PLAN}|{SKILLS}|late"]
    found = await store.subscriptions.listening(by_key([alert], plan_state()))

    async def judge() -> None:
        assert len(matching(by_key([alert], plan_state()), found)) == MEANT

    async def find() -> None:
        await store.subscriptions.listening(by_key([alert], plan_state()))

    return [
        f"One state against {SUBSCRIPTIONS:,} subscriptions, {MEANT} of which mean it (ms, median and least)",
        await _timed("found by their keys in the store", find, rounds * 20),
        await _timed("judged", judge, rounds * 20),
    ]


def _scope(number: int) -> Scope:
    department = f"d{number % 400}"
    if number < MEANT:
        return [Scope("plan", PLAN), Scope("department", "dfe"), Scope("milestone", SKILLS)][number % 3]
    return [
        Scope("plan", f"dluhc/p{number % 2_000}"),
        Scope("department", department),
        Scope("milestone", f"{department}/m{number}"),
    ][number % 3]


async def tell(store: Store, database: Database, rounds: int) -> list[str]:
    """What a subscriber to all of a plan hears of it."""
    world = World()
    known = states([Step(f"dft/m{n}", 100, 150 + n % 50) for n in range(SYMPTOMS)])
    world.take(known)
    await _fill(database["states"], (documents.state_document(Judged(one, "", ())) for one in known))
    await _fill(database["alerts"], map(documents.alert_document, world.alerts.values()))
    await database["plans"].insert_one({"_id": PLAN, **documents.plan_fields(plan_state())})

    async def composed() -> None:
        items = decide_all(world.alerts.values(), world.listener, world.states, world.plans, world.now)
        made = compose(items, world.view, URL)
        assert made is not None
        assert len(remember([], made.said)) == SYMPTOMS / 500

    async def gathered() -> None:
        found = await due_now(store, subscription("s0"), [], "at_once", URL, world.now)
        assert found.composed is not None
        assert found.composed.data.more == SYMPTOMS - 1_000

    return [
        f"One message of {SYMPTOMS:,} symptoms (ms, median and least)",
        await _timed("decided, composed and remembered", composed, rounds),
        await _timed("and read from the store before", gathered, rounds),
    ]


async def _fill(collection: Collection, documents: Iterable[Document]) -> None:
    everything = list(documents)
    for start in range(0, len(everything), AT_ONCE):
        await collection.insert_many(everything[start : start + AT_ONCE])


async def _timed(what: str, work: Callable[[], Awaitable[None]], times: int) -> str:
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        await work()
        spent.append((time.perf_counter() - begin) * 1_000)
    return f"  {what:<34}{statistics.median(spent):>12,.3f}{min(spent):>12,.3f}"
