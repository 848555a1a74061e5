"""Kafka in: one batch, one transaction, one cursor, then the announcement (law 2)."""

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import CollectorRegistry
from pymongo.errors import BulkWriteError, ConnectionFailure, PyMongoError

from schemas.names import CANARY
from services.kit.consume import Records
from services.kit.cursors import Cursor, LostCursor
from services.kit.kafka import Announcer, Message, partition_of
from services.kit.logs import logger
from services.kit.metrics import ConsumerMetrics
from services.kit.mongo import Document, Session, is_duplicate, transaction
from services.kit.producer import LastingProducer
from services.kit.rejected import copy
from services.plan_tracking.domain.credibility import restated
from services.plan_tracking.domain.fold import Folded
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.measures import OTHER, Measures
from services.plan_tracking.store import Store
from services.plan_tracking.stream.announce import announce_note, messages
from services.plan_tracking.stream.between import Between
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.change import Change, stuck
from services.plan_tracking.stream.changes import changes
from services.plan_tracking.stream.reading import Record, Work, read
from services.plan_tracking.writing import Note

log = logger(__name__)

MOST_RECORDS = 1_000
"""Records of one batch: what is said again and again of a milestone is concluded, written and announced once."""
MOST_DOCUMENTS = 5_000
"""A batch that writes more documents than this is cut into several transactions."""
MOST_ATTEMPTS = 3
"""A plan whose records have failed so often, alone, is stuck."""


class NotAnnounced(Exception):
    """What was committed could not be announced: its note stays, and is announced at the next assignment."""


Cursors = Mapping[TopicPartition, Cursor]
Moves = Mapping[TopicPartition, tuple[Cursor, Cursor]]


