"""Evidence: everything that is left in Kafka, in the store and at the receiver when a fault run has come to rest."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import httpx
from aiokafka import ConsumerRecord
from prometheus_client.parser import text_string_to_metric_families

from schemas import topics
from schemas.alerts import ALERT_CHANGED, SYMPTOMS, Alert, Notification, alert_key
from schemas.events import LOG_RECORD
from schemas.states import MILESTONE_CONCLUDED, PLAN_CONCLUDED, MilestoneState, PlanState
from schemas.topics import milestone_key
from services.alerting import documents as alerting
from services.alerting.domain.model import KeptAlert, NotificationRecord
from services.alerting.domain.rules.every import OF_DEPARTMENTS
from services.alerting.domain.subscriptions import Subscription
from services.ingest.domain.rejection import FROM, original_headers, was_null
from services.kit.mongo import Client, connect
from services.kit.words import london_day
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.domain.registers import Registers, unpack
from tests.faults.driver import Raw, System
from tests.faults.expected import Expected, expected
from tests.faults.load import Body
from tests.kafka import committed

Rows = list[ConsumerRecord[Any, Any]]
Log = dict[str, list[Entry]]
Series = dict[tuple[str, str, str], float]
"""Milestones by plan, department and status."""


@dataclass(frozen=True)
class Kept:
    """What plan-tracking keeps: states by milestone key and plan, registers by the same, history as (plan, offset)."""

    milestones: dict[str, MilestoneState]
    plans: dict[str, PlanState]
    registers: dict[str, Registers]
    history: list[tuple[str, int, str, str]]


@dataclass(frozen=True)
class Announced:
    """What the compacted topics have: every record in the order of its partition, as key and content."""

    milestones: list[tuple[str, MilestoneState]] = field(default_factory=list)
    plans: list[tuple[str, PlanState]] = field(default_factory=list)
    alerts: list[tuple[str, Alert]] = field(default_factory=list)


@dataclass(frozen=True)
class Hook:
    """A webhook as it arrived: its id, and its body byte for byte."""

    id: str
    text: str

    @cached_property
    def notification(self) -> Notification:
        """What it says."""
        return Notification.model_validate_json(self.text)

    @property
    def subscription(self) -> str:
        """Who was told."""
        return self.id.partition(".")[0].rpartition("-")[0]

    @property
    def number(self) -> int:
        """The how-manieth notification of its subscription."""
        return int(self.id.partition(".")[0].rpartition("-")[2])


@dataclass(frozen=True)
class Telling:
    """What alerting keeps, and what arrived at the receiver."""

    alerts: dict[str, KeptAlert] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    notifications: dict[str, NotificationRecord] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)


@dataclass(frozen=True)
class Life:
    """How the processes fared: deaths that nobody caused, and kibibytes of each process at rest, before and after.

    `lag` and `rest` are the seconds from the fault's end until everything was worked on, and everybody told; None is
    not at all, and `left` what was left then. `within` are the seconds that were promised for both.
    """

    deaths: Mapping[str, int] = field(default_factory=dict)
    before: Mapping[str, int] = field(default_factory=dict)
    after: Mapping[str, int] = field(default_factory=dict)
    lag: float | None = 0.0
    rest: float | None = 0.0
    within: tuple[float, float] = (60.0, 150.0)
    left: str = ""

    @property
    def ratio(self) -> float:
        """The greatest growth of a process's memory, as a ratio to what it was before."""
        return max((self.after[name] / size for name, size in self.before.items() if name in self.after), default=1.0)


@dataclass(frozen=True)
class Evidence:
    """Everything the invariants look at. `wrong` is what services say is wrong with them.

    `rejected` are the records that were refused, and `hostile` those that had to be, by where they were. `outcomes` are
    what services answer of each event, by source and id. `known` are plans whose logs were folded before, by their
    names and lengths. `life` says how the processes fared. `settled` are notifications that were judged after an
    earlier run on the same system, and `recent` the kills since then.
    """

    accepted: list[Body]
    answers: Counter[str]
    log: Log
    rejected: dict[str, Raw]
    kept: Kept
    announced: Announced
    telling: Telling
    series: list[Series]
    wrong: list[str]
    kills: Counter[str]
    today: dt.date
    hostile: dict[str, Raw] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    known: dict[tuple[str, int], Expected] = field(default_factory=dict)
    life: Life = Life()
    settled: frozenset[str] = frozenset()
    recent: Counter[str] | None = None

    @property
    def crashes(self) -> int:
        """How often an attempt of this run may have been cut short."""
        kills = self.kills if self.recent is None else self.recent
        return kills["alerting"] + kills["store"]

    @cached_property
    def expected(self) -> dict[str, Expected]:
        """What follows from the log, by plan."""
        return {plan: self._expected(plan, entries) for plan, entries in self.log.items()}

    def _expected(self, plan: str, entries: list[Entry]) -> Expected:
        at = plan, len(entries)
        if at not in self.known:
            self.known[at] = expected(plan, entries)
        return self.known[at]

    @cached_property
    def states(self) -> dict[str, MilestoneState]:
        """What follows from the log, by milestone key."""
        return {key: state for plan in self.expected.values() for key, state in milestone_keys(plan).items()}

    def but(self, **changes: Any) -> "Evidence":
        """The same with something else in it: for controls."""
        return replace(self, **changes)


async def read(bootstrap: str, topic: topics.Topic) -> Rows:
    """All committed records of a topic, partition by partition in the order of their offsets."""
    return await committed(bootstrap, topic.name)


