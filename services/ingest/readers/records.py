"""Reads what is wanted of a large XML file as records, in one pass: all else of it is skipped, and costs no memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from services.ingest.readers.refusal import UnreadableFile

MOST_DEPTH = 100
"""Elements in each other that are passed over: the parser keeps all that are open."""

MOST_RECORDS = 200_000
"""Elements with children that are read: tasks, links, baselines, calendars and their days."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wanted of an element: the texts of these children, and others that have children themselves.

    With `take`, each of them is handed over when it ends, and is no part of the record around it.
    """

    fields: frozenset[str] = frozenset()
    parts: Mapping[str, "Shape"] = field(default_factory=dict)
    take: Callable[["Record"], None] | None = None


@dataclass(slots=True)
class Record:
    """An element: the texts of its children by name (the last of several), and children with children of their own."""

    fields: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list["Record"]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of a child; "" where there is none."""
        return self.fields.get(name, "").strip()

    def every(self, name: str) -> list["Record"]:
        """The children with this name."""
        return self.parts.get(name, [])

    def one(self, name: str) -> "Record":
        """The first child with this name; an empty one where there is none."""
        return next(iter(self.every(name)), Record())


def read_records(content: bytes, root: str, shape: Shape) -> Record:
    """The root element of an XML file, by its local name, in this shape; namespaces are not compared.

    Raises UnreadableFile for another root, for elements in each other or records without end, and for a document type,
    the only way to define an entity; ExpatError or ValueError for what is no XML.
    """
    return _Reader(root, shape).read(content)


class _Reader:
    def __init__(self, root: str, shape: Shape) -> None:
        self._root, self._shape, self._record = root, shape, Record()
        self._open: list[tuple[str, Shape, Record]] = []
        self._text: list[str] | None = None
        self._skipped, self._left = 0, MOST_RECORDS

    def read(self, content: bytes) -> Record:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            if error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_MEMORY]:
                raise MemoryError from error
            raise
        return self._record

    def _refuse(self, *_: object) -> NoReturn:
        raise UnreadableFile("the file declares a document type, which no schedule does: export it again")

    def _start(self, tag: str, _: object) -> None:
        name = tag.rpartition(" ")[2]
        if not self._open:
            self._begin(name)
        elif self._skipped or self._text is not None:
            self._skipped += 1
            if self._skipped > MOST_DEPTH:
                raise UnreadableFile(f"the file has more than {MOST_DEPTH} elements in each other: export it again")
        elif (part := self._open[-1][1].parts.get(name)) is not None:
            self._left -= 1
            if self._left < 0:
                raise UnreadableFile(
                    f"the file has more than {MOST_RECORDS:,} tasks, links, baselines and calendars: send its parts"
                )
            self._open.append((name, part, Record()))
        elif name in self._open[-1][1].fields:
            self._text = []
        else:
            self._skipped = 1

    def _begin(self, name: str) -> None:
        if name != self._root:
            raise UnreadableFile(f"the file is XML of another kind: its root is {name!r}, and {self._root!r} is read")
        self._open.append((name, self._shape, self._record))

    def _end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._text is not None:
            self._open[-1][2].fields[tag.rpartition(" ")[2]] = "".join(self._text)
            self._text = None
            return
        name, shape, record = self._open.pop()
        if shape.take:
            shape.take(record)
        elif self._open:
            self._open[-1][2].parts.setdefault(name, []).append(record)

    def _data(self, text: str) -> None:
        if self._text is not None and not self._skipped:
            self._text.append(text)
