"""Documents of any size, none of which is stored above 64 KB: the heavy fields of a large one are kept in parts.

They are its own fields in BSON, cut into slices that stand in the collection `parts` under the document's collection
and `_id`. What is searched by (`keys`, the plan, ...) stays in the document.
"""

import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import AsyncIOMotorCursor

from services.kit.mongo import Collection, Database, Document

LARGEST, PART = 60_000, 60_000
"""Bytes of a document that is stored as it is; and of one part."""
SLICE = 250
"""Values of one read: its time grows faster than their number."""
MOST_READS = 5
"""How often a document is read that is written anew meanwhile."""

Cursor = AsyncIOMotorCursor[Document]

_HEAVY = ("event", "registers", "state", "given", "plans", "between", "named")
_FOUND = {"state": ("plan", "title"), "event": ("acceptedtime",)}
"""What of a heavy field an index knows."""


class Torn(Exception):
    """A document was written anew each time that it was read."""


def split(documents: Mapping[str, Iterable[Document]]) -> dict[str, dict[str, RawBSONDocument]]:
    """The documents by collection and id as they are stored: large ones without heavy fields, which are among `parts`.

    Each is encoded once, here: that is also how its size is known.
    """
    parts: list[Document] = []
    stored = {name: {doc["_id"]: _encoded(name, doc, parts) for doc in docs} for name, docs in documents.items()}
    return {**stored, "parts": {doc["_id"]: RawBSONDocument(bson.encode(doc)) for doc in parts}} if parts else stored


def _encoded(name: str, document: Document, parts: list[Document]) -> RawBSONDocument:
    encoded = bson.encode(document)
    if len(encoded) > LARGEST:
        encoded = bson.encode(_cut(name, document, parts))
    return RawBSONDocument(encoded)


def _cut(name: str, document: Document, parts: list[Document]) -> Document:
    content = bson.encode({field: document[field] for field in _HEAVY if field in document})
    check = zlib.crc32(content)
    slices = [content[start : start + PART] for start in range(0, len(content), PART)]
    parts += [
        {"_id": part_id(name, document["_id"], number), "check": check, "content": some}
        for number, some in enumerate(slices)
    ]
    light = {field: _light(field, value) for field, value in document.items() if field in _FOUND or field not in _HEAVY}
    return {**light, "parts": [len(slices), check]}


def _light(field: str, value: Any) -> Any:
    return {name: value[name] for name in _FOUND[field]} if field in _FOUND else value


def part_id(collection: str, document: str, number: int) -> str:
    """The `_id` of a part; those of one document lie in one range, which nothing else is in."""
    return f"{collection}/{document}/{number:05d}"


class Whole:
    """A collection whose documents are read whole, those too that are kept in parts."""

    def __init__(self, database: Database, name: str) -> None:
        self.collection: Collection = database[name]
        self._name, self._parts = name, database["parts"]

    async def one(self, key: str, fields: Sequence[str] = ()) -> Document | None:
        """A document by id; with these of its fields, or all."""
        found = await self.collection.find_one({"_id": key}, _wanted(fields))
        return await self._joined(found) if found else None

    async def by(self, field: str, values: Iterable[str], fields: Sequence[str] = ()) -> list[Document]:
        """The documents that have any of these values, by id; read in slices."""
        found: dict[str, Document] = {}
        for some in slices(sorted(set(values))):
            found |= {doc["_id"]: doc for doc in await self.find({field: {"$in": some}}, fields)}
        return [found[key] for key in sorted(found)]

    async def find(
        self, wanted: Document, fields: Sequence[str] = (), sort: str | None = None, limit: int = 0
    ) -> list[Document]:
        """The documents that are wanted, in the order of a field; after `-` the greatest first."""
        found = await self._cursor(wanted, fields, sort, limit).to_list(None)
        whole = [await self._joined(doc) if "parts" in doc else doc for doc in found]
        return [doc for doc in whole if doc]

    async def each(self, wanted: Document, fields: Sequence[str], sort: str) -> AsyncIterator[Document]:
        """The same, one after another: never more of them in memory than one read brings."""
        async for doc in self._cursor(wanted, fields, sort, 0).batch_size(SLICE):
            if whole := await self._joined(doc) if "parts" in doc else doc:
                yield whole

    def _cursor(self, wanted: Document, fields: Sequence[str], sort: str | None, limit: int) -> Cursor:
        found = self.collection.find(wanted, _wanted(fields)).limit(limit)
        return found.sort(sort.removeprefix("-"), -1 if sort.startswith("-") else 1) if sort else found

    async def _joined(self, document: Document | None) -> Document | None:
        """The document with its parts; None when it has gone meanwhile."""
        for _ in range(MOST_READS):
            if document is None or "parts" not in document:
                return document
            number, check = document["parts"]
            ids = [part_id(self._name, document["_id"], one) for one in range(number)]
            found = [doc async for doc in self._parts.find({"_id": {"$in": ids}}).batch_size(SLICE)]
            content = b"".join(doc["content"] for doc in sorted(found, key=lambda doc: str(doc["_id"])))
            if zlib.crc32(content) == check:
                return {name: value for name, value in document.items() if name != "parts"} | bson.decode(content)
            key = document["_id"]
            document = await self.collection.find_one({"_id": key})
        raise Torn(f"{self._name}/{key}")


def _wanted(fields: Sequence[str]) -> dict[str, int] | None:
    """The fields, with the parts where one of them may be there: names are read without what is heavy."""
    heavy = ("parts",) if any(field.partition(".")[0] in _HEAVY for field in fields) else ()
    return dict.fromkeys((*fields, *heavy), 1) if fields else None


def slices(values: Sequence[str]) -> Iterator[list[str]]:
    """So many values as one read takes."""
    for start in range(0, len(values), SLICE):
        yield list(values[start : start + SLICE])
