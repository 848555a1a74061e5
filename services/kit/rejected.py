"""A refused record as it goes to `milepost.rejected`: byte for byte, with the reason and its place in two headers."""

from aiokafka import ConsumerRecord

from schemas import topics
from services.kit.kafka import Message

REASON, FROM, WAS_NULL = "milepost-reason", "milepost-from", "milepost-was-null"

LONGEST = 2_000
"""Letters of a reason that are kept: it may quote what was refused, and the topic must still take both."""


def copy(record: ConsumerRecord, reason: str, namespace: str) -> Message:
    """The copy. A record without key and value, which no producer here can write, gets an empty value and a header."""
    to = topics.rejected(namespace)
    place = f"{record.topic}/{record.partition}/{record.offset}"
    why = reason[:LONGEST].encode(errors="backslashreplace")
    headers = [*record.headers, (REASON, why), (FROM, place.encode())]
    value = record.value
    if record.key is None and value is None:
        value = b""
        headers.append((WAS_NULL, b"value"))
    return Message(to.name, record.partition % to.partitions, record.key, value, tuple(headers))
