"""Records of the log into entries by plan, and those that cannot be folded with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from aiokafka import ConsumerRecord

from services.kit.kafka import partition_of
from services.plan_tracking.domain.accept import Rejection, accept
from services.plan_tracking.domain.model import Entry

Record: TypeAlias = ConsumerRecord
Work = dict[str, list[Entry]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that cannot be folded, and why."""

    record: Record
    reason: str


def read(records: Sequence[Record]) -> tuple[Work, list[Refused]]:
    """The entries of a partition's records by plan, and those that are refused."""
    work: Work = {}
    refused: list[Refused] = []
    for record in records:
        event = accept(record.key, record.value, record.headers, record.partition, _partition(record.key))
        if isinstance(event, Rejection):
            refused.append(Refused(record, event.reason))
        else:
            work.setdefault(event.plan, []).append(Entry(record.offset, event))
    return work, refused


def _partition(key: bytes | None) -> int | None:
    try:
        return partition_of(key.decode()) if key else None
    except UnicodeDecodeError:
        return None
