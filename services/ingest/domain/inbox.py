"""Whether what a department wrote to its inbox can be accepted: as over HTTP, judged by the moment of its arrival."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.bindings import BadBinding, from_kafka, is_binary_kafka
from services.ingest.domain.acceptance import Fault, Refusal, admit, written


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record of a department's inbox: where it is, and when the broker took it (None when the broker did not say)."""

    department: str
    topic: str
    partition: int
    offset: int
    at: dt.datetime | None
    headers: Sequence[tuple[str, bytes | None]]
    value: bytes

    @property
    def place(self) -> str:
        """The record's own name, in all inboxes and for ever."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Taken:
    """An accepted event as it goes on the log: its plan, and its JSON; `source` and `id` are its identity."""

    plan: str
    value: bytes
    source: str
    id: str


def take(arrival: Arrival, most_bytes: int) -> Taken | Refusal:
    """The accepted event of a record, or why it is refused; the same record always gives the same bytes.

    It is accepted as of its arrival, a millisecond that it shares with others: the offset's last three digits are the
    microseconds, so that records of one partition keep their order (but where those digits begin anew within the same
    millisecond). Its correlation id, unless it brings one, is its place.
    """
    if arrival.at is None:
        return _refused(422, "time", "the inbox did not stamp this record's arrival then: write it again")
    if len(arrival.value) > most_bytes:
        return _refused(413, "body", f"over {most_bytes} bytes")
    try:
        binary = is_binary_kafka(arrival.headers)
        said = from_kafka(arrival.headers, arrival.value) if binary else arrival.value
    except BadBinding as bad:
        return _refused(400, bad.field, bad.detail)
    admitted = admit(said, (arrival.department,), arrival.at)
    if isinstance(admitted, Refusal):
        return admitted
    accepted = arrival.at + dt.timedelta(microseconds=arrival.offset % 1000)
    [value] = written([admitted], accepted, arrival.place)
    event = admitted.event
    return Taken(event.plan, value, event.source, event.id)


def _refused(status: int, field: str, detail: str) -> Refusal:
    return Refusal(status, "Not accepted", (Fault(field, detail),))
