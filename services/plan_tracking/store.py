"""Every Mongo query of plan-tracking."""

import datetime as dt
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from sys import intern
from typing import Any

from pymongo import ReplaceOne

from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.kit.cursors import Cursors
from services.kit.mongo import Client, Collection, Database, Document, Session
from services.plan_tracking.attempts import Attempts, Starts
from services.plan_tracking.documents import entry_of, given_of, logged_of, plan_of, subject_of
from services.plan_tracking.domain.about import NETWORK_FACTS
from services.plan_tracking.domain.fold import network_moves
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.model import Entry, Plan, Subject
from services.plan_tracking.domain.network import Moves
from services.plan_tracking.domain.ports import Due
from services.plan_tracking.lookups import Lookups

SLICE = 250
"""Keys of one read."""
LAST = 2**63 - 1
"""No offset is above it: ranges have two ends, so that an index bounds them."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A milestone as it is in the store, with the state last concluded (as JSON values)."""

    milestone: Subject
    state: Document


@dataclass(frozen=True, slots=True)
class Note:
    """An outbox note: what is to be announced for a partition; never the content, which is read when announced.

    `plans` has the milestones whose states are due, by plan; `between` what is due to other plans, by plan.
    """

    id: str
    partition: int
    plans: Mapping[str, tuple[str, ...]]
    between: Mapping[str, Due] = field(default_factory=dict)


