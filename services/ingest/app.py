"""Wires ingest: the only place where its parts meet."""

import datetime as dt

import httpx

from schemas import topics
from services.ingest.api import EventApi
from services.ingest.identify import KeyHolder
from services.ingest.returns import ReturnApi
from services.ingest.senders.log import EventLog
from services.ingest.settings import IngestSettings
from services.ingest.store.keys import KeyStore
from services.ingest.store.rejections import RejectionStore
from services.ingest.stream import Rejections
from services.kit.consume import CursorConsumer
from services.kit.http import application
from services.kit.identity import Sessions
from services.kit.kafka import broker, producer
from services.kit.metrics import registry
from services.kit.mongo import connect
from services.kit.producer import LastingProducer
from services.kit.serve import Service, together, wait_for
from services.kit.topics import require_topics

NAME = "ingest"


def utc_now() -> dt.datetime:
    """The clock."""
    return dt.datetime.now(dt.UTC)


async def build(settings: IngestSettings) -> Service:
    """The service, not yet working."""
    client = connect(settings.mongo)
    database = client[settings.database(NAME)]
    rejections = RejectionStore(database)
    sessions = Sessions(settings.session_secret)
    plans = httpx.AsyncClient(base_url=settings.plans_url, timeout=5)
    events = EventLog(LastingProducer(lambda: producer(settings.kafka), settings.publish_seconds), settings.namespace)

    kafka = broker(settings.kafka)
    consumer = CursorConsumer(
        kafka,
        [topics.rejected(settings.namespace).name],
        group=settings.group(NAME),
        replica=settings.replica,
        cursors=rejections.cursors,
        work=Rejections(client, rejections),
    )

    async def work() -> None:
        await wait_for("MongoDB", rejections.prepare)
        await wait_for("the topics", lambda: require_topics(settings.kafka, settings.namespace))
        await wait_for("Kafka", kafka.start)
        try:
            await together(events.producer.keep(), consumer.refused())
        finally:
            await kafka.stop()
            await plans.aclose()
            client.close()

    metrics = registry()
    app = application("Milepost ingest", metrics)
    holder = KeyHolder(KeyStore(database), sessions)
    app.include_router(EventApi(settings, holder, sessions, events, rejections, plans, utc_now).router())
    app.include_router(ReturnApi(settings, holder, events, utc_now).router())
    return Service(app, work, alive={"consumer": consumer.well}, ready={"kafka": events.producer.ready})
