"""Kafka in: what was refused, so that its department can see it and send it again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from aiokafka import ConsumerRecord, TopicPartition

from services.ingest.domain.rejection import rejection
from services.ingest.measures import Measures
from services.ingest.store.keys import KeyStore
from services.ingest.store.rejections import RejectionStore
from services.kit.consume import Records
from services.kit.cursors import Cursor
from services.kit.mongo import Client, Document, Session, transaction

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Rejections:
    """The work of ingest on `milepost.rejected`: every record is kept, byte for byte."""

    client: Client
    store: RejectionStore
    keys: KeyStore
    measures: Measures
    namespace: str

    async def assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing is cached."""

    async def revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """Nothing is held."""

    async def batch(self, records: Records, cursors: Mapping[TopicPartition, Cursor]) -> dict[TopicPartition, Cursor]:
        """Keeps the records and advances the cursors, in one transaction; then counts them."""
        documents = [_document(tp, record, self.namespace) for tp, rows in records.items() for record in rows]
        ends = {tp: Cursor(rows[-1].offset + 1) for tp, rows in records.items()}
        known = await self.keys.departments()

        async def write(session: Session) -> None:
            await self.store.cursors.advance(session, {tp: (cursors[tp], end) for tp, end in ends.items()})
            await self.store.add(session, documents)

        await transaction(self.client, write, await self.store.cursors.session())
        for kept in documents:
            department = kept["department"] if kept["department"] in known else UNKNOWN
            self.measures.rejections.labels(department, kept["field"]).inc()
        return ends


def _document(tp: TopicPartition, record: ConsumerRecord, namespace: str) -> Document:
    identifier = f"{tp.partition}-{record.offset}"
    return {
        "_id": identifier,
        "order": f"{record.timestamp:013d}/{identifier}",
        "rejected": _EPOCH + dt.timedelta(milliseconds=record.timestamp),
        **asdict(rejection(record.headers, record.value, namespace)),
        "key": record.key,
        "value": record.value,
        "headers": [[name, raw] for name, raw in record.headers],
        "answered": None,
    }
