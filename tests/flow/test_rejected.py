"""Rubbish written straight to the log: rejected byte for byte, and the partition goes on."""

import asyncio
import datetime as dt
import json
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.kit.kafka import partition_of
from tests.events import body
from tests.flow.publisher import Publisher, until
from tests.servers import Stack

PLAN = "dluhc/rubbish"
HERE = partition_of(PLAN)


def planned(name: str, **more: Any) -> bytes:
    """A milestone's first event, as ingest would have accepted it."""
    now = dt.datetime.now(dt.UTC).isoformat()
    event = body("milestone.planned", name, {"title": name, "baseline": "2027-01-01"}, plan=PLAN)
    return json.dumps({**event, "time": now, "acceptedtime": now, **more}).encode()


async def test_rubbish_on_the_log_is_rejected_byte_for_byte_and_the_partition_goes_on(stack: Stack) -> None:
    """A header or key that is not UTF-8, none, empty, binary, a wrong partition, a forged name; then a good one."""
    publisher = Publisher(stack, "dluhc", "dft")
    await publisher.say("plan.published", PLAN, {"title": "Rubbish"}, PLAN)
    await publisher.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    topic, key = f"{stack.namespace}.events", PLAN.encode()
    wrong = (HERE + 1) % 24
    bad: list[tuple[int, bytes | None, bytes | None, list[tuple[str, bytes]]]] = [
        (HERE, key, b"\x00\xff rubbish", [("header", b"\xff\xfe")]),
        (HERE, b"\xff\xfe", planned("dft/bad-key"), []),
        (HERE, key, b"", []),
        (HERE, None, b"no key", []),
        (wrong, key, planned("dft/elsewhere"), []),
        (HERE, key, planned("dft/forged", source="/dwp"), [("ce_unknown", b"\xff")]),
    ]
    producer = AIOKafkaProducer(bootstrap_servers=stack.env["MILEPOST_KAFKA"])
    await producer.start()
    for partition, its_key, value, headers in bad:
        await producer.send_and_wait(topic, value, its_key, partition=partition, headers=headers)
    await producer.send_and_wait(topic, planned("dft/good"), key, partition=HERE)
    await producer.stop()

    plan = await until(lambda: publisher.plan(PLAN), lambda plan: "dft/good" in plan["milestones"])
    assert set(plan["milestones"]) == {"dft/good"}
    rejected = await records(stack, f"{stack.namespace}.rejected", len(bad))
    came = {(row.key, row.value) for row in rejected}
    assert {(its_key, value) for _, its_key, value, _ in bad} <= came
    assert ("header", b"\xff\xfe") in next(row.headers for row in rejected if row.value == bad[0][2])
    for row in rejected:
        assert dict(row.headers)["milepost-from"].startswith(topic.encode())
        assert dict(row.headers)["milepost-reason"]


async def records(stack: Stack, topic: str, least: int) -> list[Any]:
    """At least so many records of a topic."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=stack.env["MILEPOST_KAFKA"], auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    found: list[Any] = []
    async with asyncio.timeout(20):
        while len(found) < least:
            for rows in (await consumer.getmany(timeout_ms=200)).values():
                found += rows
    await consumer.stop()
    return found
