"""Finds across plans, by key (domain/keys.py): each is one read of one index, in slices."""

from collections.abc import Iterable

from schemas.states import MilestoneState, PlanState
from services.kit.mongo import Database, Document
from services.plan_tracking.documents import subject_of
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.parts import Whole

STATE = ("state",)


class Lookups:
    """What plans, milestones and facts are found by, whatever their plan."""

    def __init__(self, database: Database) -> None:
        self._plans, self._milestones = Whole(database, "plans"), Whole(database, "milestones")
        self._facts = Whole(database, "facts")

    async def prepare(self) -> None:
        """Creates the indexes."""
        for each in (self._plans, self._milestones, self._facts):
            await each.collection.create_index("keys")

    async def plans(self, keys: Iterable[str]) -> list[PlanState]:
        """The plans that have any of these keys, by name."""
        return [PlanState.model_validate(doc["state"]) for doc in await self._plans.by("keys", keys, STATE)]

    async def milestones(self, keys: Iterable[str]) -> list[MilestoneState]:
        """The milestones that have any of these keys, by plan and name."""
        return [_state(doc) for doc in await self._milestones.by("keys", keys, STATE)]

    async def named(self, names: Iterable[str]) -> list[MilestoneState]:
        """Milestones by their own names (`plan|milestone`), as far as they are there."""
        return [_state(doc) for doc in await self._milestones.by("_id", names, STATE)]

    async def facts(self, keys: Iterable[str]) -> list[Fact]:
        """The facts that have any of these keys, by plan and name."""
        return [Fact(doc["plan"], subject_of(doc)) for doc in await self._facts.by("keys", keys)]


def _state(document: Document) -> MilestoneState:
    return MilestoneState.model_validate(document["state"])
