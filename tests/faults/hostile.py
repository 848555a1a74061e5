"""Hostile records: whatever anybody might put on a topic, each of which must be refused, byte for byte."""

import json
import random
from collections.abc import Callable, Iterator

from schemas import topics
from services.kit.kafka import Message, partition_of, producer
from tests.faults.driver import INBOX, System
from tests.faults.fault import Fault

COUNT = 10_000
PART = 500
"""Records that are sent together."""

PLAN = "dluhc/hostile"
Spoil = Callable[[dict[str, object], random.Random], bytes]


def _good(number: int) -> dict[str, object]:
    """An event of the inbox's department; on the log it would need a time of acceptance."""
    return {
        "specversion": "1.0",
        "id": f"hostile-{number}",
        "source": f"/{INBOX}",
        "type": "org.milepost.milestone.planned.v1",
        "subject": f"{INBOX}/hostile",
        "plan": PLAN,
        "time": "2026-01-05T09:00:00Z",
        "acceptedtime": "2026-01-05T09:00:01Z",
        "data": {"title": "Hostile", "baseline": "2027-01-05"},
    }


def _but(**changes: object) -> Spoil:
    return lambda event, _: json.dumps({**event, **changes}).encode()


def _without(name: str) -> Spoil:
    return lambda event, _: json.dumps({key: said for key, said in event.items() if key != name}).encode()


def _cut(event: dict[str, object], chance: random.Random) -> bytes:
    whole = json.dumps(event).encode()
    return whole[: chance.randrange(1, len(whole))]


SPOILT: tuple[Spoil, ...] = (
    lambda _, chance: chance.randbytes(chance.randint(1, 400)) + b"\xff",
    lambda _, chance: b"[" * chance.randint(1, 50_000),
    lambda event, _: json.dumps([event]).encode(),
    lambda _, chance: str(chance.random()).encode(),
    lambda event, _: json.dumps(event).encode("utf-16"),
    lambda event, _: json.dumps(event).encode().replace(b"Hostile", b"\\ud800"),
    lambda event, _: json.dumps(event).encode().replace(b'"2027-01-05"', b"1e999"),
    lambda event, chance: json.dumps({**event, "data": {"title": "x" * chance.randint(2_000, 60_000)}}).encode(),
    _cut,
    _without("type"),
    _without("id"),
    _without("time"),
    _without("data"),
    _without("subject"),
    _without("plan"),
    _but(type="org.milepost.milestone.exploded.v1"),
    _but(time=1767600000),
    _but(time="2026-01-05T09:00:00"),
    _but(time="2126-01-05T09:00:00Z", acceptedtime=None),
    _but(source="/dft"),
    _but(source="/milepost"),
    _but(plan="../../etc/passwd"),
    _but(subject=f"{INBOX}/ü"),
    _but(data={"title": "Hostile", "baseline": "2027-02-31"}),
    _but(data={"title": None, "$where": "sleep(9)"}),
    _but(specversion="0.3"),
)
"""What is wrong with a value; each is wrong on the log and in an inbox alike."""


def hostile(system: System, chance: random.Random, count: int) -> Iterator[Message]:
    """Records that must be refused: half to the log, half to an inbox, with odd keys, headers and partitions.

    None is without key and value: no producer here can write that.
    """
    log, inbox = topics.events(system.namespace), topics.inbox(INBOX, system.namespace)
    for number in range(count):
        event, headers = _good(number), tuple(_headers(chance))
        if number % 2:
            key, value = chance.choice([None, b"", chance.randbytes(9), PLAN.encode()]), _spoilt(event, chance)
            value = b"" if key is None and value is None else value
            yield Message(inbox.name, number % inbox.partitions, key, value, headers)
        elif number % 6 == 0:  # nothing is wrong but its place
            wrong = chance.choice([n for n in range(log.partitions) if n != partition_of(PLAN)])
            yield Message(log.name, wrong, PLAN, json.dumps(event).encode())
        elif number % 6 == 2:  # nothing is wrong but its key
            yield Message(log.name, partition_of(PLAN), chance.choice([b"", b"\xff", b"dft/other"]), _json(event))
        else:
            yield Message(log.name, chance.randrange(log.partitions), PLAN, _spoilt(event, chance), headers)


def _json(event: dict[str, object]) -> bytes:
    return json.dumps(event).encode()


def _spoilt(event: dict[str, object], chance: random.Random) -> bytes | None:
    return chance.choice(SPOILT)(event, chance) if chance.random() < 0.95 else chance.choice([None, b""])


def _headers(chance: random.Random) -> Iterator[tuple[str, bytes | None]]:
    """Headers that say nothing, are no text, or pretend to be Milepost's own or an empty CloudEvent."""
    for _ in range(chance.choice([0, 0, 1, 3])):
        name = chance.choice(["a", "ce_id", "content-type", "milepost-reason", "milepost-from", "ce_time", "ü"])
        yield name, chance.choice([b"", b"\xff\xfe", b"application/json", chance.randbytes(40)])


async def act(system: System, chance: random.Random) -> None:
    """Puts them on the topics, some together, and notes where each is."""
    messages = list(hostile(system, chance, COUNT))
    async with producer(system.env["MILEPOST_KAFKA"]) as to:
        for start in range(0, len(messages), PART):
            await system.posted.reaches(0.8 * start / len(messages))
            some = messages[start : start + PART]
            sent = [
                await to.send(m.topic, m.value, m.key_bytes, partition=m.partition, headers=list(m.headers))
                for m in some
            ]
            for message, future in zip(some, sent, strict=True):
                at = await future
                place = f"{at.topic}/{at.partition}/{at.offset}"
                system.hostile[place] = message.key_bytes, message.value, message.headers


FAULTS: tuple[Fault, ...] = (
    Fault(
        "hostile",
        f"{COUNT:,} records that must be refused are put on the log and into an inbox among the good ones.",
        act,
        lasts=10.0,
        apart=True,
        lag_seconds=180.0,
        rest_seconds=240.0,
    ),
)
