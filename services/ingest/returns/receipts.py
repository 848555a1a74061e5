"""Receipts, with what came of every row since."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.ingest.returns.caller import Caller
from services.ingest.returns.elsewhere import Elsewhere
from services.ingest.store.rejections import RejectionStore
from services.ingest.store.returns import ReturnStore
from services.kit.http import Problem
from services.kit.mongo import Document


@dataclass(frozen=True, slots=True)
class Receipts:
    """Finds receipts; `address` is that of ingest."""

    returns: ReturnStore
    rejections: RejectionStore
    elsewhere: Elsewhere
    address: str

    def address_of(self, identifier: str) -> str:
        """The permanent address of a receipt."""
        return f"{self.address}/returns/{identifier}"

    async def find(self, identifier: str, caller: Caller) -> dict[str, Any]:
        """A receipt of the caller's, and what came of each of its events; raises a 404 or 403 problem."""
        found = await self.returns.receipt(identifier)
        if found is None:
            raise Problem(404, "No such return", f"{identifier}: there is no receipt under this address")
        caller.identity.require(found["department"])
        ids = [one["event"] for one in (*found["rows"], *found["needs"]) if one["event"]]
        source = f"/{found['department']}/return"
        outcomes = await self.elsewhere.outcomes(source, ids, caller.token)
        unknown = [one for one in ids if not (outcomes or {}).get(one)]
        return self._shown(found, outcomes, await self.rejections.refused(source, unknown))

    def _shown(self, found: Document, outcomes: dict[str, list[Any]] | None, refused: set[str]) -> dict[str, Any]:
        def with_outcome(one: Document) -> Document:
            if one["event"] is None:
                return {**one, "came": "not published", "outcomes": []}
            of_event = None if outcomes is None else outcomes.get(one["event"], [])
            return {**one, "came": came(of_event, one["event"] in refused), "outcomes": of_event or []}

        published = found["published"]
        rows, needs = [with_outcome(one) for one in found["rows"]], [with_outcome(one) for one in found["needs"]]
        return {
            **{name: value for name, value in found.items() if name not in ("_id", "rows", "needs", "published")},
            "id": found["_id"],
            "receipt": self.address_of(found["_id"]),
            "published": published.isoformat() if published else None,
            "state": "published" if published else "unfinished: send the same file again, it does no harm",
            "counts": dict(Counter(one["came"] for one in (*rows, *needs))),
            "rows": rows,
            "needs": needs,
        }


def came(outcomes: Sequence[Any] | None, refused: bool) -> str:
    """What came of an event, in a word: `outcomes` are plan-tracking's, None where they are not known now."""
    if refused and not outcomes:
        return "rejected"
    if outcomes is None:
        return "not known now"
    said = [one["outcome"] for one in outcomes]
    return "on its way" if not said else "applied" if "applied" in said else str(said[-1])
