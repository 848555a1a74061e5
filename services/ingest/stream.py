"""Kafka in: what was refused, so that its publisher can ask what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import ConsumerRecord, TopicPartition

from services.ingest.domain.rejection import rejection
from services.ingest.store.rejections import RejectionStore
from services.kit.consume import Records
from services.kit.cursors import Cursor
from services.kit.mongo import Client, Document, Session, transaction


@dataclass(frozen=True, slots=True)
class Rejections:
    """The work of ingest on `milepost.rejected`: every record is kept, byte for byte."""

    client: Client
    store: RejectionStore

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing is cached."""

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing is held."""

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Keeps the records and advances the cursors, in one transaction."""
        documents = [_document(tp, record) for tp, rows in records.items() for record in rows]
        ends = {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}

        async def write(session: Session) -> None:
            await self.store.cursors.advance(session, {tp: (cursors[tp], end) for tp, end in ends.items()})
            await self.store.add(session, documents)

        await transaction(self.client, write, await self.store.cursors.session())
        return ends


def _document(tp: TopicPartition, record: ConsumerRecord) -> Document:
    read = rejection(record.headers, record.value)
    return {
        "_id": f"{tp.topic}/{tp.partition}/{record.offset}",
        "source": read.source,
        "id": read.id,
        "reason": read.reason,
        "place": read.place,
        "rejected": record.timestamp,
        "key": record.key,
        "value": record.value,
        "headers": [[name, raw] for name, raw in record.headers],
    }
