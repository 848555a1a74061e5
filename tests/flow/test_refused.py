"""A refused record: its department's own list hears of it, mends it, and hears that it is over; nobody else does."""

import json
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer

from services.kit.kafka import partition_of
from tests.events import body
from tests.flow.publisher import Publisher, until
from tests.servers import Stack

PLAN = "dluhc/refusals"
"""`orr` speaks in no other test of this stack: whatever is refused of it is refused here."""


async def told(stack: Stack, path: str) -> list[Any]:
    """The webhooks that came to a path."""
    async with httpx.AsyncClient() as http:
        return [one["body"]["data"] for one in (await http.get(stack.webhook)).json() if one["path"].endswith(path)]


async def test_who_sent_it_is_told_and_told_that_it_is_over_and_nobody_else_is(stack: Stack) -> None:
    """From the log through plan-tracking's refusal, ingest's count and alerting's level; mended at ingest's door."""
    publisher, other = Publisher(stack, "orr"), Publisher(stack, "dluhc")
    await other.say("plan.published", PLAN, {"title": "Refusals"}, PLAN)
    await publisher.subscribe(channel="webhook", target=f"{stack.webhook}/refused-own", department="orr")
    await other.subscribe(channel="webhook", target=f"{stack.webhook}/refused-other", department="orr")
    await other.subscribe(channel="webhook", target=f"{stack.webhook}/refused-plan", plan=PLAN)
    event = body("milestone.planned", "orr/bridge", {"title": "Bridge", "baseline": "2027-01-01"}, plan=PLAN, id="r-1")
    await write(stack, json.dumps({**event, "time": "soon"}).encode())

    [first] = await until(lambda: told(stack, "/refused-own"), len)
    assert first["causes"][0]["moved"][0]["title"] == "1 record of orr"
    rejections = f"{stack.ingest}/rejections"
    assert first["links"] == {"rejections": f"{stack.ingest}/publish/rejections"}
    [waiting] = (await publisher.http.get(rejections)).json()["rejections"]
    headers = {"Content-Type": "application/cloudevents+json"}
    mended = await publisher.http.post(f"{rejections}/{waiting['id']}/send", content=json.dumps(event), headers=headers)
    assert mended.status_code == 202, mended.text
    both = await until(lambda: told(stack, "/refused-own"), lambda found: len(found) == 2)
    assert [one["kind"] for one in both] == ["raised", "ended"]
    assert (await told(stack, "/refused-other"), await told(stack, "/refused-plan")) == ([], [])


async def write(stack: Stack, value: bytes) -> None:
    """Writes a record straight to the log, past ingest's judgement."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.env["MILEPOST_KAFKA"])
    await producer.start()
    await producer.send_and_wait(f"{stack.namespace}.events", value, PLAN.encode(), partition=partition_of(PLAN))
    await producer.stop()
