"""A bare door to the log: aiohttp that appends whatever comes to Kafka, and judges nothing of it.

`python -m tests.bench.peers.bare`, in an environment with aiohttp and aiokafka; settings as for ingest. It is less than
ingest does: no key, no validation, no names, no stamp, no receipts, and no word of which event is durable.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiokafka import AIOKafkaProducer

BATCH = "application/cloudevents-batch+json"
PRODUCER = web.AppKey("producer", AIOKafkaProducer)
TOPIC = f"{os.environ['MILEPOST_NAMESPACE']}.events"


async def events(request: web.Request) -> web.Response:
    """Takes an event or a batch; answers when Kafka has all of it."""
    said = json.loads(await request.read())
    several = said if request.content_type == BATCH else [said]
    sent = [await _send(request.app[PRODUCER], event) for event in several]
    await asyncio.gather(*sent)
    return web.json_response({"accepted": len(sent)}, status=202)


async def _send(producer: AIOKafkaProducer, event: dict[str, Any]) -> Any:
    return await producer.send(TOPIC, json.dumps(event).encode(), key=event["plan"].encode())


async def ready(_: web.Request) -> web.Response:
    """Whoever is asked is ready: the producer has started."""
    return web.json_response({"status": "ok"})


async def _producing(app: web.Application) -> AsyncIterator[None]:
    app[PRODUCER] = AIOKafkaProducer(bootstrap_servers=os.environ["MILEPOST_KAFKA"], acks="all")
    async with app[PRODUCER]:
        yield


if __name__ == "__main__":
    app = web.Application(client_max_size=2_000_000)
    app.cleanup_ctx.append(_producing)
    app.add_routes([web.post("/events", events), web.get("/readyz", ready)])
    web.run_app(app, host=os.environ["MILEPOST_HOST"], port=int(os.environ["MILEPOST_PORT"]), access_log=None)
