"""Finds across plans, by key (domain/keys.py): each is one read of one index, in slices."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from schemas.states import MilestoneState, PlanState
from services.kit.mongo import Collection, Database, Document
from services.plan_tracking.documents import logged_of, subject_of
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.model import Entry

SLICE = 250
"""Values of one read: its time grows faster than their number."""


class Lookups:
    """What plans, milestones and facts are found by, whatever their plan; and a plan's whole record."""

    def __init__(self, database: Database) -> None:
        self._plans, self._milestones = database["plans"], database["milestones"]
        self._facts, self._history = database["facts"], database["history"]

    async def prepare(self) -> None:
        """Creates the indexes."""
        for collection in (self._plans, self._milestones, self._facts):
            await collection.create_index("keys")

    async def plans(self, keys: Iterable[str]) -> list[PlanState]:
        """The plans that have any of these keys, by name."""
        return [PlanState.model_validate(doc["state"]) for doc in await _find(self._plans, "keys", keys, {"state": 1})]

    async def milestones(self, keys: Iterable[str]) -> list[MilestoneState]:
        """The milestones that have any of these keys, by plan and name."""
        return [_state(doc) for doc in await _find(self._milestones, "keys", keys, {"state": 1})]

    async def named(self, names: Iterable[str]) -> list[MilestoneState]:
        """Milestones by their own names (`plan|milestone`), as far as they are there."""
        return [_state(doc) for doc in await _find(self._milestones, "_id", names, {"state": 1})]

    async def facts(self, keys: Iterable[str]) -> list[Fact]:
        """The facts that have any of these keys, by plan and name."""
        return [Fact(doc["plan"], subject_of(doc)) for doc in await _find(self._facts, "keys", keys)]

    async def record(self, plan: str) -> list[Entry]:
        """Everything that was accepted of a plan, in that order."""
        found = await self._history.find({"plan": plan}, {"offset": 1, "event": 1}).sort("offset", 1).to_list(None)
        return [logged_of(doc) for doc in found]


async def _find(
    collection: Collection, field: str, values: Iterable[str], wanted: dict[str, Any] | None = None
) -> list[Document]:
    found: dict[str, Document] = {}
    for some in _slices(sorted(set(values))):
        found |= {doc["_id"]: doc for doc in await collection.find({field: {"$in": some}}, wanted).to_list(None)}
    return [found[key] for key in sorted(found)]


def _slices(values: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), SLICE):
        yield list(values[start : start + SLICE])


def _state(document: Document) -> MilestoneState:
    return MilestoneState.model_validate(document["state"])
