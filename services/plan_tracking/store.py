"""What plan-tracking reads of its database; writing.py has how it is written."""

import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from sys import intern
from typing import Any

from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.kit.cursors import Cursors
from services.kit.mongo import Client, Database, Document
from services.plan_tracking.attempts import Attempts, Starts
from services.plan_tracking.documents import entry_of, given_of, logged_of, plan_of, subject_of
from services.plan_tracking.domain.about import FUNDING
from services.plan_tracking.domain.facts import OUTCOME
from services.plan_tracking.domain.fold import network_moves
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.model import Entry, Plan, Subject
from services.plan_tracking.domain.network import Moves
from services.plan_tracking.lookups import STATE, Lookups
from services.plan_tracking.parts import SLICE, slices
from services.plan_tracking.recent import Recent
from services.plan_tracking.writing import Writing

LAST = 2**63 - 1
"""No offset is above it: ranges have two ends, so that an index bounds them."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A milestone as it is in the store, with the state last concluded (as JSON values)."""

    milestone: Subject
    state: Document


MOST_STATES = 5_000
"""Of plans, kept between two looks at all of them: some 5 KB each."""


class Store(Writing):
    """The database of plan-tracking."""

    def __init__(self, client: Client, database: Database) -> None:
        super().__init__(database)
        self.client = client
        self.cursors = Cursors(database["cursors"])
        self.attempts, self.starts = Attempts(database["attempts"]), Starts(database["starts"])
        self.lookups, self.recent = Lookups(database), Recent(database)
        self._states: dict[str, tuple[int, PlanState]] = {}

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._milestones.collection.create_index([("plan", 1), ("milestone", 1)])
        await self._history.collection.create_index([("about", 1), ("offset", 1)])
        await self._history.collection.create_index([("source", 1), ("id", 1)])
        await self._history.collection.create_index([("plan", 1), ("offset", 1)])
        await self._outbox.collection.create_index("partition")
        await self._plans.collection.create_index([("day", 1)])
        await self._plans.collection.create_index([("state.plan", 1)])
        await self._facts.collection.create_index([("plan", 1), ("fact", 1)])
        await self.lookups.prepare()
        await self.recent.prepare()

    async def plans(self, names: Iterable[str]) -> dict[str, tuple[Plan, Document]]:
        """Plans by name, with the states last concluded (as JSON values)."""
        found = await self._plans.by("_id", names)
        return {doc["_id"]: (plan_of(doc), doc["state"]) for doc in found}

    async def plan_document(self, name: str) -> Document | None:
        """A plan's document as it is stored, readable or not."""
        return await self._plans.one(name)

    async def plan(self, name: str) -> Plan:
        """A plan by name; an empty one before its first record."""
        return (await self.plans([name])).get(name, (Plan(name), None))[0]

    async def moves(self, plan: str) -> Moves:
        """Everything that a plan's network is made of."""
        found = await self._milestones.find({"plan": plan}, ("milestone", "given"))
        facts = [subject_of(doc) for doc in await self._facts.find({"plan": plan, "fact": _OF_NETWORKS})]
        of_facts = network_moves((fact.name, fact) for fact in facts)
        return replace(of_facts, given={intern(doc["milestone"]): given_of(doc) for doc in found})

    async def milestones(self, plan: str, names: Iterable[str]) -> dict[str, Stored]:
        """Milestones of a plan by name."""
        return (await self.milestones_of({plan: names}))[plan]

    async def milestones_of(self, names: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Stored]]:
        """Milestones of several plans, by plan and name; each plan that is asked for has its mapping."""
        found: dict[str, dict[str, Stored]] = {plan: {} for plan in names}
        for doc in await self._milestones.by("_id", _keys(names)):
            found[doc["plan"]][doc["milestone"]] = Stored(subject_of(doc), doc["state"])
        return found

    async def everything(self, plan: str) -> dict[str, dict[str, Document]]:
        """Every document about a plan as it is stored, readable or not: by collection and id."""
        found = {
            "plans": await self._plans.by("_id", [plan]),
            "milestones": await self._milestones.find({"plan": plan}),
            "facts": await self._facts.find({"plan": plan}),
            "history": await self._history.find({"plan": plan}),
        }
        return {name: {doc["_id"]: doc for doc in docs} for name, docs in found.items()}

    async def rebuilt(self, requests: Iterable[str]) -> list[Document]:
        """What came of requests to rebuild a plan, as far as they are done."""
        return await self._rebuilds.by("_id", requests)

    async def names(self) -> list[str]:
        """The names of all plans, those that nobody has published too."""
        return [doc["_id"] for doc in await self._plans.find({}, ("_id",))]

    async def facts(self, plan: str, names: Iterable[str]) -> dict[str, Subject]:
        """Facts of a plan by name."""
        return (await self.facts_of({plan: names}))[plan]

    async def facts_of(self, names: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Subject]]:
        """Facts of several plans, by plan and name; each plan that is asked for has its mapping."""
        found: dict[str, dict[str, Subject]] = {plan: {} for plan in names}
        for doc in await self._facts.by("_id", _keys(names)):
            found[doc["plan"]][doc["fact"]] = subject_of(doc)
        return found

    async def plans_behind(self, today: int) -> list[str]:
        """Plans whose day is before `today` (an ordinal) although an open milestone lies in the past."""
        found = await self._plans.find({"day": {"$gt": 0, "$lt": today}}, ("earliest",))
        return [doc["_id"] for doc in found if doc["earliest"] is not None and doc["earliest"] < today]

    async def plan_state(self, plan: str) -> PlanState | None:
        """The state of a plan."""
        return (await self.states_of([plan])).get(plan)

    async def plan_states(self) -> list[PlanState]:
        """The states of all plans, by name; those whose version is as it was are not read again."""
        now = {doc["_id"]: doc["version"] for doc in await self._plans.find({}, ("version",), sort="_id")}
        kept = {name: one for name, one in self._states.items() if now.get(name) == one[0]}
        fresh = await self.states_of(now.keys() - kept.keys())
        kept |= {name: (now[name], state) for name, state in fresh.items()}
        self._states = kept if len(kept) <= MOST_STATES else {}
        return [kept[name][1] for name in now if name in kept]

    async def states_of(self, plans: Iterable[str]) -> dict[str, PlanState]:
        """The states of plans by name."""
        found = await self._plans.by("_id", plans, STATE)
        return {doc["_id"]: PlanState.model_validate(doc["state"]) for doc in found}

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """The states of a plan's milestones, by name."""
        found = await self._milestones.find({"plan": plan}, STATE, sort="milestone")
        return [_state(doc) for doc in found]

    async def milestone_page(self, plan: str, after: str, limit: int) -> list[MilestoneState]:
        """The first states of those after a name."""
        wanted = {"plan": plan, "milestone": {"$gt": after, "$lt": "{"}}
        return [_state(doc) for doc in await self._milestones.find(wanted, STATE, sort="milestone", limit=limit)]

    async def history(self, plan: str, milestone: str | None = None) -> list[HistoryEntry]:
        """What was said about a plan, or about one of its milestones, in the order of acceptance."""
        about = milestone_key(plan, milestone) if milestone else plan
        return [entry_of(doc) for doc in await self._history.find({"about": about}, sort="offset")]

    async def history_page(
        self, about: str, after: int, limit: int, upto: int = LAST
    ) -> list[tuple[int, Document, HistoryEntry]]:
        """The first records about a plan (by name), or a milestone (by plan and name), of those above an offset.

        Each with its offset and as the CloudEvent that it is.
        """
        wanted = {"about": about, "offset": {"$gt": after, "$lte": upto}}
        found = await self._history.find(wanted, sort="offset", limit=limit)
        return [(doc["offset"], doc["event"], entry_of(doc)) for doc in found]

    async def record(self, plan: str, upto: int = LAST) -> AsyncIterator[list[Entry]]:
        """The record of a plan up to an offset as it was folded, some entries after another."""
        some: list[Entry] = []
        async for doc in self._history.each(_between(plan, -1, upto), ("offset", "event"), "offset"):
            some.append(logged_of(doc))
            if len(some) == SLICE:
                yield some
                some = []
        yield some

    async def accepted(self, plan: str, after: int) -> list[tuple[int, dt.datetime]]:
        """The records of a plan above an offset: the offset of each, and when it was accepted."""
        wanted = ("offset", "event.acceptedtime")
        found = await self._history.find(_between(plan, after, LAST), wanted, sort="offset")
        return [(doc["offset"], dt.datetime.fromisoformat(doc["event"]["acceptedtime"])) for doc in found]

    async def events(self, plan: str) -> AsyncIterator[Document]:
        """Every record of a plan as the CloudEvent that it is, one after another."""
        async for doc in self._history.each(_between(plan, -1, LAST), ("event",), "offset"):
            yield doc["event"]

    async def plan_names(self, after: str, limit: int) -> list[str]:
        """The first names of plans of those after a name."""
        wanted = {"state.plan": {"$gt": after, "$lt": "{"}}
        found = await self._plans.find(wanted, ("_id",), sort="state.plan", limit=limit)
        return [doc["_id"] for doc in found]

    async def said(self, source: str, ids: Sequence[str]) -> list[Document]:
        """Every record of this source with any of these ids, in the order of acceptance inside a plan."""
        found: list[Document] = []
        for some in slices(ids):
            found += await self._history.find({"source": source, "id": {"$in": some}})
        return sorted(found, key=lambda doc: str(doc["_id"]))

    async def registers(self, keys: Iterable[str]) -> dict[str, dict[str, list[Any]]]:
        """The registers, packed, of plans (by name), and of milestones and facts (by plan and what they are)."""
        of_kind: dict[int, list[str]] = defaultdict(list)
        for key in keys:
            of_kind[key.count("|")].append(key)
        found: list[Document] = []
        for kind, collection in enumerate((self._plans, self._milestones, self._facts)):
            found += await collection.by("_id", of_kind[kind], ("registers",))
        return {doc["_id"]: doc["registers"] for doc in found}


_OF_NETWORKS = {"$gte": FUNDING, "$lt": f"{OUTCOME[:-1]}}}"}
"""The range of the names of facts that are loaded with a network; few others lie in it."""


def milestone_of(stored: Stored) -> MilestoneState:
    """The state of a stored milestone."""
    return MilestoneState.model_validate(stored.state)


def _keys(names: Mapping[str, Iterable[str]]) -> list[str]:
    return [milestone_key(plan, name) for plan, of_plan in names.items() for name in of_plan]


def _between(plan: str, after: int, upto: int) -> Document:
    return {"plan": plan, "offset": {"$gt": after, "$lte": upto}}


def _state(document: Document) -> MilestoneState:
    return MilestoneState.model_validate(document["state"])
