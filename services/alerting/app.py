"""Wires alerting: the only place where its parts meet."""

import asyncio
import datetime as dt
from collections.abc import Callable

import httpx

from services.alerting.api import AlertingApi
from services.alerting.contacts import ContactApi
from services.alerting.domain.model import Channel
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.rules.holds import Limits
from services.alerting.loop import Loop
from services.alerting.measures import Measures
from services.alerting.pages import TEMPLATES, pages
from services.alerting.reach import ReachApi
from services.alerting.senders import Sender
from services.alerting.senders.mail import MailSender
from services.alerting.senders.webhook import WebhookSender, client
from services.alerting.sending import Sending
from services.alerting.settings import AlertingSettings
from services.alerting.store import Store
from services.alerting.stream.announce import Announcements
from services.alerting.stream.batch import Alerting, first_ends, state_topics
from services.alerting.stream.days import Days, in_force
from services.alerting.telling.confirming import Links
from services.alerting.telling.tell import Telling
from services.kit.backlog import keep_measuring
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

NAME = "alerting"

MARKS_SECONDS, ROWS_SECONDS, SENDING_SECONDS, DAYS_SECONDS = 0.15, 0.15, 0.5, 1.0
"""How often each loop looks by itself; most of the time a bell is quicker."""


Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The clock of the world, by which a receiver judges a signature too."""
    return dt.datetime.now(dt.UTC)


async def build(settings: AlertingSettings, clock: Clock = utc_now) -> Service:
    """The service, not yet working; `clock` says what time it is."""
    mongo = connect(settings.mongo)
    store = Store(mongo, mongo[settings.database(NAME)])
    ingest, webhooks = httpx.AsyncClient(base_url=settings.ingest_url, timeout=5), client()
    identities = Identities(Sessions(settings.session_secret), ingest)
    metrics = registry()
    plans_url = settings.public(settings.plans_url)
    links = Links(settings.session_secret, settings.public(settings.alerts_url))
    measures, consumed = Measures(metrics), ConsumerMetrics(metrics)
    group, rejects = settings.group(NAME), LastingProducer(lambda: producer(settings.kafka_access))
    announcements = Announcements(store, Announcer(settings.kafka_access, group), settings.namespace, consumed, clock)
    limits = Limits(settings.blocked_days)
    alerting = Alerting(store, announcements, rejects, consumed, settings.namespace, RuleBook(limits), clock)
    days = Days(store, announcements, alerting.rules, clock)
    kafka = broker(settings.kafka_access)
    consumer = CursorConsumer(
        kafka,
        state_topics(settings.namespace),
        group=group,
        replica=settings.replica,
        cursors=store.cursors,
        work=alerting,
    )
    rows, outgoing = asyncio.Event(), asyncio.Event()
    telling = Telling(store, plans_url, settings.most_messages, measures, clock, rows, outgoing)
    senders: dict[Channel, Sender] = {
        "mail": MailSender(settings.smtp_host, settings.smtp_port, settings.mail_from, links.letter),
        "webhook": WebhookSender(webhooks, utc_now),
    }
    sending = Sending(store, senders, settings.retry_seconds, measures, clock, outgoing)
    loops = [
        Loop("due marks", telling.marks, MARKS_SECONDS),
        Loop("due rows", telling.rows, ROWS_SECONDS, rows),
        Loop("sending", sending.step, SENDING_SECONDS, outgoing),
        Loop("days", days.step, DAYS_SECONDS),
    ]

    async def first_start() -> None:
        alerting.first_ends = await first_ends(settings.kafka_access, settings.namespace, store)
        alerting.rules = days.rules = await in_force(store, limits, clock())

    async def work() -> None:
        await wait_for("MongoDB", store.prepare)
        await wait_for(
            "the topics",
            lambda: require_topics(settings.kafka_access, settings.namespace, replicas=settings.replication),
        )
        await wait_for("Kafka", first_start)
        await wait_for("Kafka", kafka.start)
        try:
            measuring = keep_measuring([consumer.lag], consumed, store.alerts.note_ids)
            await together(consumer.refused(), rejects.keep(), measuring, *(loop.run() for loop in loops))
        finally:
            await kafka.stop()
            await announcements.announcer.close()
            await sending.close()
            await webhooks.aclose()
            await ingest.aclose()
            mongo.close()

    app = application("Milepost alerts", metrics)
    local = settings.mode == "local"
    app.include_router(AlertingApi(store, identities, plans_url, local, clock, outgoing).router())
    app.include_router(ContactApi(store, identities, clock, outgoing).router())
    app.include_router(ReachApi(store, identities, clock).router())
    site = Site(TEMPLATES, settings.links)
    app.include_router(pages(store, links, plans_url, clock, outgoing, site))
    install(app, site)
    alive = {"consumer": consumer.well} | {loop.name: loop.well for loop in loops}
    return Service(app, work, alive=alive, ready={"consumer": consumer.working})
