"""Alerts by key, by scope and by due mark, and the outbox of those that are to be announced."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.alerting import documents as kept
from services.alerting.domain.model import KeptAlert
from services.alerting.store.queries import by_ids, replace, slices
from services.kit.mongo import Database, Document, Session


@dataclass(frozen=True, slots=True)
class Note:
    """An outbox note: which alerts are to be announced for a partition; never the content."""

    id: str
    partition: int
    alerts: tuple[str, ...]


class AlertStore:
    """The alerts."""

    def __init__(self, database: Database) -> None:
        self._alerts, self._outbox = database["alerts"], database["outbox"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._alerts.create_index("firing")
        await self._alerts.create_index("mark")
        await self._outbox.create_index("partition")

    async def find(self, keys: Iterable[str], session: Session | None = None) -> dict[str, KeptAlert]:
        """Alerts by key, ended ones too."""
        return {doc["_id"]: kept.alert_of(doc) for doc in await by_ids(self._alerts, keys, session)}

    async def firing(self, keys: Iterable[str], session: Session | None = None) -> list[KeptAlert]:
        """The alerts that fire under any of these keys of scopes, each once."""
        found: dict[str, Document] = {}
        for some in slices(list(keys)):
            wanted = {"firing": some[0] if len(some) == 1 else {"$in": some}}
            docs = await self._alerts.find(wanted, session=session).to_list(None)
            found |= {doc["_id"]: doc for doc in docs}
        return [kept.alert_of(doc) for doc in found.values()]

    async def count_firing(self, key: str) -> int:
        """How many alerts fire under a key of a scope."""
        return int(await self._alerts.count_documents({"firing": key}))

    async def marked(self, mark_id: str) -> list[KeptAlert]:
        """The alerts that last changed under a due mark."""
        return [kept.alert_of(doc) for doc in await self._alerts.find({"mark": mark_id}).to_list(None)]

    async def write(self, session: Session, alerts: Iterable[KeptAlert]) -> None:
        """Inside a transaction: replaces or inserts."""
        await replace(self._alerts, map(kept.alert_document, alerts), session)

    async def write_notes(self, session: Session, notes: Iterable[Note]) -> None:
        """Inside a transaction: notes of what is to be announced."""
        await replace(
            self._outbox,
            [{"_id": note.id, "partition": note.partition, "alerts": list(note.alerts)} for note in notes],
            session,
        )

    async def notes(self, partitions: Iterable[int]) -> list[Note]:
        """The notes that were left for these partitions, oldest first."""
        found = await self._outbox.find({"partition": {"$in": list(partitions)}}).sort("_id", 1).to_list(None)
        return [Note(doc["_id"], doc["partition"], tuple(doc["alerts"])) for doc in found]

    async def note_ids(self) -> set[str]:
        """The ids of all notes that are left, whoever's partition they are for."""
        return {doc["_id"] for doc in await self._outbox.find({}, {"_id": 1}).to_list(None)}

    async def delete_note(self, note: Note) -> bool:
        """Deletes a note; False when it is already gone: another has announced."""
        return (await self._outbox.delete_one({"_id": note.id})).deleted_count == 1
