"""Faust (faust-streaming) with a table and motor, as its documentation shows them.

`python -m tests.bench.peers.faust_app NAMESPACE EVENTS`, in an environment with `faust-streaming` and `motor`, with
MILEPOST_KAFKA and MILEPOST_MONGO; prints what it spent. Its table is kept in memory and in its changelog topic.
"""

import os
import sys
import tempfile
from typing import Any

import faust
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReplaceOne

from tests.bench.measure import Spent, tell
from tests.bench.peers.plan import fold, new_plan


def worker(namespace: str, events: int, datadir: str) -> faust.Worker:
    """An application that stops after so many events, and has then printed what it spent since the first."""
    app = faust.App(
        namespace,
        broker=f"kafka://{os.environ['MILEPOST_KAFKA']}",
        store="memory://",
        datadir=datadir,
        web_enabled=False,
        topic_partitions=24,
        consumer_auto_offset_reset="earliest",
        producer_acks=-1,
    )
    log = app.topic(f"{namespace}.events", key_type=bytes, value_serializer="json")
    out = app.topic(f"{namespace}.milestones", key_type=bytes, value_serializer="json")
    plans = app.Table("plans", default=new_plan, partitions=24)
    database = AsyncIOMotorClient[dict[str, Any]](os.environ["MILEPOST_MONGO"])[namespace]

    @app.agent(log)
    async def follow(stream: Any) -> None:
        seen, begin = 0, Spent.so_far()
        async for event in stream:
            begin = begin if seen else Spent.so_far()
            seen += 1
            plan = plans[event["plan"]]
            states = fold(plan, event)
            plans[event["plan"]] = plan
            if states:
                await database["milestones"].bulk_write([ReplaceOne({"_id": s["_id"]}, s, upsert=True) for s in states])
            await database["history"].insert_one({"event": event})
            for state in states:
                await out.send(key=state["_id"].encode(), value=state)
            if seen == events:
                tell(Spent.so_far().since(begin))
                sys.stdout.flush()
                os._exit(0)  # an application that stops waits for this very event to be done

    return faust.Worker(app, loglevel="error", redirect_stdouts=False)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        worker(sys.argv[1], int(sys.argv[2]), directory).execute_from_commandline()