def log_of(rows: Rows) -> Log:
    """The records of `milepost.events` by plan."""
    log: Log = {}
    for row in rows:
        log.setdefault(row.key.decode(), []).append(Entry(row.offset, LOG_RECORD.validate_json(row.value)))
    return log


async def announced(bootstrap: str, namespace: str) -> Announced:
    """What is on the compacted topics."""

    async def of(topic: topics.Topic, reader: Any) -> list[Any]:
        rows = await read(bootstrap, topic)
        return [(row.key.decode(), reader.validate_json(row.value).data) for row in rows]

    return Announced(
        await of(topics.milestones(namespace), MILESTONE_CONCLUDED),
        await of(topics.plans(namespace), PLAN_CONCLUDED),
        await of(topics.alerts(namespace), ALERT_CHANGED),
    )


async def kept(client: Client, namespace: str) -> Kept:
    """What plan-tracking has in the store."""
    database = client[f"{namespace}_plan_tracking"]
    milestones = await database["milestones"].find({}).to_list(None)
    plans = await database["plans"].find({}).to_list(None)
    history = await database["history"].find({}, {"event": 0}).to_list(None)
    return Kept(
        {doc["_id"]: MilestoneState.model_validate(doc["state"]) for doc in milestones},
        {doc["_id"]: PlanState.model_validate(doc["state"]) for doc in plans},
        {doc["_id"]: unpack(doc["registers"]) for doc in [*milestones, *plans]},
        [(doc["plan"], doc["offset"], doc["source"], doc["id"]) for doc in history],
    )


async def heard(system: System) -> list[Hook]:
    """The webhooks that came, however they were answered."""
    if system.receiver.port:
        return [Hook(one.id, one.text) for one in system.receiver.arrivals]
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        got = (await http.get(system.webhook)).json()
    return [Hook(one["headers"]["webhook-id"], one["text"]) for one in got]


async def telling(client: Client, namespace: str, hooks: list[Hook]) -> Telling:
    """What alerting has in the store of whoever is told anything, and what of it came."""
    database = client[f"{namespace}_alerting"]
    alerts = [alerting.alert_of(doc) for doc in await database["alerts"].find({}).to_list(None)]
    subscriptions = await database["subscriptions"].find({}).to_list(None)
    notifications = await database["notifications"].find({}).to_list(None)
    active = {one.id: one for one in map(alerting.subscription_of, subscriptions) if one.state == "active"}
    return Telling(
        {alert.key: alert for alert in alerts},
        active,
        {doc["_id"]: alerting.notification_of(doc) for doc in notifications if doc["subscription"] in active},
        [hook for hook in hooks if hook.subscription in active],
    )


def refused(rows: Rows) -> dict[str, Raw]:
    """The records of `milepost.rejected` as they were before, each by where it was."""
    found: dict[str, Raw] = {}
    for row in rows:
        place = dict(row.headers)[FROM].decode()
        value = None if was_null(row.headers) else row.value
        found[place] = (row.key, value, tuple(original_headers(row.headers)))
    return found


async def series(addresses: Sequence[str]) -> list[Series]:
    """What each replica of the metrics service shows."""
    found: list[Series] = []
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        for address in addresses:
            text = (await http.get(f"{address}/metrics")).text
            samples = [s for f in text_string_to_metric_families(text) for s in f.samples]
            mine = [s for s in samples if s.name == "milepost_milestones"]
            found.append({(s.labels["plan"], s.labels["department"], s.labels["status"]): s.value for s in mine})
    return found


async def wrong(addresses: Mapping[str, Sequence[str]]) -> list[str]:
    """What the services say is wrong with them."""
    said: list[str] = []
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        for name, ones in addresses.items():
            for number, address in enumerate(ones, 1):
                for door in ("healthz", "readyz"):
                    answer = await http.get(f"{address}/{door}")
                    if answer.status_code != 200:
                        said.append(f"{name}.{number}: {door} answers {answer.status_code} {answer.text[:300]}")
    return said


async def gather(system: System, accepted: list[Body], answers: Counter[str]) -> Evidence:
    """Reads everything of a whole system."""
    kafka, namespace = system.env["MILEPOST_KAFKA"], system.namespace
    client = connect(system.env["MILEPOST_MONGO"])
    try:
        return Evidence(
            accepted=accepted,
            answers=answers,
            log=log_of(await read(kafka, topics.events(namespace))),
            rejected=refused(await read(kafka, topics.rejected(namespace))),
            kept=await kept(client, namespace),
            announced=await announced(kafka, namespace),
            telling=await telling(client, namespace, await heard(system)),
            series=await series(system.addresses["metrics"]),
            wrong=await wrong(system.addresses),
            kills=system.driver.kills + system.driver.stops,
            today=london_day(dt.datetime.now(dt.UTC)),
            hostile=system.hostile,
        )
    finally:
        client.close()


def key_of(told: Any) -> str:
    """The alert that a told milestone (or department, or plan) belongs to."""
    symptom = SYMPTOMS[told.rule]
    about = told.department if symptom in OF_DEPARTMENTS else told.milestone
    return alert_key(told.plan, about, symptom)


def milestone_keys(plan: Expected) -> dict[str, MilestoneState]:
    """The expected states of a plan's milestones by milestone key."""
    return {milestone_key(plan.plan.name, name): state for name, state in plan.milestones.items()}
