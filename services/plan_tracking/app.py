"""Wires plan-tracking: the only place where its parts meet."""

import httpx

from schemas import topics
from services.kit.answering import Answering
from services.kit.backlog import keep_measuring
from services.kit.clock import utc_now
from services.kit.consume import CursorConsumer
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.kit.kafka import Announcer, broker, producer
from services.kit.metrics import CacheMetrics, ConsumerMetrics, registry
from services.kit.mongo import connect
from services.kit.producer import LastingProducer
from services.kit.serve import Service, together, wait_for
from services.kit.store_times import StoreTimes
from services.kit.topics import require_topics
from services.kit.web import Site, install
from services.plan_tracking.answers import Answers
from services.plan_tracking.api import PlanApi
from services.plan_tracking.domain.places import Places
from services.plan_tracking.domain.places import read as read_places
from services.plan_tracking.doors import doors
from services.plan_tracking.exports import Licence
from services.plan_tracking.followers import Followers
from services.plan_tracking.measures import Measures
from services.plan_tracking.pages import TEMPLATES, pages
from services.plan_tracking.past import Past
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import MOST_RECORDS, PlanTracking
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.dated import mark_days
from services.plan_tracking.tail import Tail
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.views import Views

NAME = "plan-tracking"


async def build(settings: PlanTrackingSettings) -> Service:
    """The service, not yet working."""
    metrics = registry()
    caches = CacheMetrics(metrics)
    client = connect(settings.mongo, watched_by=[StoreTimes(metrics)])
    answering = Answering(client)
    store = Store(client, client[settings.database("plan_tracking")])
    ingest = httpx.AsyncClient(base_url=settings.ingest_url, timeout=5)
    identities = Identities(Sessions(settings.session_secret), ingest, caches)
    viewers = Viewers(store, Past(store), identities, utc_now)
    places = read_places(settings.places.read_bytes()) if settings.places else Places()
    group = settings.group(NAME)
    plain = LastingProducer(lambda: producer(settings.kafka_access))
    kafka = broker(settings.kafka_access)
    consumed = ConsumerMetrics(metrics)
    tracking = PlanTracking(
        store=store,
        networks=Networks(store, caches=caches),
        announcer=Announcer(settings.kafka_access, group),
        rejects=plain,
        metrics=consumed,
        namespace=settings.namespace,
        clock=utc_now,
        measures=Measures(metrics),
    )
    topic = topics.events(settings.namespace).name
    consumer = CursorConsumer(
        kafka,
        [topic],
        group=group,
        replica=settings.replica,
        cursors=store.cursors,
        work=tracking,
        most=MOST_RECORDS,
        retried=consumed.retried,
    )

    followers = Followers(store)
    tail = Tail(settings.kafka_access, settings.namespace, followers)
    answers = Answers(settings.kafka_access, settings.namespace)

    async def work() -> None:
        await wait_for("MongoDB", store.prepare)
        await wait_for(
            "the topics",
            lambda: require_topics(settings.kafka_access, settings.namespace, replicas=settings.replication),
        )
        await wait_for("Kafka", kafka.start)
        try:
            await together(
                plain.keep(),
                mark_days(store, tracking, plain),
                tail.run(),
                answers.run(),
                answering.ask(),
                keep_measuring([consumer.lag], consumed, store.note_ids),
                consumer.run(),
            )
        finally:
            await kafka.stop()
            await tracking.announcer.close()
            await ingest.aclose()
            client.close()

    app = application("Milepost plans", metrics)
    app.include_router(PlanApi(viewers).router())
    site = Site(TEMPLATES, settings.links)
    licence = Licence(settings.data_licence, settings.data_licence_url)
    app.include_router(doors(viewers, Views(places), followers, site, licence, settings.public(settings.plans_url)))
    app.include_router(pages(viewers, Views(places), site, answers.of))
    install(app, site)
    return Service(
        app,
        work,
        alive={"consumer": consumer.well, "live": tail.well, "answers": answers.well},
        ready={"consumer": consumer.working, "live": tail.working, "store": answering.ready},
        leaving=followers.leave,
    )