@dataclass
class PlanTracking:
    """The work of plan-tracking on `milepost.events`.

    `careful` are partitions whose last owner may have died of a record: there each plan is worked on alone.
    """

    store: Store
    networks: Networks
    announcer: Announcer
    rejects: LastingProducer
    metrics: ConsumerMetrics
    namespace: str
    clock: Callable[[], dt.datetime]
    measures: Measures = field(default_factory=lambda: Measures(CollectorRegistry()))
    owned: frozenset[int] = frozenset()
    careful: set[TopicPartition] = field(default_factory=set)
    most_documents: int = MOST_DOCUMENTS

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Forgets the cache, fences a predecessor, and announces what it left."""
        self.networks.drop()
        self.careful |= await self.store.starts.without_progress(await self.store.cursors.read(partitions))
        numbers = [tp.partition for tp in partitions]
        await self.announcer.take(numbers)
        for note in await self.store.notes(numbers):
            await self._announce_note(note)
        self.owned |= frozenset(numbers)

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Closes the announcers of partitions that went elsewhere."""
        self.networks.drop()
        self.owned -= {tp.partition for tp in partitions}
        await self.announcer.drop([tp.partition for tp in partitions])

    async def batch(self, records: Records, cursors: Cursors) -> dict[TopicPartition, Cursor]:
        """Works on a batch; answers with the cursors as stored."""
        work = {tp: await self._read(rows) for tp, rows in records.items()}
        ends = {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}
        try:
            whole = None if self.careful & work.keys() else await self._whole(work, cursors, ends)
        except Exception as error:
            if not of_a_plan(error):
                raise
            log.error("a plan cannot be folded or written: each alone", error=f"{type(error).__name__}: {error}")
            whole = None
        if not whole:
            for tp, plans in work.items():
                await self._cut(tp, plans, cursors[tp], ends[tp])
        for tp, rows in records.items():
            self.metrics.records.labels(tp.topic).inc(len(rows))
        return ends

    async def _whole(self, work: Mapping[TopicPartition, Work], at: Cursors, ends: Cursors) -> bool:
        """All of it in one transaction; False, with nothing written, when it would be too large."""
        with self.metrics.batch_seconds.labels("fold").time():
            everything = {plan: entries for plans in work.values() for plan, entries in plans.items()}
            found = await changes(self.store, self.networks, everything)
        if sum(change.documents for change in found) > self.most_documents:
            return False
        await self._commit(found, {tp: (at[tp], end) for tp, end in ends.items()})
        return True

    async def _cut(self, tp: TopicPartition, work: Work, at: Cursor, end: Cursor) -> None:
        """One partition in several transactions: by plan, and inside a plan by offset, never inside one record."""
        pieces = list(work.items())
        while pieces:
            plan, entries = pieces.pop(0)
            change = await self._attempt(plan, entries, tp, at)
            if change is None:
                half = len(entries) // 2
                pieces[:0] = [(plan, entries[:half]), (plan, entries[half:])]
            else:
                at = replace(at, cut=at.cut + 1)
        await self._commit([], {tp: (at, end)})
        self.careful.discard(tp)

    async def _attempt(self, plan: str, entries: list[Entry], tp: TopicPartition, at: Cursor) -> Change | None:
        """One plan alone: folded and written, or stuck after MOST_ATTEMPTS; None when it is to be cut in halves.

        Attempts are counted before they are made and outside the transaction, so that a crash counts too.
        """
        move = {tp: (at, replace(at, cut=at.cut + 1))}
        while await self.store.attempts.add(plan) <= MOST_ATTEMPTS:
            try:
                [change] = await changes(self.store, self.networks, {plan: entries})
                if change.documents > self.most_documents and len(entries) > 1:
                    await self.store.attempts.forget(plan)
                    return None
                await self._commit([change], move)
                await self.store.attempts.forget(plan)
                return change
            except Exception as error:
                if not of_a_plan(error):
                    raise
                log.error("plan failed", plan=plan, error=f"{type(error).__name__}: {error}", exc_info=True)
        log.critical("plan is stuck: it keeps its last good content until it is rebuilt", plan=plan)
        change = await stuck(self.store, plan, entries)
        await self._commit([change], move)
        await self.store.attempts.forget(plan)  # a rebuild is tried as often
        return change

    async def _commit(self, found: list[Change], moves: Moves) -> None:
        """One transaction: cursors, plans, milestones, history and a note for each partition; then the announcement."""
        documents: dict[str, list[Document]] = defaultdict(list)
        for change in found:
            for collection, docs in change.writes.items():
                documents[collection] += docs
        notes = list(_notes(found, moves))

        with self.metrics.batch_seconds.labels("transaction").time():
            await self._write(documents, notes, moves)
        try:
            between = self._kept(found)
            with self.metrics.batch_seconds.labels("announce").time():
                await self._announce(notes, found, between)
        except Exception as error:
            raise NotAnnounced(f"{type(error).__name__}: {error}") from error

    async def _write(self, documents: Mapping[str, list[Document]], notes: list[Note], moves: Moves) -> None:
        """The transaction; once more where history is not new (its plan is rebuilt, or its store was restored)."""

        async def write(session: Session, *, known_history: bool = False) -> None:
            await self.store.cursors.advance(session, moves)
            await self.store.write(session, documents, notes, known_history=known_history)

        try:
            await transaction(self.store.client, write, await self.store.cursors.session())
        except BulkWriteError as error:
            if not is_duplicate(error):
                raise
            again = partial(write, known_history=True)
            await transaction(self.store.client, again, await self.store.cursors.session())

    def _kept(self, found: Iterable[Change]) -> dict[str, list[Message]]:
        """Gives the cache what was written; answers with what each plan says to others."""
        said: dict[str, list[Message]] = {}
        for change in found:
            if change.folded:
                folded = change.folded
                self._measure(change.folded)
                network = self.networks.keep(folded.plan, folded.network, folded.tallies)
                between = Between(self.namespace, folded.plan, network, self.clock(), change.correlationid)
                said[change.plan] = between.messages(change.due)
        return said

    def _measure(self, folded: Folded) -> None:
        if folded.plan.lead == CANARY:
            return
        public = folded.plan.said("published") and folded.plan.said("visibility", "public") == "public"
        shown = public and folded.plan.said("hold") is None
        for department, days in restated(folded.network.given):
            self.measures.moved(department if shown and folded.plan.listed(department) else OTHER, days)

    async def _announce(self, notes: Sequence[Note], found: list[Change], between: Mapping[str, list[Message]]) -> None:
        """The partitions side by side; each waits for Kafka far longer than it works."""
        said = [(note.partition, self._said(note, found, between)) for note in notes]
        done = await asyncio.gather(*(self.announcer.announce(*one) for one in said), return_exceptions=True)
        if failure := next(filter(None, done), None):
            raise failure
        if not await self.store.delete_notes(notes):
            for note in notes:
                await self._announce_note(note)
        for state in (state for change in found for state in change.milestone_states):
            log.debug(
                "announced", plan=state["plan"], milestone=state["milestone"], correlation_id=state["correlationid"]
            )

    def _said(self, note: Note, found: list[Change], between: Mapping[str, list[Message]]) -> list[Message]:
        here = [change for change in found if partition_of(change.plan) == note.partition]
        states = [state for change in here for state in change.milestone_states]
        plans = [change.plan_state for change in here if change.plan_state]
        said = messages(self.namespace, states, plans, self.clock())
        return said + [message for change in here for message in between.get(change.plan, ())]

    async def _announce_note(self, note: Note) -> None:
        await announce_note(self.store, self.networks, self.announcer, self.namespace, note, self.clock())

    async def _read(self, records: Sequence[Record]) -> Work:
        """The entries by plan; what cannot be folded is copied to the rejected topic first."""
        work, refused = read(records)
        if refused:
            await self.rejects.send([copy(one.record, one.reason, self.namespace) for one in refused])
            self.metrics.rejected.inc(len(refused))
        for one in refused:
            log.warning("rejected", partition=one.record.partition, offset=one.record.offset, reason=one.reason)
        return work


def of_a_plan(error: Exception) -> bool:
    """Whether a failure may belong to one plan, rather than to a server that is away or a cursor that has moved."""
    if isinstance(error, PyMongoError):
        return not (isinstance(error, ConnectionFailure) or error.timeout or error.has_error_label(TRANSIENT))
    return not isinstance(error, LostCursor | NotAnnounced | KafkaError | TimeoutError | OSError)


TRANSIENT = "TransientTransactionError"


def _notes(found: list[Change], moves: Moves) -> Iterator[Note]:
    for tp, (read_at, _) in moves.items():
        here = [change for change in found if partition_of(change.plan) == tp.partition]
        plans = {c.plan: tuple(s["milestone"] for s in c.milestone_states) for c in here if _concludes(c)}
        between = {change.plan: change.due for change in here if change.due}
        if plans or between:
            yield Note(f"{tp.partition:03d}/{read_at.next:020d}/{read_at.cut:06d}", tp.partition, plans, between)


def _concludes(change: Change) -> bool:
    return bool(change.milestone_states or change.plan_state)
