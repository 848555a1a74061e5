"""A script: what one drain wrote, transaction by transaction, kept in a file so that the floor can write the same."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bson

Document = dict[str, Any]
Move = tuple[int, tuple[int, int], tuple[int, int]]
"""A partition, and its cursor (`next` and `cut`) before and after."""
Said = tuple[str, int, bytes | None, bytes | None]
"""A produced record: the topic without its namespace, partition, key and value."""


@dataclass
class Batch:
    """One transaction: cursors moved, documents by collection, outbox notes; and what was announced after it."""

    moves: list[Move]
    documents: dict[str, list[Document]] = field(default_factory=dict)
    notes: list[Document] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)


def pack(batch: Batch) -> bytes:
    """A batch as it is kept."""
    return bson.encode(vars(batch))


def save(path: Path, batches: Iterable[bytes]) -> None:
    """Writes a script of packed batches."""
    with path.open("wb") as file:
        file.writelines(batches)


def load(path: Path) -> Iterator[Batch]:
    """Reads a script."""
    with path.open("rb") as file:
        for document in bson.decode_file_iter(file):
            yield Batch(**document)