class Store:
    """The database of plan-tracking."""

    def __init__(self, client: Client, database: Database) -> None:
        self.client = client
        self.cursors = Cursors(database["cursors"])
        self.attempts, self.starts = Attempts(database["attempts"]), Starts(database["starts"])
        self._plans, self._milestones = database["plans"], database["milestones"]
        self._history, self._outbox = database["history"], database["outbox"]
        self._facts, self._rebuilds = database["facts"], database["rebuilds"]
        self.lookups = Lookups(database)

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._milestones.create_index([("plan", 1), ("milestone", 1)])
        await self._history.create_index([("about", 1), ("offset", 1)])
        await self._history.create_index([("source", 1), ("id", 1)])
        await self._history.create_index([("plan", 1), ("offset", 1)])
        await self._outbox.create_index("partition")
        await self._plans.create_index([("day", 1)])
        await self._plans.create_index([("state.plan", 1)])
        await self._facts.create_index([("plan", 1), ("fact", 1)])
        await self.lookups.prepare()

    async def plans(self, names: Iterable[str]) -> dict[str, tuple[Plan, Document]]:
        """Plans by name, with the states last concluded (as JSON values)."""
        found = await _by_ids(self._plans, list(names))
        return {doc["_id"]: (plan_of(doc), doc["state"]) for doc in found}

    async def plan_document(self, name: str) -> Document | None:
        """A plan's document as it is stored, readable or not."""
        return await self._plans.find_one({"_id": name})

    async def plan(self, name: str) -> Plan:
        """A plan by name; an empty one before its first record."""
        return (await self.plans([name])).get(name, (Plan(name), None))[0]

    async def moves(self, plan: str) -> Moves:
        """Everything that a plan's network is made of."""
        found = await self._milestones.find({"plan": plan}, {"milestone": 1, "given": 1}).to_list(None)
        between = {"plan": plan, "fact": {"$gte": NETWORK_FACTS, "$lt": NETWORK_FACTS[:-1] + "}"}}
        facts = [subject_of(doc) for doc in await self._facts.find(between).to_list(None)]
        of_facts = network_moves((fact.name, fact) for fact in facts)
        return replace(of_facts, given={intern(doc["milestone"]): given_of(doc) for doc in found})

    async def milestones(self, plan: str, names: Iterable[str]) -> dict[str, Stored]:
        """Milestones of a plan by name."""
        return (await self.milestones_of({plan: names}))[plan]

    async def milestones_of(self, names: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Stored]]:
        """Milestones of several plans, by plan and name; each plan that is asked for has its mapping."""
        found: dict[str, dict[str, Stored]] = {plan: {} for plan in names}
        for doc in await _by_ids(self._milestones, _keys(names)):
            found[doc["plan"]][doc["milestone"]] = Stored(subject_of(doc), doc["state"])
        return found

    async def everything(self, plan: str) -> dict[str, dict[str, Document]]:
        """Every document about a plan as it is stored, readable or not: by collection and id."""
        collections = {"plans": self._plans, "milestones": self._milestones, "facts": self._facts}
        wanted = {name: {"_id": plan} if name == "plans" else {"plan": plan} for name in collections}
        found = {name: await one.find(wanted[name]).to_list(None) for name, one in collections.items()}
        found["history"] = await self._history.find({"plan": plan}).to_list(None)
        return {name: {doc["_id"]: doc for doc in docs} for name, docs in found.items()}

    async def rebuilt(self, requests: Iterable[str]) -> list[Document]:
        """What came of requests to rebuild a plan, as far as they are done."""
        return await self._rebuilds.find({"_id": {"$in": list(requests)}}).to_list(None)

    async def names(self) -> list[str]:
        """The names of all plans, those that nobody has published too."""
        return [doc["_id"] for doc in await self._plans.find({}, {"_id": 1}).to_list(None)]

    async def facts(self, plan: str, names: Iterable[str]) -> dict[str, Subject]:
        """Facts of a plan by name."""
        return (await self.facts_of({plan: names}))[plan]

    async def facts_of(self, names: Mapping[str, Iterable[str]]) -> dict[str, dict[str, Subject]]:
        """Facts of several plans, by plan and name; each plan that is asked for has its mapping."""
        found: dict[str, dict[str, Subject]] = {plan: {} for plan in names}
        for doc in await _by_ids(self._facts, _keys(names)):
            found[doc["plan"]][doc["fact"]] = subject_of(doc)
        return found

    async def write(
        self,
        session: Session,
        documents: Mapping[str, list[Document]],
        notes: Sequence[Note],
        *,
        known_history: bool = False,
    ) -> None:
        """Inside a transaction: replaces or inserts the documents (by collection name) and adds the outbox notes.

        History is inserted, which is cheaper; where a record of it is there already, a second try with
        `known_history` replaces it.
        """
        collections = {
            "plans": self._plans,
            "milestones": self._milestones,
            "facts": self._facts,
            "history": self._history,
            "rebuilds": self._rebuilds,
            "outbox": self._outbox,
        }
        for name, docs in {**documents, "outbox": [_note_document(note) for note in notes]}.items():
            if docs and name == "history" and not known_history:
                await self._history.insert_many(docs, session=session, ordered=False)
            elif docs:
                operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in docs]
                await collections[name].bulk_write(operations, session=session, ordered=False)

    async def notes(self, partitions: Iterable[int]) -> list[Note]:
        """The notes that were left for these partitions, oldest first."""
        found = await self._outbox.find({"partition": {"$in": list(partitions)}}).sort("_id", 1).to_list(None)
        return [_note(doc) for doc in found]

    async def note_ids(self) -> set[str]:
        """The ids of all notes that are left, whoever's partition they are for."""
        return {doc["_id"] for doc in await self._outbox.find({}, {"_id": 1}).to_list(None)}

    async def delete_notes(self, notes: Iterable[Note]) -> bool:
        """Deletes notes; False when one of them is already gone: another has announced."""
        ids = [note.id for note in notes]
        return (await self._outbox.delete_many({"_id": {"$in": ids}})).deleted_count == len(ids) if ids else True

    async def plans_behind(self, today: int) -> list[str]:
        """Plans whose day is before `today` (an ordinal) although an open milestone lies in the past."""
        found = await self._plans.find({"day": {"$gt": 0, "$lt": today}}, {"earliest": 1}).to_list(None)
        return [doc["_id"] for doc in found if doc["earliest"] is not None and doc["earliest"] < today]

    async def plan_state(self, plan: str) -> PlanState | None:
        """The state of a plan."""
        found = await self._plans.find_one({"_id": plan}, {"state": 1})
        return PlanState.model_validate(found["state"]) if found else None

    async def plan_states(self) -> list[PlanState]:
        """The states of all plans, by name."""
        found = await self._plans.find({}, {"state": 1}).sort("_id", 1).to_list(None)
        return [PlanState.model_validate(doc["state"]) for doc in found]

    async def states_of(self, plans: Iterable[str]) -> dict[str, PlanState]:
        """The states of plans by name."""
        found = await _by_ids(self._plans, list(plans), {"state": 1})
        return {doc["_id"]: PlanState.model_validate(doc["state"]) for doc in found}

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """The states of a plan's milestones, by name."""
        found = await self._milestones.find({"plan": plan}, {"state": 1}).sort("milestone", 1).to_list(None)
        return [_state(doc) for doc in found]

    async def history(self, plan: str, milestone: str | None = None) -> list[HistoryEntry]:
        """What was said about a plan, or about one of its milestones, in the order of acceptance."""
        about = milestone_key(plan, milestone) if milestone else plan
        return [entry_of(doc) for doc in await self._history.find({"about": about}).sort("offset", 1).to_list(None)]

    async def history_page(
        self, about: str, after: int, limit: int, upto: int = LAST
    ) -> list[tuple[int, Document, HistoryEntry]]:
        """The first records about a plan (by name), or a milestone (by plan and name), of those above an offset.

        Each with its offset and as the CloudEvent that it is.
        """
        wanted = {"about": about, "offset": {"$gt": after, "$lte": upto}}
        found = await self._history.find(wanted).sort("offset", 1).limit(limit).to_list(None)
        return [(doc["offset"], doc["event"], entry_of(doc)) for doc in found]

    async def record(self, plan: str, most: int, upto: int = LAST) -> list[Entry]:
        """The first records of a plan, up to an offset, as they were folded; no more than `most`."""
        wanted = self._history.find(_between(plan, -1, upto), {"offset": 1, "event": 1}).sort("offset", 1)
        return [logged_of(doc) async for doc in wanted.limit(most).batch_size(SLICE)]

    async def accepted(self, plan: str, after: int) -> list[tuple[int, dt.datetime]]:
        """The records of a plan above an offset: the offset of each, and when it was accepted."""
        wanted = {"offset": 1, "event.acceptedtime": 1}
        found = await self._history.find(_between(plan, after, LAST), wanted).sort("offset", 1).to_list(None)
        return [(doc["offset"], dt.datetime.fromisoformat(doc["event"]["acceptedtime"])) for doc in found]

    async def events(self, plan: str) -> AsyncIterator[Document]:
        """Every record of a plan as the CloudEvent that it is, one after another."""
        found = self._history.find(_between(plan, -1, LAST), {"event": 1}).sort("offset", 1).batch_size(SLICE)
        async for doc in found:
            yield doc["event"]

    async def plan_names(self, after: str, limit: int) -> list[str]:
        """The first names of plans of those after a name."""
        wanted = {"state.plan": {"$gt": after, "$lt": "{"}}
        found = await self._plans.find(wanted, {"_id": 1}).sort("state.plan", 1).limit(limit).to_list(None)
        return [doc["_id"] for doc in found]

    async def said(self, source: str, ids: Sequence[str]) -> list[Document]:
        """Every record of this source with any of these ids, in the order of acceptance inside a plan."""
        found: list[Document] = []
        for some in _slices(ids):
            found += await self._history.find({"source": source, "id": {"$in": some}}).to_list(None)
        return sorted(found, key=lambda doc: str(doc["_id"]))

    async def registers(self, keys: Iterable[str]) -> dict[str, dict[str, list[Any]]]:
        """The registers, packed, of plans (by name), and of milestones and facts (by plan and what they are)."""
        of_kind: dict[int, list[str]] = defaultdict(list)
        for key in keys:
            of_kind[key.count("|")].append(key)
        found: list[Document] = []
        for kind, collection in enumerate((self._plans, self._milestones, self._facts)):
            found += await _by_ids(collection, of_kind[kind], {"registers": 1})
        return {doc["_id"]: doc["registers"] for doc in found}


