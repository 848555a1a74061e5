"""FastStream and motor as a first version would use them: one event at a time, read, folded, written, published.

`python -m tests.bench.peers.naive NAMESPACE EVENTS`, with MILEPOST_KAFKA and MILEPOST_MONGO; prints what it spent.
"""

import asyncio
import json
import os
import sys
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel
from pymongo import ReplaceOne

from tests.bench.measure import Spent, tell
from tests.bench.peers.plan import fold, new_plan


class Event(BaseModel):
    """A record of the log."""

    id: str
    source: str
    type: str
    subject: str
    plan: str
    time: str
    acceptedtime: str
    data: dict[str, Any]


async def drain(namespace: str, events: int) -> Spent:
    """From the first event to the last."""
    broker = KafkaBroker(os.environ["MILEPOST_KAFKA"], acks="all", enable_idempotence=True, logger=None)
    app, client = FastStream(broker, logger=None), AsyncIOMotorClient[dict[str, Any]](os.environ["MILEPOST_MONGO"])
    database, seen, times = client[namespace], 0, list[Spent]()

    @broker.subscriber(
        f"{namespace}.events", group_id=namespace, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR
    )
    async def handle(event: Event) -> None:
        nonlocal seen
        seen += 1
        times.append(Spent.so_far())
        found = await database["plans"].find_one({"_id": event.plan})
        plan = json.loads(found["body"]) if found else new_plan()
        states = fold(plan, event.model_dump())
        body = {"_id": event.plan, "body": json.dumps(plan)}
        await database["plans"].replace_one({"_id": event.plan}, body, upsert=True)
        if states:
            await database["milestones"].bulk_write([ReplaceOne({"_id": s["_id"]}, s, upsert=True) for s in states])
        await database["history"].insert_one({"event": event.model_dump()})
        for state in states:
            await broker.publish(state, f"{namespace}.milestones", key=state["_id"].encode())
        del times[1:]
        if seen == events:
            times.append(Spent.so_far())
            app.exit()

    await app.run()
    client.close()
    return times[-1].since(times[0])


if __name__ == "__main__":
    tell(asyncio.run(drain(sys.argv[1], int(sys.argv[2]))))
