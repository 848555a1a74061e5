"""Files that were sent to be looked at, kept for a day so that they need not be sent again to be published."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.mongo import Database

KEPT = dt.timedelta(days=1)
_PART = 4_000_000
"""Bytes of one document: a document holds 16 MB at most."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that was kept."""

    name: str
    content: bytes


class DraftStore:
    """Drafts by an id that cannot be guessed, in parts; the first has the file's name and how many parts there are."""

    def __init__(self, database: Database) -> None:
        self._parts = database["drafts"]

    async def prepare(self) -> None:
        """Creates the index by which old drafts go."""
        await self._parts.create_index("expires", expireAfterSeconds=0)

    async def keep(self, department: str, draft: Draft, now: dt.datetime) -> str:
        """Keeps a file; answers with its id."""
        identifier = secrets.token_urlsafe(16)
        parts = [draft.content[start : start + _PART] for start in range(0, len(draft.content), _PART)] or [b""]
        about = {"department": department, "name": draft.name, "parts": len(parts), "expires": now + KEPT}
        for number, part in enumerate(parts):
            await self._parts.insert_one({"_id": f"{identifier}/{number}", "part": part, **about})
        return identifier

    async def ask(self, department: str, said: Sequence[tuple[str, str]], now: dt.datetime) -> str:
        """Keeps what was sent beside a file, by name and value; answers with its id."""
        identifier = secrets.token_urlsafe(16)
        about = {"department": department, "said": [list(pair) for pair in said], "expires": now + KEPT}
        await self._parts.insert_one({"_id": _asked(identifier), **about})
        return identifier

    async def asked(self, identifier: str) -> Sequence[tuple[str, str]] | None:
        """What was sent beside a file; None when it is there no more."""
        found = await self._parts.find_one({"_id": _asked(identifier)})
        return [(name, value) for name, value in found["said"]] if found else None

    async def find(self, department: str, identifier: str) -> Draft | None:
        """A file that was kept for this department; None when it is there no more."""
        first = await self._parts.find_one({"_id": f"{identifier}/0"})
        if first is None or first["department"] != department:
            return None
        names = [f"{identifier}/{number}" for number in range(first["parts"])]
        found = {doc["_id"]: doc["part"] for doc in await self._parts.find({"_id": {"$in": names}}).to_list(None)}
        return Draft(first["name"], b"".join(found[name] for name in names)) if len(found) == len(names) else None


def _asked(identifier: str) -> str:
    return f"asked/{identifier}"
