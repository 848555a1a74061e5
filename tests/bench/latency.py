"""From the 202 to the webhook: moves at a steady rate through all services, beside the path's bare round trips."""

import asyncio
import contextlib
import datetime as dt
import json
import secrets
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local import stack
from deploy.local.ports import Ports, free_base
from deploy.local.seed import issue_keys, publish, subscribe
from schemas import topics
from schemas.alerts import Notification
from services.kit.kafka import partition_of
from tests.bench.workload import LEAD, Body, Size
from tests.faults.fickle import Fickle, fickle
from tests.flow.publisher import said_now, until
from tests.servers import Servers, namespace_on

RATE, SECONDS, PLANS = 100, 20, 20
"""Moves a second, for so long, spread over so many plans: each milestone moves once, so each move speaks."""

BODY_BYTES = 600


async def report(servers: Servers, _: Size, __: int, directory: Path) -> str:
    """Milliseconds at the median and the 99th percentile, of both, and how many times as long ours takes."""
    bare = await _bare(servers)
    ours = await _ours(servers, directory)
    rows = [_row("bare Kafka round trips and a POST", bare), _row("ours: 202 to received webhook", ours)]
    ratios = [b / a for a, b in zip(_marks(bare), _marks(ours), strict=True)]
    rows.append(f"  {'times as long':<36}" + "".join(f"{one:>12.1f}" for one in ratios))
    return "\n".join([f"{RATE} moves a second for {SECONDS} s, no quiet time (ms, p50 and p99)", *rows])


def _marks(spent: Sequence[float]) -> tuple[float, float]:
    parts = statistics.quantiles(spent, n=100)
    return parts[49] * 1_000, parts[98] * 1_000


def _row(what: str, spent: Sequence[float]) -> str:
    return f"  {what:<36}" + "".join(f"{one:>12,.1f}" for one in _marks(spent))


# Ours


async def _ours(servers: Servers, directory: Path) -> list[float]:
    async with _stack(servers, directory) as env, fickle(0, failing=0) as hooks:
        keys = await issue_keys([LEAD, "dft"], env)
        await publish(_setup(), keys, env["MILEPOST_INGEST_URL"])
        for number in range(PLANS):
            wanted = {"channel": "webhook", "target": hooks.url(str(number)), "plan": _plan(number)}
            await subscribe({**wanted, "rhythm": "at_once"}, keys["dft"], env["MILEPOST_ALERTS_URL"])
        await _known(env)
        accepted = await _post(_moves(), keys["dft"], env["MILEPOST_INGEST_URL"])
        await until(lambda: _heard(hooks), lambda told: accepted.keys() <= told.keys(), 300)
        told = await _heard(hooks)
    return [told[name] - at for name, at in accepted.items()]


@contextlib.asynccontextmanager
async def _stack(servers: Servers, directory: Path) -> AsyncIterator[dict[str, str]]:
    ports = Ports.from_base(free_base())
    env = stack.environment(ports, secrets.token_urlsafe(32), f"bench-{secrets.token_hex(3)}") | {
        "MILEPOST_KAFKA": servers.kafka,
        "MILEPOST_MONGO": servers.mongo,
        "MILEPOST_QUIET_SECONDS": "0",
        "MILEPOST_MOST_MESSAGES": "1000000",
        "MILEPOST_REQUESTS_A_MINUTE": "1000000",
    }
    applications = stack.applications(directory, ports, env)
    async with namespace_on(servers, env["MILEPOST_NAMESPACE"]), stack.running(applications, lambda _: None):
        yield env


def _plan(number: int) -> str:
    return f"{LEAD}/latency-{number}"


def _milestones() -> list[tuple[str, str]]:
    return [(_plan(n % PLANS), f"dft/m{n}") for n in range(RATE * SECONDS)]


def _day(days: int) -> str:
    return (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=days)).isoformat()


def _setup() -> list[Body]:
    plans = [_plan(number) for number in range(PLANS)]
    said = [said_now("plan.published", p, p, {"title": p, "visibility": "public", "tolerance": 14}) for p in plans]
    said += [said_now("contributor.listed", p, p, {"department": "dft"}) for p in plans]
    return said + [
        said_now("milestone.planned", m, p, {"title": m, "baseline": _day(400), "type": "delivery"})
        for p, m in _milestones()
    ]


def _moves() -> list[Body]:
    data = {"forecast": _day(500), "reason": "Possession moved"}
    return [said_now("milestone.forecast", m, p, data) for p, m in _milestones()]


