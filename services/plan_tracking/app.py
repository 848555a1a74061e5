"""Wires plan-tracking: the only place where its parts meet."""

import datetime as dt

import httpx

from schemas import topics
from services.kit.consume import CursorConsumer
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.kafka import Announcer, broker, producer
from services.kit.metrics import ConsumerMetrics, registry
from services.kit.mongo import connect
from services.kit.producer import LastingProducer
from services.kit.serve import Service, together, wait_for
from services.kit.topics import require_topics
from services.kit.web import Site, install
from services.plan_tracking.api import PlanApi
from services.plan_tracking.pages import TEMPLATES, pages
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import PlanTracking
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.dated import mark_days

NAME = "plan-tracking"


def utc_now() -> dt.datetime:
    """The clock."""
    return dt.datetime.now(dt.UTC)


async def build(settings: PlanTrackingSettings) -> Service:
    """The service, not yet working."""
    client = connect(settings.mongo)
    store = Store(client, client[settings.database("plan_tracking")])
    ingest = httpx.AsyncClient(base_url=settings.ingest_url, timeout=5)
    identities = Identities(Sessions(settings.session_secret), ingest)
    metrics = registry()
    group = settings.group(NAME)
    plain = LastingProducer(lambda: producer(settings.kafka))
    kafka = broker(settings.kafka)
    tracking = PlanTracking(
        store=store,
        networks=Networks(store),
        announcer=Announcer(settings.kafka, group),
        rejects=plain,
        metrics=ConsumerMetrics(metrics),
        namespace=settings.namespace,
        clock=utc_now,
    )
    topic = topics.events(settings.namespace).name
    consumer = CursorConsumer(
        kafka, [topic], group=group, replica=settings.replica, cursors=store.cursors, work=tracking
    )

    async def work() -> None:
        await wait_for("MongoDB", store.prepare)
        await wait_for("the topics", lambda: require_topics(settings.kafka, settings.namespace))
        await wait_for("Kafka", kafka.start)
        try:
            await together(consumer.refused(), plain.keep(), mark_days(store, tracking, plain))
        finally:
            await kafka.stop()
            await tracking.announcer.close()
            await ingest.aclose()
            client.close()

    app = application("Milepost plans", metrics)
    app.include_router(PlanApi(store, identities, utc_now).router())
    site = Site(TEMPLATES)
    app.include_router(pages(store, utc_now, site))
    install(app, site)
    return Service(app, work, alive={"consumer": consumer.well}, ready={"consumer": consumer.working})
