"""Wires ingest: the only place where its parts meet."""

from pathlib import Path

import httpx
from limits import RateLimitItemPerMinute
from starlette.middleware import Middleware

from schemas import topics
from services.ingest.allowance import Allowance
from services.ingest.announcing import Announcing
from services.ingest.api import EventApi
from services.ingest.documented import describe
from services.ingest.hot import Hot
from services.ingest.identify import KeyHolder
from services.ingest.measures import Measures
from services.ingest.pages.publishing import Publishing
from services.ingest.pages.reading import Reading
from services.ingest.pages.signing import Signing
from services.ingest.readers.process import FileReader
from services.ingest.rejections import RejectionApi
from services.ingest.returns.api import ReturnApi
from services.ingest.returns.collecting import CollectingApi
from services.ingest.returns.desk import ReturnDesk
from services.ingest.returns.elsewhere import Elsewhere
from services.ingest.returns.receipts import Receipts
from services.ingest.senders.departments import DepartmentLog
from services.ingest.senders.log import EventLog
from services.ingest.settings import IngestSettings
from services.ingest.store.drafts import DraftStore
from services.ingest.store.keys import KeyStore
from services.ingest.store.rejections import RejectionStore
from services.ingest.store.returns import ReturnStore
from services.ingest.stream.inbox import Inboxes
from services.ingest.stream.rejected import Rejections
from services.ingest.upkeep import Upkeep
from services.kit.answering import Answering
from services.kit.backlog import keep_measuring
from services.kit.clock import utc_now
from services.kit.consume import CursorConsumer, Work
from services.kit.cursors import Cursors
from services.kit.http import application
from services.kit.identity import Sessions
from services.kit.kafka import broker, producer
from services.kit.metrics import ConsumerMetrics, registry
from services.kit.mongo import connect
from services.kit.producer import LastingProducer
from services.kit.serve import Service, together, wait_for
from services.kit.store_times import StoreTimes
from services.kit.topics import require_topics
from services.kit.web import Site, install

NAME = "ingest"
TEMPLATES = Path(__file__).with_name("templates")


async def build(settings: IngestSettings) -> Service:
    """The service, not yet working."""
    metrics = registry()
    client = connect(settings.mongo, watched_by=[StoreTimes(metrics)])
    answering = Answering(client)
    database = client[settings.database(NAME)]
    keys, rejections = KeyStore(database), RejectionStore(database)
    returns, drafts = ReturnStore(database), DraftStore(database)
    sessions = Sessions(settings.session_secret)
    allowance = Allowance(RateLimitItemPerMinute(settings.requests_a_minute))
    holder = KeyHolder(keys, sessions, allowance, utc_now)
    plans = httpx.AsyncClient(base_url=settings.plans_url, timeout=5)
    alerts = httpx.AsyncClient(base_url=settings.alerts_url, timeout=5)
    events = EventLog(
        LastingProducer(lambda: producer(settings.kafka_access), settings.publish_seconds), settings.namespace
    )
    refusals = f"{settings.links['ingest']}/publish/rejections"
    announcing = Announcing(rejections, DepartmentLog(events.producer, settings.namespace), refusals, utc_now)
    elsewhere = Elsewhere(plans, alerts)
    desk = ReturnDesk(FileReader(), elsewhere, returns, drafts, events, utc_now)
    receipts = Receipts(returns, rejections, elsewhere, settings.public(settings.ingest_url))

    kafka, consumed = broker(settings.kafka_access), ConsumerMetrics(metrics)

    def consumer(names: list[str], group: str, cursors: Cursors, task: Work) -> CursorConsumer:
        return CursorConsumer(
            kafka,
            names,
            group=settings.group(group),
            replica=settings.replica,
            cursors=cursors,
            work=task,
            retried=consumed.retried,
        )

    kept = Rejections(client, rejections, keys, Measures(metrics), settings.namespace)
    consumers = {"consumer": consumer([topics.rejected(settings.namespace).name], NAME, rejections.cursors, kept)}
    if settings.inboxes:
        inboxes = [topics.inbox(department, settings.namespace).name for department in settings.inboxes]
        cursors = Cursors(database["cursors"])
        taken = Inboxes(client, cursors, events, consumed, settings.most_event_bytes, rejections)
        consumers["inboxes"] = consumer(inboxes, f"{NAME}.inboxes", cursors, taken)

    async def work() -> None:
        settings.refuse_open_inboxes()
        for store in (rejections, returns, drafts):
            await wait_for("MongoDB", store.prepare)
        await wait_for(
            "the topics",
            lambda: require_topics(
                settings.kafka_access, settings.namespace, replicas=settings.replication, inboxes=settings.inboxes
            ),
        )
        await wait_for("Kafka", kafka.start)
        try:
            consuming = (one.run() for one in consumers.values())
            measuring = keep_measuring([one.lag for one in consumers.values()], consumed)
            upkeep = Upkeep(holder, keys, sessions, alerts)
            always = (upkeep.run(), announcing.run(), answering.ask(), measuring)
            await together(events.producer.keep(), *always, *consuming)
        finally:
            await kafka.stop()
            await plans.aclose()
            await alerts.aclose()
            client.close()

    app = application("Milepost ingest", metrics)
    event_api = EventApi(settings, holder, sessions, events, rejections, plans, utc_now)
    hot = event_api.hot()
    app.router.routes.append(hot)
    app.user_middleware.append(Middleware(Hot, route=hot))
    app.include_router(event_api.router())
    app.include_router(ReturnApi(settings, holder, desk, receipts).router())
    collecting = CollectingApi(holder, elsewhere, returns, utc_now)
    refused = RejectionApi(settings, holder, rejections, events, utc_now)
    app.include_router(collecting.router())
    app.include_router(refused.router())
    site = Site(TEMPLATES, settings.links)
    signing = Signing(settings, holder, sessions, site)
    app.include_router(signing.router())
    app.include_router(Publishing(settings, signing, desk, site).router())
    app.include_router(Reading(signing, receipts, collecting, refused, site, settings.most_event_bytes).router())
    install(app, site)
    describe(app)
    alive = {name: one.well for name, one in consumers.items()}
    return Service(app, work, alive=alive, ready={"kafka": events.producer.ready, "store": answering.ready})