async def _known(env: dict[str, str]) -> None:
    """Waits until the last milestone of each plan is shown."""
    wanted = {plan: sum(p == plan for p, _ in _milestones()) for plan in map(_plan, range(PLANS))}
    async with httpx.AsyncClient(base_url=env["MILEPOST_PLANS_URL"], timeout=60) as http:
        for plan, count in wanted.items():

            async def look(plan: str = plan) -> int:
                answer = await http.get(f"/api/plans/{plan}")
                return len(answer.json()["milestones"]) if answer.status_code == 200 else 0

            await until(look, lambda seen, count=count: seen == count, 300)  # type: ignore[misc]


async def _post(moves: list[Body], key: str, ingest: str) -> dict[str, float]:
    """Posts at RATE, whatever becomes of them; the moment of each 202 by milestone."""
    accepted: dict[str, float] = {}
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
    async with httpx.AsyncClient(base_url=ingest, headers=headers, timeout=60) as http, asyncio.TaskGroup() as group:

        async def post(move: Body) -> None:
            answer = await http.post("/events", content=json.dumps(move))
            assert answer.status_code == 202, answer.text
            accepted[move["subject"]] = time.perf_counter()

        begin = time.perf_counter()
        for number, move in enumerate(moves):
            await asyncio.sleep(begin + number / RATE - time.perf_counter())
            group.create_task(post(move))
    return accepted


async def _heard(hooks: Fickle) -> dict[str, float]:
    """When each milestone was first told of."""
    told: dict[str, float] = {}
    for arrival in hooks.arrivals:
        for section in Notification.model_validate_json(arrival.text).data.causes:
            for one in section.moved:
                told.setdefault(one.milestone, arrival.at)
    return told


# The floor: the same hops with nothing done in them


async def _bare(servers: Servers) -> list[float]:
    """An acknowledged record, read; another in a transaction, read as committed; then a POST."""
    async with namespace_on(servers, f"bench-{secrets.token_hex(3)}") as namespace, fickle(0, failing=0) as hooks:
        events, states = topics.events(namespace).name, topics.milestones(namespace).name
        async with (
            AIOKafkaProducer(bootstrap_servers=servers.kafka, acks="all", enable_idempotence=True) as first,
            AIOKafkaProducer(bootstrap_servers=servers.kafka, transactional_id=namespace) as second,
            AIOKafkaConsumer(events, **_reading(servers)) as read,
            AIOKafkaConsumer(states, **_reading(servers), isolation_level="read_committed") as reread,
            httpx.AsyncClient() as http,
        ):
            relays = [asyncio.create_task(one) for one in (_relay(read, second, states), _hook(reread, http, hooks))]
            warm, measured = range(-RATE, 0), range(RATE * SECONDS)
            await _send(first, events, warm)
            sent = await _send(first, events, measured)
            await until(lambda: _counted(hooks), lambda count: count >= len(warm) + len(measured), 300)
            for relay in relays:
                relay.cancel()
            await asyncio.gather(*relays, return_exceptions=True)
    return [arrival.at - sent[arrival.id] for arrival in hooks.arrivals if arrival.id in sent]


def _reading(servers: Servers) -> dict[str, str]:
    """The options of a reader of topics that were made a moment ago."""
    return {"bootstrap_servers": servers.kafka, "auto_offset_reset": "earliest"}


async def _counted(hooks: Fickle) -> int:
    return len(hooks.arrivals)


async def _send(producer: AIOKafkaProducer, topic: str, numbers: range) -> dict[str, float]:
    """Sends at RATE; the moment of each acknowledgement."""
    sent: dict[str, float] = {}
    async with asyncio.TaskGroup() as group:

        async def send(number: int) -> None:
            value = json.dumps({"id": str(number), "padding": "x" * BODY_BYTES}).encode()
            plan = _plan(number % PLANS)
            await producer.send_and_wait(topic, value, key=plan.encode(), partition=partition_of(plan))
            sent[str(number)] = time.perf_counter()

        begin = time.perf_counter()
        for place, number in enumerate(numbers):
            await asyncio.sleep(begin + place / RATE - time.perf_counter())
            group.create_task(send(number))
    return sent


async def _relay(read: AIOKafkaConsumer, write: AIOKafkaProducer, topic: str) -> None:
    while True:
        if not (fetched := await read.getmany(timeout_ms=100)):
            continue
        async with write.transaction():
            for place, records in fetched.items():
                for record in records:
                    await write.send(topic, record.value, key=record.key, partition=place.partition)


async def _hook(read: AIOKafkaConsumer, http: httpx.AsyncClient, hooks: Fickle) -> None:
    async def post(value: bytes) -> None:
        await http.post(hooks.url("bare"), content=value, headers={"webhook-id": json.loads(value)["id"]})

    async with asyncio.TaskGroup() as group:
        while True:
            for records in (await read.getmany(timeout_ms=100)).values():
                for record in records:
                    group.create_task(post(record.value))