def _note_document(note: Note) -> Document:
    plans = [[plan, list(names)] for plan, names in note.plans.items()]
    between = [[plan, list(astuple(due))] for plan, due in note.between.items()]
    return {"_id": note.id, "partition": note.partition, "plans": plans, "between": between}


def _note(document: Document) -> Note:
    plans = {plan: tuple(names) for plan, names in document["plans"]}
    between = {
        plan: Due(tuple(wants), tuple((name, by) for name, by in moved), links, tuple(judged))
        for plan, (wants, moved, links, judged) in document["between"]
    }
    return Note(document["_id"], document["partition"], plans, between)


def milestone_of(stored: Stored) -> MilestoneState:
    """The state of a stored milestone."""
    return MilestoneState.model_validate(stored.state)


async def _by_ids(collection: Collection, ids: Sequence[str], fields: Document | None = None) -> list[Document]:
    """Documents by id, read in slices: the time of one read grows faster than its number of keys."""
    found: list[Document] = []
    for some in _slices(ids):
        found += await collection.find({"_id": {"$in": some}}, fields).to_list(None)
    return found


def _keys(names: Mapping[str, Iterable[str]]) -> list[str]:
    return [milestone_key(plan, name) for plan, of_plan in names.items() for name in of_plan]


def _between(plan: str, after: int, upto: int) -> Document:
    return {"plan": plan, "offset": {"$gt": after, "$lte": upto}}


def _slices(items: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), SLICE):
        yield list(items[start : start + SLICE])


def _state(document: Document) -> MilestoneState:
    return MilestoneState.model_validate(document["state"])
