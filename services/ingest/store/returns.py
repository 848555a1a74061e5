"""Returns: the receipts of those that were published, what is remembered of them, and how their files were read."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict

from pydantic import TypeAdapter
from pymongo.errors import DuplicateKeyError

from services.ingest.domain.returns.memory import Binding, Memory
from services.ingest.domain.returns.model import Choices
from services.kit.mongo import Database, Document

MOST_LAYOUTS = 200
"""Layouts of a department's files that are remembered at a time, the latest."""

_CHOICES = TypeAdapter(Choices)


class ReturnStore:
    """Receipts by id; memories by plan, department and project; choices by department and layout of the file."""

    def __init__(self, database: Database) -> None:
        self._receipts, self._memories = database["returns"], database["memories"]
        self._mappings = database["mappings"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        await self._memories.create_index("plan")
        await self._mappings.create_index("department")

    async def begin(self, receipt: Document) -> None:
        """Keeps a receipt before its events are written, as unfinished; one that is finished stays so."""
        await self._receipts.update_one(
            {"_id": receipt["_id"]}, {"$set": receipt, "$setOnInsert": {"published": None}}, upsert=True
        )

    async def finish(self, identifier: str, now: dt.datetime) -> None:
        """Notes that all of a return is published; the first time counts."""
        await self._receipts.update_one({"_id": identifier, "published": None}, {"$set": {"published": now}})

    async def receipt(self, identifier: str) -> Document | None:
        """A receipt."""
        return await self._receipts.find_one({"_id": identifier})

    async def memory(self, plan: str, department: str, project: str | None) -> tuple[Memory, int]:
        """What is remembered of a department's returns about a project (a slug), and its version."""
        found = await self._memories.find_one({"_id": _memory_id(plan, department, project)})
        return (_memory(found), found["version"]) if found else (Memory(), 0)

    async def remember(self, plan: str, department: str, project: str | None, memory: Memory, version: int) -> bool:
        """Replaces the memory of this version; False when another has meanwhile."""
        identifier = _memory_id(plan, department, project)
        document = {"_id": identifier, "plan": plan, "department": department, "version": version + 1, **_kept(memory)}
        try:
            done = await self._memories.replace_one(
                {"_id": identifier, "version": version}, document, upsert=not version
            )
        except DuplicateKeyError:
            return False
        return bool(done.matched_count or done.upserted_id)

    async def returned(self, plan: str) -> dict[str, tuple[dt.date, dt.date]]:
        """By department, the as-at dates of the first and the last return to a plan."""
        found: dict[str, tuple[dt.date, dt.date]] = {}
        async for doc in self._memories.find({"plan": plan}, {"department": 1, "first": 1, "last": 1}):
            first, last = dt.date.fromisoformat(doc["first"]), dt.date.fromisoformat(doc["last"])
            before = found.get(doc["department"], (first, last))
            found[doc["department"]] = (min(first, before[0]), max(last, before[1]))
        return found

    async def choices(self, department: str) -> Mapping[str, Choices]:
        """How files of a department were read, by their layout."""
        found = self._mappings.find({"department": department}).sort("used", -1).limit(MOST_LAYOUTS)
        return {doc["layout"]: _CHOICES.validate_json(doc["choices"]) async for doc in found}

    async def choose(self, department: str, layout: str, choices: Choices, now: dt.datetime) -> None:
        """Keeps how files of this layout are read."""
        # as text: a header may have what no store takes as the name of a field
        said = _CHOICES.dump_json(choices).decode()
        document = {"department": department, "layout": layout, "used": now, "choices": said}
        await self._mappings.replace_one({"_id": f"{department}|{layout}"}, document, upsert=True)


def _memory_id(plan: str, department: str, project: str | None) -> str:
    return f"{plan}|{department}|{project or ''}"


def _kept(memory: Memory) -> Document:
    return {
        "first": memory.first.isoformat() if memory.first else None,
        "last": memory.last.isoformat() if memory.last else None,
        "receipt": memory.receipt,
        "bindings": [asdict(one) for one in memory.bindings],
    }


def _memory(document: Document) -> Memory:
    return Memory(
        dt.date.fromisoformat(document["first"]),
        dt.date.fromisoformat(document["last"]),
        document["receipt"],
        tuple(Binding(**one) for one in document["bindings"]),
    )
