"""Every Mongo query of plan-tracking."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo import ReplaceOne

from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.kit.cursors import Cursors
from services.kit.mongo import Client, Database, Document, Session
from services.plan_tracking.attempts import Attempts, Starts
from services.plan_tracking.documents import entry_of, given_of, plan_of, subject_of
from services.plan_tracking.domain.about import PLAN, is_fact
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.model import Plan, Subject
from services.plan_tracking.domain.schedule import Given


@dataclass(frozen=True, slots=True)
class Stored:
    """A milestone as it is in the store, with the state last concluded (as JSON values)."""

    milestone: Subject
    state: Document


@dataclass(frozen=True, slots=True)
class Note:
    """An outbox note: what is to be announced for a partition; never the content, which is read when announced."""

    id: str
    partition: int
    plans: Mapping[str, tuple[str, ...]]


class Store:
    """The database of plan-tracking."""

    def __init__(self, client: Client, database: Database) -> None:
        self.client = client
        self.cursors = Cursors(database["cursors"])
        self.attempts, self.starts = Attempts(database["attempts"]), Starts(database["starts"])
        self._plans, self._milestones = database["plans"], database["milestones"]
        self._history, self._outbox = database["history"], database["outbox"]
        self._facts = database["facts"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._milestones.create_index([("plan", 1), ("milestone", 1)])
        await self._history.create_index([("about", 1), ("offset", 1)])
        await self._history.create_index([("source", 1), ("id", 1)])
        await self._outbox.create_index("partition")
        await self._plans.create_index([("day", 1)])

    async def plans(self, names: Iterable[str]) -> dict[str, tuple[Plan, Document]]:
        """Plans by name, with the states last concluded (as JSON values)."""
        found = await self._plans.find({"_id": {"$in": list(names)}}).to_list(None)
        return {doc["_id"]: (plan_of(doc), doc["state"]) for doc in found}

    async def plan_document(self, name: str) -> Document | None:
        """A plan's document as it is stored, readable or not."""
        return await self._plans.find_one({"_id": name})

    async def plan(self, name: str) -> Plan:
        """A plan by name; an empty one before its first record."""
        return (await self.plans([name])).get(name, (Plan(name), None))[0]

    async def network(self, plan: str) -> dict[str, Given]:
        """What every milestone of a plan brings to the schedule."""
        found = await self._milestones.find({"plan": plan}, {"milestone": 1, "given": 1}).to_list(None)
        return {doc["milestone"]: given_of(doc) for doc in found}

    async def milestones(self, plan: str, names: Iterable[str]) -> dict[str, Stored]:
        """Milestones of a plan by name."""
        keys = [milestone_key(plan, name) for name in names]
        found = await self._milestones.find({"_id": {"$in": keys}}).to_list(None) if keys else []
        return {doc["milestone"]: Stored(subject_of(doc), doc["state"]) for doc in found}

    async def facts(self, plan: str, names: Iterable[str]) -> dict[str, Subject]:
        """Facts of a plan by name."""
        keys = [milestone_key(plan, name) for name in names]
        found = await self._facts.find({"_id": {"$in": keys}}).to_list(None) if keys else []
        return {doc["fact"]: subject_of(doc) for doc in found}

    async def write(self, session: Session, documents: Mapping[str, list[Document]], notes: Iterable[Note]) -> None:
        """Inside a transaction: replaces or inserts the documents (by collection name) and adds the outbox notes."""
        collections = {
            "plans": self._plans,
            "milestones": self._milestones,
            "facts": self._facts,
            "history": self._history,
        }
        for name, docs in documents.items():
            if docs:
                operations = [ReplaceOne({"_id": doc["_id"]}, doc, upsert=True) for doc in docs]
                await collections[name].bulk_write(operations, session=session, ordered=False)
        for note in notes:
            plans = [[plan, list(names)] for plan, names in note.plans.items()]
            document = {"_id": note.id, "partition": note.partition, "plans": plans}
            await self._outbox.replace_one({"_id": note.id}, document, upsert=True, session=session)

    async def notes(self, partitions: Iterable[int]) -> list[Note]:
        """The notes that were left for these partitions, oldest first."""
        found = await self._outbox.find({"partition": {"$in": list(partitions)}}).sort("_id", 1).to_list(None)
        return [Note(d["_id"], d["partition"], {plan: tuple(names) for plan, names in d["plans"]}) for d in found]

    async def delete_note(self, note: Note) -> bool:
        """Deletes a note; False when it is already gone: another has announced."""
        return (await self._outbox.delete_one({"_id": note.id})).deleted_count == 1

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

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """The states of a plan's milestones, by name."""
        found = await self._milestones.find({"plan": plan}, {"state": 1}).sort("milestone", 1).to_list(None)
        return [_state(doc) for doc in found]

    async def history(self, plan: str, milestone: str | None = None) -> list[HistoryEntry]:
        """What was said about a plan, or about one of its milestones, in the order of acceptance."""
        about = milestone_key(plan, milestone) if milestone else plan
        return [entry_of(doc) for doc in await self._history.find({"about": about}).sort("offset", 1).to_list(None)]

    async def said(self, source: str, identifier: str) -> list[Document]:
        """Every record with this source and id."""
        return await self._history.find({"source": source, "id": identifier}).to_list(None)

    async def registers(self, plan: str, about: str) -> Mapping[str, Any]:
        """The registers, packed, of what `about` names (domain/about.py): the plan, a milestone or a fact."""
        if about == PLAN:
            found = await self._plans.find_one({"_id": plan})
        else:
            collection = self._facts if is_fact(about) else self._milestones
            found = await collection.find_one({"_id": milestone_key(plan, about)})
        return found["registers"] if found else {}


def milestone_of(stored: Stored) -> MilestoneState:
    """The state of a stored milestone."""
    return MilestoneState.model_validate(stored.state)


def _state(document: Document) -> MilestoneState:
    return MilestoneState.model_validate(document["state"])
