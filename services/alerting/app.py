"""Wires alerting: the only place where its parts meet."""

import asyncio
import datetime as dt
from collections.abc import Callable

import httpx

from services.alerting.alert_pages import AlertPages
from services.alerting.alerts import AlertsApi
from services.alerting.answering import Answering
from services.alerting.api import AlertingApi
from services.alerting.changing import Changing
from services.alerting.contacts import ContactApi
from services.alerting.current import Reading
from services.alerting.deliveries import DeliveryApi
from services.alerting.domain.addresses import Allowed
from services.alerting.domain.model import Channel
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.rules.holds import Limits
from services.alerting.domain.standing import RENEWED_SECONDS
from services.alerting.frame import Frame
from services.alerting.loop import Loop
from services.alerting.measures import Measures
from services.alerting.pages import TEMPLATES, pages
from services.alerting.reach import ReachApi
from services.alerting.reachability import Reachability
from services.alerting.senders import Sender
from services.alerting.senders.alertmanager import AlertmanagerSender
from services.alerting.senders.chat import ChatSender
from services.alerting.senders.mail import MailSender, MailServer
from services.alerting.senders.pinned import Pinned, client
from services.alerting.senders.posting import Post
from services.alerting.senders.webhook import WebhookSender
from services.alerting.sending import Sending
from services.alerting.settings import AlertingSettings
from services.alerting.store import Store
from services.alerting.stream.announce import Announcements
from services.alerting.stream.batch import Alerting, first_ends, state_topics
from services.alerting.stream.days import Days, in_force
from services.alerting.subscription_pages import SubscriptionPages
from services.alerting.telling.confirming import Links
from services.alerting.telling.renewing import Renewing
from services.alerting.telling.tell import Telling
from services.kit import answering as stores
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

NAME = "alerting"

MARKS_SECONDS, ROWS_SECONDS, SENDING_SECONDS, DAYS_SECONDS, REACHABILITY_SECONDS = 0.15, 0.15, 0.5, 1.0, 60.0
OVERDUE_SECONDS = 5.0
"""How often each loop looks by itself; most of the time a bell is quicker."""


Clock = Callable[[], dt.datetime]


def mail_server(settings: AlertingSettings) -> MailServer:
    """How mails are handed over."""
    password = settings.smtp_password.get_secret_value()
    return MailServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_security, settings.smtp_user, password, settings.smtp_ca
    )


async def build(settings: AlertingSettings, clock: Clock = utc_now) -> Service:
    """The service, not yet working; `clock` says what time it is."""
    metrics = registry()
    mongo = connect(settings.mongo, watched_by=[StoreTimes(metrics)])
    asking = stores.Answering(mongo)
    store = Store(mongo, mongo[settings.database(NAME)], settings.replica)
    network = Pinned(Allowed(settings.mode == "local", frozenset(map(str.lower, settings.inside_hosts))))
    ingest, receivers = httpx.AsyncClient(base_url=settings.ingest_url, timeout=5), client(network)
    identities = Identities(Sessions(settings.session_secret), ingest, CacheMetrics(metrics))
    plans_url = settings.public(settings.plans_url)
    links = Links(settings.session_secret, settings.public(settings.alerts_url))
    measures, consumed = Measures(metrics), ConsumerMetrics(metrics)
    group, rejects = settings.group(NAME), LastingProducer(lambda: producer(settings.kafka_access))
    announcements = Announcements(store, Announcer(settings.kafka_access, group), settings.namespace, consumed, clock)
    limits = Limits(settings.blocked_days, settings.escalate_days)
    alerting = Alerting(store, announcements, rejects, consumed, settings.namespace, RuleBook(limits), clock)
    alerting.quiet = dt.timedelta(seconds=settings.quiet_seconds)
    days = Days(store, announcements, alerting.rules, clock)
    kafka = broker(settings.kafka_access)
    consumer = CursorConsumer(
        kafka,
        state_topics(settings.namespace),
        group=group,
        replica=settings.replica,
        cursors=store.cursors,
        work=alerting,
        retried=consumed.retried,
    )
    rows, outgoing = asyncio.Event(), asyncio.Event()
    telling = Telling(store, plans_url, settings.most_messages, measures, clock, rows, outgoing)
    post = Post(receivers, utc_now)
    alertmanager = AlertmanagerSender(post)
    senders: dict[Channel, Sender] = {
        "mail": MailSender(mail_server(settings), settings.mail_from, links),
        "webhook": WebhookSender(post, utc_now),
        "chat": ChatSender(network, links),
        "alertmanager": alertmanager,
    }
    sending = Sending(store, senders, settings.retry_seconds, measures, clock, outgoing)
    loops = [
        Loop("due marks", telling.marks, MARKS_SECONDS),
        Loop("due rows", telling.rows, ROWS_SECONDS, rows),
        Loop("sending", sending.step, SENDING_SECONDS, outgoing),
        Loop("overdue", telling.overdue, OVERDUE_SECONDS),
        Loop("days", days.step, DAYS_SECONDS),
    ]

    renewing = Renewing(store, alertmanager, plans_url, measures, clock)
    renewals = Loop("renewals", renewing.step, RENEWED_SECONDS)
    reachability = Loop("reachability", Reachability(store, measures).step, REACHABILITY_SECONDS)

    async def first_start() -> None:
        alerting.first_ends = await first_ends(settings.kafka_access, settings.namespace, store)
        alerting.rules = days.rules = await in_force(store, limits, clock())

    async def work() -> None:
        await wait_for("MongoDB", store.prepare)
        await store.sessions.begin()
        await wait_for(
            "the topics",
            lambda: require_topics(settings.kafka_access, settings.namespace, replicas=settings.replication),
        )
        await wait_for("Kafka", first_start)
        await wait_for("Kafka", kafka.start)
        try:
            measuring = keep_measuring([consumer.lag], consumed, store.alerts.note_ids)
            always = (rejects.keep(), asking.ask(), measuring, reachability.run(), renewals.run())
            await together(*always, *(loop.run() for loop in loops), consumer.run())
        finally:
            await kafka.stop()
            await announcements.announcer.close()
            await sending.close()
            await receivers.aclose()
            await ingest.aclose()
            mongo.close()

    app = application("Milepost alerts", metrics)
    api = AlertingApi(store, identities, plans_url, network.allowed, clock, outgoing)
    deliveries = DeliveryApi(store, identities, senders, clock, outgoing)
    changing = Changing(store, identities, clock, rows)
    for doors in (api, deliveries, changing):
        app.include_router(doors.router())
    app.include_router(ContactApi(store, identities, clock, outgoing).router())
    app.include_router(ReachApi(store, identities, clock).router())
    site = Site(TEMPLATES, settings.links)
    app.include_router(pages(store, links, plans_url, clock, outgoing, site))
    reading, answering = Reading(store, clock), Answering(store, clock)
    app.include_router(AlertsApi(store, identities, reading, answering, clock).router())
    frame = Frame(site, identities, settings.session_secret, settings.links["ingest"])
    app.include_router(AlertPages(store, reading, answering, links, frame, clock).router())
    mine = SubscriptionPages(store, frame, changing, api.begin, deliveries.test, deliveries.send)
    app.include_router(mine.router())
    install(app, site)
    alive = {"consumer": consumer.well} | {loop.name: loop.well for loop in loops}
    return Service(app, work, alive=alive, ready={"consumer": consumer.working, "store": asking.ready})
