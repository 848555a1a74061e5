"""How plan-tracking writes its database: documents and outbox notes in one transaction, and notes taken away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field

from pymongo import ReplaceOne

from services.kit.mongo import Database, Document, Session
from services.plan_tracking.domain.ports import Due
from services.plan_tracking.parts import Whole, part_id, split

LONG_NOTE = 90
"""Names."""


@dataclass(frozen=True, slots=True)
class Note:
    """An outbox note: what is to be announced for a partition; never the content, which is read when announced.

    `plans` has the milestones whose states are due, by plan; `between` what is due to other plans, by plan.
    """

    id: str
    partition: int
    plans: Mapping[str, tuple[str, ...]]
    between: Mapping[str, Due] = field(default_factory=dict)

    @property
    def long(self) -> bool:
        """Whether it may be kept in parts: a name has at most 600 bytes."""
        listed = [*self.plans.values(), *(one for due in self.between.values() for one in (due.wants, due.moved))]
        named = sum(map(len, listed)) + sum(len(due.judged) for due in self.between.values())
        return len(self.plans) + len(self.between) + named > LONG_NOTE


class Writing:
    """The collections, and what is written of them."""

    def __init__(self, database: Database) -> None:
        self._plans, self._milestones = Whole(database, "plans"), Whole(database, "milestones")
        self._history, self._outbox = Whole(database, "history"), Whole(database, "outbox")
        self._facts, self._rebuilds = Whole(database, "facts"), Whole(database, "rebuilds")
        self._parts = database["parts"]

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
            "plans": self._plans.collection,
            "milestones": self._milestones.collection,
            "facts": self._facts.collection,
            "history": self._history.collection,
            "rebuilds": self._rebuilds.collection,
            "outbox": self._outbox.collection,
            "parts": self._parts,
        }
        outbox = {"outbox": [_note_document(note) for note in notes]}
        for name, docs in split({**documents, **outbox}).items():
            if docs and name == "history" and not known_history:
                await self._history.collection.insert_many(docs.values(), session=session, ordered=False)
            elif docs:
                operations: list[ReplaceOne[Document]] = [
                    ReplaceOne({"_id": key}, doc, upsert=True) for key, doc in docs.items()
                ]
                await collections[name].bulk_write(operations, session=session, ordered=False)

    async def notes(self, partitions: Iterable[int]) -> list[Note]:
        """The notes that were left for these partitions, oldest first."""
        found = await self._outbox.find({"partition": {"$in": list(partitions)}}, sort="_id")
        return [_note(doc) for doc in found]

    async def note_ids(self) -> set[str]:
        """The ids of all notes that are left, whoever's partition they are for."""
        return {doc["_id"] for doc in await self._outbox.find({}, ("_id",))}

    async def delete_notes(self, notes: Collection[Note]) -> bool:
        """Deletes notes; False when one of them is already gone: another has announced."""
        if not notes:
            return True
        ids = [note.id for note in notes]
        deleted = await self._outbox.collection.delete_many({"_id": {"$in": ids}})
        for note in notes:
            if note.long:  # its parts go last, for nobody can announce what has lost them
                parts = {"$gte": part_id("outbox", note.id, 0), "$lt": part_id("outbox", f"{note.id}~", 0)}
                await self._parts.delete_many({"_id": parts})
        return deleted.deleted_count == len(ids)


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
