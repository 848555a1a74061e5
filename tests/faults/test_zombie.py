"""Law 2 against zombies: a replica is stopped at each step of its work while a successor goes on, and comes back."""

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from deploy.local import stack
from deploy.local.ports import HOST, Ports, free_base
from schemas import topics
from services.kit.kafka import producer
from services.kit.mongo import Client, connect
from services.kit.words import london_day
from tests.faults import rest
from tests.faults.driver import Driver, replica
from tests.faults.evidence import Evidence, Telling, announced, kept, log_of, read, refused
from tests.faults.invariants import (
    accepted_is_on_the_log,
    announcements_never_go_back,
    history_has_each_record_once,
    only_the_hostile_is_rejected,
    plans_equal_a_fold,
    readers_see_the_newest,
    violations,
)
from tests.faults.stopping import STEPS, Step, marker
from tests.faults.voice import APART, FIRST, SECOND, Voice
from tests.flow.publisher import until
from tests.servers import Servers

INVARIANTS = (
    accepted_is_on_the_log,
    only_the_hostile_is_rejected,
    plans_equal_a_fold,
    history_has_each_record_once,
    readers_see_the_newest,
    announcements_never_go_back,
)
ZOMBIES: dict[str, Step] = {f"plan_tracking.{number}": step for number, step in enumerate(STEPS, 2)}
"""The replicas that are stopped, and where; the first replica is the successor of all."""

TAKEOVER_SECONDS = 30.0
"""The group is told after a session of 10 s; then the successor must go on, whatever the zombie holds."""


@dataclass
class Group:
    """Five replicas of plan-tracking, four of which stop themselves at their marker; and the voice they listen to."""

    driver: Driver
    servers: Servers
    client: Client
    voice: Voice
    addresses: dict[str, str]

    @property
    def namespace(self) -> str:
        """The namespace of the test."""
        return self.voice.namespace

    async def rests(self) -> None:
        """Waits until everything said is worked on and announced, by whoever is there."""
        await rest.tracked(self.servers.kafka, self.client, self.namespace, TAKEOVER_SECONDS)

    async def worked_on(self, name: str) -> float:
        """How many records a replica has worked on."""
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            text = (await http.get(f"{self.addresses[name]}/metrics")).text
        samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
        return sum(s.value for s in samples if s.name == "milepost_consumed_records_total")

    async def evidence(self) -> Evidence:
        """What is on the topics and in the store; nobody is told anything here."""
        kafka, namespace = self.servers.kafka, self.namespace
        return Evidence(
            accepted=[{k: v for k, v in event.items() if k != "acceptedtime"} for event in self.voice.said],
            answers=Counter(),
            log=log_of(await read(kafka, topics.events(namespace))),
            rejected=refused(await read(kafka, topics.rejected(namespace))),
            kept=await kept(self.client, namespace),
            announced=await announced(kafka, namespace),
            telling=Telling(),
            series=[],
            wrong=[],
            kills=Counter(),
            today=london_day(dt.datetime.now(dt.UTC)),
        )

    async def left_behind(self, step: Step) -> int:
        """How much a replica that stands at this step leaves: partitions, notes, or announcements begun."""
        if step in ("before-transaction", "inside-transaction"):
            ends = await rest.committed_ends(self.servers.kafka, topics.events(self.namespace))
            cursors = self.client[f"{self.namespace}_plan_tracking"]["cursors"]
            at = {doc["_id"]: doc["next"] for doc in await cursors.find({}).to_list(None)}
            return sum(at.get(partition, 0) < end for partition, end in ends.items())
        if step == "before-announcement":
            return int(await self.client[f"{self.namespace}_plan_tracking"]["outbox"].count_documents({}))
        begun = await ends_seen(self.servers.kafka, self.namespace, "read_uncommitted")
        return begun - await ends_seen(self.servers.kafka, self.namespace, "read_committed")


async def ends_seen(bootstrap: str, namespace: str, isolation: str) -> int:
    """The sum of the ends of the partitions of `milepost.milestones`, as a reader of this isolation sees them."""
    topic = topics.milestones(namespace)
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level=isolation) as consumer:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        return sum((await consumer.end_offsets(partitions)).values())


@pytest_asyncio.fixture
async def group(servers: Servers, namespace: str, tmp_path: Path) -> AsyncIterator[Group]:
    """The replicas, each with partitions of its own, and a plan in every partition."""
    own = {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo}
    env = stack.environment(Ports(), "no secret", namespace) | own
    base = free_base()
    ports = {name: base + number for number, name in enumerate(("plan_tracking.1", *ZOMBIES))}
    starts = {
        name: replica("plan_tracking", number, port, {**env, "STOP_AT": ZOMBIES[name]}, tmp_path, STOPPING)
        if name in ZOMBIES
        else replica("plan_tracking", number, port, env, tmp_path)
        for number, (name, port) in enumerate(ports.items(), 1)
    }
    driver, client, log = Driver(), connect(servers.mongo), producer(servers.kafka)
    await log.start()
    try:
        await driver.start(starts)
        addresses = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
        yield Group(driver, servers, client, Voice(log, namespace), addresses)
    finally:
        await driver.close()
        await log.stop()
        client.close()


STOPPING = "tests.faults.stopping"


async def test_a_zombie_of_any_step_changes_nothing(group: Group) -> None:
    """Stopped before, in or after the transaction, or inside the announcement: its successor goes on meanwhile.

    When it comes back it finds itself fenced: no state is lost or rolled back, history has nothing twice, the compacted
    topics end with the newest states and never went back; and it works on as a replica like any other.
    """
    await group.voice.publish()
    await group.rests()
    for name, step in ZOMBIES.items():
        await group.voice.move(APART, marker(step))
        await until(lambda n=name: group.driver.stopped(n), bool)  # type: ignore[misc]
        await until(lambda s=step: group.left_behind(s), bool)  # type: ignore[misc]
    await group.voice.move(SECOND)
    await group.rests()  # the successor has taken over
    assert all([await group.driver.stopped(name) for name in ZOMBIES])
    assert not violations(await group.evidence(), INVARIANTS)

    for name in ZOMBIES:
        await group.driver.go_on(name)
    before = {name: await group.worked_on(name) for name in ZOMBIES}

    async def idle() -> list[str]:
        await group.voice.move(FIRST)  # so that nothing hides what might be lost of the words before
        return [name for name in ZOMBIES if await group.worked_on(name) == before[name]]

    await until(idle, lambda names: not names, 60)
    await group.rests()
    assert not violations(await group.evidence(), INVARIANTS)
