"""Our side of the drain, a process of its own: plan-tracking as it runs, timed, and a script of what it wrote.

`python -m tests.bench.ours SCRIPT EVENTS`: drains EVENTS records, then prints the time from the first fetch (the
cursors are read and sought) to the end of the last batch, and writes SCRIPT. Settings as for the service.
"""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from aiokafka import TopicPartition

from services.kit import logs
from services.kit.cursors import Cursor, Cursors
from services.kit.kafka import Announcer, Message
from services.kit.mongo import Document, Session
from services.kit.serve import settle_memory
from services.plan_tracking.app import build
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import PlanTracking
from services.plan_tracking.writing import Note
from tests.bench.measure import Spent, tell
from tests.bench.script import Batch, pack, save


def around(owner: type, name: str, wrap: Callable[[Any], Any]) -> None:
    """Puts a wrapper around a method of a class."""
    setattr(owner, name, wrap(getattr(owner, name)))


class Tap:
    """Listens at the public doors of the running service.

    What it hears is packed after each batch with the clock stopped: kept as objects it would slow the garbage
    collector, which is part of what is measured.
    """

    def __init__(self, events: int) -> None:
        self.events, self.done = events, asyncio.Event()
        self.batches: dict[str, Batch] = {}
        self.script: list[bytes] = []
        self.own = self.paused = Spent(0, 0)
        self.begin = self.end = Spent.so_far()

    def install(self) -> None:
        """Puts the tap between the service and its doors."""
        around(PlanTracking, "assigned", self._assigned)
        around(PlanTracking, "batch", self._batch)
        around(Cursors, "advance", self._advance)
        around(Store, "write", self._write)
        around(Announcer, "announce", self._announce)

    def _assigned(self, assigned: Any) -> Any:
        async def timed(work: PlanTracking, partitions: Sequence[TopicPartition]) -> None:
            await assigned(work, partitions)
            self.begin = Spent.so_far()

        return timed

    def _batch(self, batch: Any) -> Any:
        async def timed(work: PlanTracking, records: Any, cursors: Mapping[TopicPartition, Cursor]) -> Any:
            moved = await batch(work, records, cursors)
            self.events -= sum(cursor.next - cursors[tp].next for tp, cursor in moved.items())
            self.end, self.paused = Spent.so_far(), self.own
            self._pack()
            if self.events <= 0:
                self.done.set()
            return moved

        return timed

    def _pack(self) -> None:
        self.script += map(pack, self.batches.values())
        self.batches.clear()
        self.own = self.own.plus(Spent.so_far().since(self.end))

    def spent(self) -> Spent:
        """From the last assignment to the end of the last batch, without the tap's own."""
        return self.end.since(self.begin).since(self.paused)

    def _advance(self, advance: Any) -> Any:
        async def tapped(
            cursors: Cursors, session: Session, moves: Mapping[TopicPartition, tuple[Cursor, Cursor]]
        ) -> None:
            rows = [(tp.partition, (a.next, a.cut), (b.next, b.cut)) for tp, (a, b) in moves.items()]
            key = repr([row[:2] for row in rows])  # a transaction that is run again is the same batch
            self.batches.pop(key, None)
            self.batches[key] = Batch(rows)
            await advance(cursors, session, moves)

        return tapped

    def _write(self, write: Any) -> Any:
        async def tapped(
            store: Store, session: Session, documents: Mapping[str, list[Document]], notes: Sequence[Note], **how: Any
        ) -> None:
            self._last.documents, self._last.notes = dict(documents), [_document(note) for note in notes]
            await write(store, session, documents, notes, **how)

        return tapped

    def _announce(self, announce: Any) -> Any:
        async def tapped(announcer: Announcer, partition: int, messages: list[Message]) -> None:
            for m in messages:
                key = m.key.encode() if isinstance(m.key, str) else m.key
                self._last.said.append((m.topic.rpartition(".")[2], m.partition, key, m.value))
            await announce(announcer, partition, messages)

        return tapped

    @property
    def _last(self) -> Batch:
        return self.batches[next(reversed(self.batches))]


def _document(note: Note) -> Document:
    plans = [[plan, list(names)] for plan, names in note.plans.items()]
    return {"_id": note.id, "partition": note.partition, "plans": plans}


async def drain(script: Path, events: int) -> None:
    """Runs the service until it has worked on `events` records."""
    tap = Tap(events)
    tap.install()
    service = await build(PlanTrackingSettings())
    settle_memory()
    work = asyncio.create_task(service.work())
    ended = asyncio.create_task(tap.done.wait())
    await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    save(script, tap.script)
    tell(tap.spent())


if __name__ == "__main__":
    logs.configure("plan-tracking", "WARNING")
    asyncio.run(drain(Path(sys.argv[1]), int(sys.argv[2])))
