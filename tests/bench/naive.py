"""The naive ingest: FastAPI with models in the signature, and one awaited send for each event.

`python -m tests.bench.naive`: what a first version would be, doing the same: key looked up, the contract validated,
names judged, acceptance stamped, keyed by plan, acknowledged by all (idempotent) before it answers. Settings as for
ingest.
"""

import contextlib
import datetime as dt
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

import uvicorn
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

from schemas import topics
from schemas.events import Event
from schemas.names import may_speak
from services.kit.mongo import connect
from services.kit.settings import Settings


class Receipt(BaseModel):
    """What is answered for one event."""

    source: str
    id: str


class Answer(BaseModel):
    """What is answered for a request."""

    accepted: list[Receipt]


class Naive:
    """The handlers, and what they need: a producer, and the stored keys."""

    def __init__(self, settings: Settings) -> None:
        self.client = connect(settings.mongo)
        self.keys = self.client[settings.database("ingest")]["keys"]
        self.topic = topics.events(settings.namespace).name
        self.kafka = settings.kafka
        self.producer: AIOKafkaProducer

    @contextlib.asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Has a producer while the application runs."""
        self.producer = AIOKafkaProducer(bootstrap_servers=self.kafka, acks="all", enable_idempotence=True)
        async with self.producer:
            yield
        self.client.close()

    async def departments(self, authorization: str) -> list[str]:
        """Whom the key speaks for."""
        digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
        found = await self.keys.find_one({"_id": digest})
        if found is None or found["revoked"]:
            raise HTTPException(401)
        return list(found["departments"])

    async def append(self, event: Event, mine: list[str]) -> Receipt:
        """Puts one event on the log."""
        if not (may_speak(mine, event.source) and may_speak(mine, event.subject)):
            raise HTTPException(403)
        accepted = event.model_copy(update={"acceptedtime": dt.datetime.now(dt.UTC)})
        value = accepted.model_dump_json(exclude_unset=True).encode()
        await self.producer.send_and_wait(self.topic, value, key=event.plan.encode())
        return Receipt(source=event.source, id=event.id)

    async def single(self, event: Event, authorization: Annotated[str, Header()]) -> Answer:
        """One event."""
        mine = await self.departments(authorization)
        return Answer(accepted=[await self.append(event, mine)])

    async def batch(self, events: list[Event], authorization: Annotated[str, Header()]) -> Answer:
        """Many events, one after another."""
        mine = await self.departments(authorization)
        return Answer(accepted=[await self.append(event, mine) for event in events])

    async def ready(self) -> dict[str, str]:
        """Whoever is asked is ready: the lifespan has begun."""
        return {"status": "ok"}

    def application(self) -> FastAPI:
        """The application."""
        app = FastAPI(lifespan=self.lifespan)
        app.post("/event", status_code=202)(self.single)
        app.post("/events", status_code=202)(self.batch)
        app.get("/readyz")(self.ready)
        return app


if __name__ == "__main__":
    settings = Settings()
    app = Naive(settings).application()
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, loop="asyncio")
