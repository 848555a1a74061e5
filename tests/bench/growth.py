"""Growth: what an event costs where plans are many, a move costs where much depends on it, and a rebuild costs.

No Kafka: the records are handed over in memory, and what would be announced is not sent. Everything else is the
product's own: reads, fold, documents, one transaction for each batch. SMALL and LARGE are the two
numbers of milestones.
"""

import datetime as dt
import os
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from schemas.events import LOG_RECORD
from schemas.network import RebuildRequested
from services.kit.mongo import Client, Session, connect, transaction
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.domain.network import Moves, Network, renew, whole
from services.plan_tracking.domain.schedule import Edge, Given, Terms
from services.plan_tracking.store import Store
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.change import Change
from services.plan_tracking.stream.changes import changes
from services.plan_tracking.stream.rebuild import rebuild
from tests.bench.measure import Row, Spent, resident, table
from tests.bench.workload import Size, Story
from tests.servers import Servers

SMALL, LARGE = int(os.environ.get("SMALL", "10000")), int(os.environ.get("LARGE", "100000"))
"""Milestones. The embedded store takes very long to be filled with a million."""
PER_PLAN, PLANS_A_BATCH, A_BATCH = 500, 10, 1_000
AFFECTED = 10_000
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


class World:
    """Plans in a store, as the product has written them, and their networks as it has kept them."""

    def __init__(self, client: Client, name: str, milestones: int) -> None:
        self.client, self.store = client, Store(client, client[name])
        self.networks = Networks(self.store)
        self._story = Story(Size(0, milestones // PER_PLAN, PER_PLAN), NOON)
        self._random, self._offset = random.Random(7), 0  # noqa: S311 - a load, no secret

    async def fill(self) -> None:
        """Sets the plans up, one after another."""
        await self.store.prepare()
        for plan in self._story.plans:
            await self._work_on({plan: self._entries(self._story.accept(self._story.planned(plan)))})

    async def move(self, batches: int) -> Spent:
        """What batches of returns about a few plans each take, beside parsing."""
        spent = Spent(0, 0)
        for _ in range(batches):
            work = self._returns()
            begin = Spent.so_far()
            await self._work_on(work)
            spent = spent.plus(Spent.so_far().since(begin))
        return spent

    def _returns(self) -> dict[str, list[Entry]]:
        chosen = self._random.sample(self._story.plans, min(PLANS_A_BATCH, len(self._story.plans)))
        work: dict[str, list[Entry]] = {plan: [] for plan in chosen}
        for entry in self._entries(self._story.accept(self._story.moves(chosen, A_BATCH))):
            work[entry.event.plan].append(entry)
        return {plan: entries for plan, entries in work.items() if entries}

    async def rebuild(self) -> tuple[int, Spent]:
        """How many records of a plan are folded again, and what that takes; nothing is written."""
        plan, records = self._story.plans[0], 0
        request = LOG_RECORD.validate_python(_request(plan))
        begin = Spent.so_far()
        change = await rebuild(self.store, plan, [Entry(self._offset + 1, request)])
        records = change.writes["rebuilds"][0]["records"]
        return records, Spent.so_far().since(begin)

    def _entries(self, events: Iterable[bytes]) -> Iterator[Entry]:
        for event in events:
            self._offset += 1
            yield Entry(self._offset, LOG_RECORD.validate_json(event))

    async def _work_on(self, work: Mapping[str, Iterable[Entry]]) -> None:
        found = await changes(self.store, self.networks, {plan: list(entries) for plan, entries in work.items()})
        names = ("plans", "milestones", "facts", "history")
        documents = {name: [doc for change in found for doc in change.writes[name]] for name in names}

        async def write(session: Session) -> None:
            await self.store.write(session, documents, [])

        await transaction(self.client, write)
        self._keep(found)

    def _keep(self, found: Sequence[Change]) -> None:
        for folded in (change.folded for change in found if change.folded):
            self.networks.keep(folded.plan, folded.network, folded.tallies)


def _request(plan: str) -> dict[str, str | dict[str, str]]:
    kind = RebuildRequested.model_fields["type"].default
    said = {"specversion": "1.0", "id": "again", "source": "/milepost/bench", "type": kind, "subject": plan}
    return {**said, "plan": plan, "time": NOON.isoformat(), "acceptedtime": NOON.isoformat(), "data": {}}


def moved(affected: int) -> Spent:
    """What it takes to propagate a move of the first milestone of a plan to all that need it, one after another."""
    names = [f"dft/m{number}" for number in range(affected)]
    firsts = {name: _given(number, names) for number, name in enumerate(names)}
    network = whole("dluhc/long", Moves(given=firsts), Terms())
    begin = Spent.so_far()
    again = renew(network, Moves(given={names[0]: Given("open", 740_000, 740_900, None)}), Terms())
    spent = Spent.so_far().since(begin)
    assert len(again.affected) == affected
    return spent


def _given(number: int, names: Sequence[str]) -> Given:
    needs = (Edge(names[number - 1], 1, "calendar"),) if number else ()
    return Given("open", 740_000 + number, 740_000 + number, None, needs)


def held(milestones: int) -> float:
    """Bytes of memory that a milestone in a kept network takes."""
    before, kept = resident(), list[Network]()
    for plan in range(milestones // PER_PLAN):
        names = [f"dft/project-{plan}/milestone-{number}" for number in range(PER_PLAN)]
        firsts = {name: _given(number, names) for number, name in enumerate(names)}
        kept.append(whole(f"dluhc/plan-{plan}", Moves(given=firsts), Terms()))
    return (resident() - before) / sum(len(network.given) for network in kept)


async def report(servers: Servers, size: Size, rounds: int, directory: Path) -> str:
    """The table: a small and a large world in turns, and what does not need a store."""
    client = connect(servers.mongo)
    try:
        worlds = [World(client, f"bench-{directory.name[-6:]}-{n}", n) for n in (SMALL, LARGE)]
        for world in worlds:
            await world.fill()
            await world.move(1)
        small, large = zip(*[(await worlds[0].move(1), await worlds[1].move(1)) for _ in range(rounds)], strict=True)
        records, again = await worlds[0].rebuild()
    finally:
        client.close()
    memory = resident() / 2**20
    kept, each = held(50_000), [1e6 * moved(AFFECTED).cpu / AFFECTED for _ in range(rounds)]
    title = f"an event of {PLANS_A_BATCH} plans a batch, {SMALL:,} milestones against {LARGE:,}; ratio = small / large"
    rows = [
        Row("CPU, us an event", [1e6 * one.cpu / A_BATCH for one in small], [1e6 * one.cpu / A_BATCH for one in large]),
        Row("wall, us an event", [1e6 * s.wall / A_BATCH for s in small], [1e6 * s.wall / A_BATCH for s in large]),
    ]
    return "\n".join(
        [
            table(title, f"{SMALL:,}", rows).replace("ours", "more", 1),
            f"a move through {AFFECTED:,} milestones: {min(each):.2f} us of CPU each (least of {rounds})",
            f"memory of a milestone in a kept network: {kept:.0f} bytes",
            f"rebuild: {1e6 * again.cpu / records:.0f} us of CPU and {1e6 * again.wall / records:.0f} us for each of "
            f"{records:,} records",
            f"memory of this process, with both worlds: {memory:.0f} MiB",
        ]
    )
