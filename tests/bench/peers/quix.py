"""Quix Streams with its own state and its MongoDB sink, as its documentation shows them.

`python -m tests.bench.peers.quix NAMESPACE EVENTS`, in an environment with `quixstreams[mongodb]`, with MILEPOST_KAFKA
and MILEPOST_MONGO; prints what it spent. It is at-least-once, its default.
"""

import os
import sys
import tempfile
from typing import Any
from urllib.parse import urlsplit

from quixstreams import Application, State
from quixstreams.sinks.community.mongodb import MongoDBSink

from tests.bench.measure import Spent, tell
from tests.bench.peers.plan import Body, fold, new_plan


def drain(namespace: str, events: int, state_dir: str) -> Spent:
    """From the first event to the last; its last checkpoint, which writes to the store, is part of it."""
    offsets: set[tuple[int, int]] = set()

    def processed(_: str, partition: int, offset: int) -> None:
        offsets.add((partition, offset))
        if len(offsets) == events:
            app.stop()

    app = Application(
        os.environ["MILEPOST_KAFKA"],
        consumer_group=namespace,
        auto_offset_reset="earliest",
        state_dir=state_dir,
        loglevel="ERROR",
        on_message_processed=processed,
        producer_extra_config={"acks": "all", "enable.idempotence": True},
    )
    times: list[Spent] = []

    def states(event: Body, kept: State) -> list[Body]:
        if not times:
            times.append(Spent.so_far())
        plan: Body = kept.get("plan") or new_plan()
        changed = fold(plan, event)
        kept.set("plan", plan)
        return changed

    log = app.topic(f"{namespace}.events", value_deserializer="json", key_deserializer="str")
    out = app.topic(f"{namespace}.milestones", value_serializer="json", key_serializer="str")
    records = app.dataframe(log)
    changed = records.apply(states, stateful=True, expand=True)
    changed.to_topic(out, key=lambda state: state["_id"])
    changed.sink(_sink(namespace, "milestones", lambda item: {"_id": item.value["_id"]}))
    records.sink(_sink(namespace, "history", lambda item: {"_id": f"{item.key}|{item.offset}"}))
    app.run()
    return Spent.so_far().since(times[0])


def _sink(namespace: str, collection: str, matcher: Any) -> MongoDBSink:
    address = urlsplit(os.environ["MILEPOST_MONGO"])
    return MongoDBSink(address.hostname, namespace, collection, port=address.port, document_matcher=matcher)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        tell(drain(sys.argv[1], int(sys.argv[2]), directory))
