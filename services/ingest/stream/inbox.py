"""Kafka in: what departments write to their inbox topics; the topic's name is the identity."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import ConsumerRecord, TopicPartition

from schemas.topics import inbox_of
from services.ingest.domain.acceptance import Fault, Refusal
from services.ingest.domain.inbox import Arrival, Taken, take
from services.ingest.senders.log import EventLog, not_yet
from services.ingest.store.rejections import Answer, RejectionStore
from services.kit.consume import Records
from services.kit.cursors import Cursor, Cursors
from services.kit.logs import logger
from services.kit.metrics import ConsumerMetrics
from services.kit.mongo import Client, Session, transaction
from services.kit.rejected import copy
from services.kit.unreadable import UNREADABLE

log = logger(__name__)

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LOG_APPEND_TIME = 1


@dataclass(frozen=True, slots=True)
class Inboxes:
    """The work of ingest on inboxes: the good go to `milepost.events`, the others to `milepost.rejected`.

    What is accepted under the source and id of a record that was refused before answers that one.

    The cursors are advanced after that: a batch that is done again writes the same events, which changes no plan
    (law 1), and the same copies.
    """

    client: Client
    cursors: Cursors
    events: EventLog
    metrics: ConsumerMetrics
    most_bytes: int
    rejections: RejectionStore

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing is cached."""

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing is held."""

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Judges each record by itself, writes what came of it, and advances the cursors."""
        judged = [(record, self._judged(record)) for rows in records.values() for record in rows]
        taken = [said for _, said in judged if isinstance(said, Taken)]
        await self._accept(taken)
        await self._reject([(record, said) for record, said in judged if isinstance(said, Refusal)])
        now = dt.datetime.now(dt.UTC)
        moves = {tp: (cursors[tp], Cursor(rows[-1].offset + 1)) for tp, rows in records.items()}
        answered = await self.rejections.unanswered((one.source, one.id) for one in taken)

        async def write(session: Session) -> None:
            await self.cursors.advance(session, moves)
            await self.rejections.answer([Answer(kept, kept["source"], kept["id"]) for kept in answered], now, session)

        await transaction(self.client, write, await self.cursors.session())
        for tp, rows in records.items():
            self.metrics.records.labels(tp.topic).inc(len(rows))
        log.info("inboxes read", records=len(judged), refused=sum(isinstance(said, Refusal) for _, said in judged))
        return {tp: end for tp, (_, end) in moves.items()}

    def _judged(self, record: ConsumerRecord) -> Taken | Refusal:
        """A fault of ours in one record is that record's alone: nobody else's waits for it to be mended."""
        if unreadable := dict(record.headers).get(UNREADABLE):
            return Refusal(400, "Not readable", (Fault("record", unreadable.decode(errors="replace")),))
        arrival = _arrival(record, self.events.namespace)
        try:
            return take(arrival, self.most_bytes)
        except Exception:
            log.exception("an inbox record could not be judged", place=arrival.place)
            return Refusal(500, "Not judged", (Fault("record", "it could not be judged, by a fault of Milepost's"),))

    async def _accept(self, taken: Sequence[Taken]) -> None:
        if not all(await self.events.write((one.plan, one.value) for one in taken)):
            raise not_yet()

    async def _reject(self, refused: Sequence[tuple[ConsumerRecord, Refusal]]) -> None:
        copies = [copy(record, _reason(refusal), self.events.namespace) for record, refusal in refused]
        await self.events.producer.send(copies)
        self.metrics.rejected.inc(len(copies))


def _arrival(record: ConsumerRecord, namespace: str) -> Arrival:
    stamped = record.timestamp_type == _LOG_APPEND_TIME
    return Arrival(
        department=inbox_of(record.topic, namespace) or "",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        at=_EPOCH + dt.timedelta(milliseconds=record.timestamp) if stamped else None,
        headers=record.headers,
        value=record.value or b"",
    )


def _reason(refusal: Refusal) -> str:
    return "; ".join(f"{fault.field}: {fault.detail}" for fault in refusal.faults)
