"""Kafka in: one batch, one transaction, one cursor, then the announcement (law 2)."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aiokafka import ConsumerRecord, TopicPartition

from schemas import topics
from services.kit.consume import Records
from services.kit.cursors import Cursor
from services.kit.kafka import Announcer, Message, partition_of
from services.kit.logs import logger
from services.kit.metrics import ConsumerMetrics
from services.kit.mongo import Session, transaction
from services.kit.producer import LastingProducer
from services.plan_tracking.domain.accept import Rejection, accept
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.store import Note, Store
from services.plan_tracking.stream.announce import announce_note, messages
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.changes import Change, changes

log = logger(__name__)

MOST_DOCUMENTS = 5_000
"""A batch that writes more documents than this is cut into several transactions."""

Work = dict[str, list[Entry]]
Moves = Mapping[TopicPartition, tuple[Cursor, Cursor]]


@dataclass
class PlanTracking:
    """The work of plan-tracking on `milepost.events`."""

    store: Store
    networks: Networks
    announcer: Announcer
    rejects: LastingProducer
    metrics: ConsumerMetrics
    namespace: str
    clock: Callable[[], dt.datetime]
    owned: frozenset[int] = frozenset()
    most_documents: int = MOST_DOCUMENTS

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Forgets the cache, fences a predecessor, and announces what it left."""
        self.networks.drop()
        numbers = [tp.partition for tp in partitions]
        await self.announcer.take(numbers)
        for note in await self.store.notes(numbers):
            await announce_note(self.store, self.announcer, self.namespace, note, self.clock())
        self.owned |= frozenset(numbers)

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Closes the announcers of partitions that went elsewhere."""
        self.networks.drop()
        self.owned -= {tp.partition for tp in partitions}
        await self.announcer.drop([tp.partition for tp in partitions])

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Works on a batch; answers with the cursors as stored."""
        work = {tp: await self._read(tp, rows) for tp, rows in records.items()}
        ends = {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}
        with self.metrics.batch_seconds.labels("fold").time():
            whole = {plan: entries for plans in work.values() for plan, entries in plans.items()}
            found = await changes(self.store, self.networks, whole)
        if sum(change.documents for change in found) <= self.most_documents:
            await self._commit(found, {tp: (cursors[tp], end) for tp, end in ends.items()})
        else:
            for tp, plans in work.items():
                await self._cut(tp, plans, cursors[tp], ends[tp])
        for tp, rows in records.items():
            self.metrics.records.labels(tp.topic).inc(len(rows))
        return ends

    async def _cut(self, tp: TopicPartition, work: Work, at: Cursor, end: Cursor) -> None:
        """One partition in several transactions: by plan, and inside a plan by offset, never inside one record."""
        pieces = list(work.items())
        while pieces:
            plan, entries = pieces.pop(0)
            found = await changes(self.store, self.networks, {plan: entries})
            if found[0].documents > self.most_documents and len(entries) > 1:
                half = len(entries) // 2
                pieces[:0] = [(plan, entries[:half]), (plan, entries[half:])]
                continue
            await self._commit(found, {tp: (at, following := replace(at, cut=at.cut + 1))})
            at = following
        await self._commit([], {tp: (at, end)})

    async def _commit(self, found: list[Change], moves: Moves) -> None:
        """One transaction: cursors, plans, milestones, history and a note for each partition; then the announcement."""
        documents = {
            "plans": [change.plan_document for change in found],
            "milestones": [doc for change in found for doc in change.milestone_documents],
            "facts": [doc for change in found for doc in change.fact_documents],
            "history": [doc for change in found for doc in change.history_documents],
        }
        notes = list(_notes(found, moves))

        async def write(session: Session) -> None:
            await self.store.cursors.advance(session, moves)
            await self.store.write(session, documents, notes)

        with self.metrics.batch_seconds.labels("transaction").time():
            await transaction(self.store.client, write)
        for change in found:
            self.networks.keep(change.folded.plan, change.folded.network)
        with self.metrics.batch_seconds.labels("announce").time():
            for note in notes:
                await self._announce(note, [c for c in found if c.folded.plan.name in note.plans])

    async def _announce(self, note: Note, found: list[Change]) -> None:
        states = [state for change in found for state in change.milestone_states]
        plans = [change.plan_state for change in found if change.plan_state]
        await self.announcer.announce(note.partition, messages(self.namespace, states, plans, self.clock()))
        if not await self.store.delete_note(note):
            await announce_note(self.store, self.announcer, self.namespace, note, self.clock())
        for state in states:
            log.debug("announced", plan=state.plan, milestone=state.milestone, correlation_id=state.correlationid)

    async def _read(self, tp: TopicPartition, records: Sequence[ConsumerRecord[bytes, bytes]]) -> Work:
        """The entries of a partition by plan; what cannot be folded goes to the rejected topic."""
        work: Work = {}
        refused: list[tuple[ConsumerRecord[bytes, bytes], Rejection]] = []
        for record in records:
            read = accept(record.key, record.value, record.headers, record.partition, _partition(record.key))
            if isinstance(read, Rejection):
                refused.append((record, read))
            else:
                work.setdefault(read.plan, []).append(Entry(record.offset, read))
        if refused:
            await self._reject(refused)
        return work

    async def _reject(self, refused: list[tuple[ConsumerRecord[bytes, bytes], Rejection]]) -> None:
        """Byte for byte to `milepost.rejected`, with the reason and the place in headers."""
        topic = topics.rejected(self.namespace)
        copies = [
            Message(topic.name, r.partition % topic.partitions, r.key, r.value, _headers(r, why)) for r, why in refused
        ]
        await self.rejects.send(copies)
        self.metrics.rejected.inc(len(refused))
        for record, why in refused:
            log.warning("rejected", partition=record.partition, offset=record.offset, reason=why.reason)


def _headers(record: ConsumerRecord[bytes, bytes], why: Rejection) -> tuple[tuple[str, bytes], ...]:
    place = f"{record.topic}/{record.partition}/{record.offset}"
    return (*record.headers, ("milepost-reason", why.reason.encode()), ("milepost-from", place.encode()))


def _partition(key: bytes | None) -> int | None:
    try:
        return partition_of(key.decode()) if key else None
    except UnicodeDecodeError:
        return None


def _notes(found: list[Change], moves: Moves) -> Iterator[Note]:
    for tp, (read, _) in moves.items():
        here = [c for c in found if partition_of(c.folded.plan.name) == tp.partition]
        plans = {c.folded.plan.name: tuple(s.milestone for s in c.milestone_states) for c in here if _says(c)}
        if plans:
            yield Note(f"{tp.partition:03d}/{read.next:020d}/{read.cut:06d}", tp.partition, plans)


def _says(change: Change) -> bool:
    return bool(change.milestone_states or change.plan_state)
