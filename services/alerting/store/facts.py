"""Facts about this Milepost: where the logs ended at its first start, and by which rules it last judged."""

from collections.abc import Mapping

from services.alerting.domain.rules.book import Editions
from services.kit.mongo import Database


class FactStore:
    """A few single documents."""

    def __init__(self, database: Database) -> None:
        self._facts = database["facts"]

    async def first_ends(self) -> dict[str, int] | None:
        """Where the state topics ended at the first start, by topic and partition; None before it."""
        found = await self._facts.find_one({"_id": "first-ends"})
        return dict(found["ends"]) if found else None

    async def keep_first_ends(self, ends: Mapping[str, int]) -> None:
        """Stores them once: what is there already stays."""
        await self._facts.update_one({"_id": "first-ends"}, {"$setOnInsert": {"ends": dict(ends)}}, upsert=True)

    async def rules(self) -> tuple[str | None, dict[str, Editions]]:
        """The version of the rules that judge every state (None before the first), and the editions of all so far."""
        found = await self._facts.find_one({"_id": "rules"}) or {}
        return found.get("version"), found.get("past", {})

    async def keep_rules(self, version: str, editions: Editions) -> None:
        """From now on states are judged by these."""
        changes = {"version": version, f"past.{version}": dict(editions)}
        await self._facts.update_one({"_id": "rules"}, {"$set": changes}, upsert=True)
