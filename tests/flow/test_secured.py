"""Milepost on a Kafka and a store that ask who is there, over TLS; each service has its own user and no more rights."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.protocol.admin import CreateAclsRequest
from pymongo.errors import OperationFailure

from deploy.acls import Grant, grants
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.process import Process
from deploy.local.services import service
from deploy.local.stack import SERVICES, environment, running
from schemas import topics
from services.kit.kafka import producer
from services.kit.mongo import connect
from services.kit.topics import ensure_topics
from tests.flow.publisher import Publisher, until
from tests.secured import Secured, secured
from tests.servers import Stack, need_programs

PLAN = "dluhc/guarded"
SECRET = "s" * 40

_KINDS = {"topic": 2, "group": 3, "transactional-id": 5}
_OPERATIONS = {"Read": 3, "Write": 4, "Describe": 8, "DescribeConfigs": 10}
_LITERAL, _PREFIXED, _ALLOW = 3, 4, 3


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def servers_that_ask(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Secured]:
    """Both, with the topics and the rights that an administrator gives."""
    need_programs()
    async with secured(tmp_path_factory.mktemp("secured")) as found:
        await ensure_topics(found.open_kafka, "milepost", inboxes=("dft",))
        client = AIOKafkaClient(bootstrap_servers=found.open_kafka)
        await client.bootstrap()
        for grant in grants("milepost", {"dft": "metrics"}):
            await give(client, grant)
        await client.close()
        yield found


async def give(client: AIOKafkaClient, grant: Grant) -> None:
    """What the line of `kafka-acls.sh` does."""
    pattern = _PREFIXED if grant.prefixed else _LITERAL
    for operation in grant.operations:
        request = CreateAclsRequest(
            _KINDS[grant.kind], grant.name, pattern, f"User:{grant.user}", "*", _OPERATIONS[operation], _ALLOW
        )
        answer = await client.send(client.get_random_node(), request)
        assert [code for code, _ in answer.creation_responses] == [0]


def settings(found: Secured, ports: Ports, name: str) -> dict[str, str]:
    """A service's settings in production."""
    shared = environment(ports, SECRET)
    own = {"MILEPOST_MODE": "production", "MILEPOST_PORT": str(getattr(ports, name)), "MILEPOST_INBOXES": "dft"}
    return {**shared, **found.env(name), **own}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(servers_that_ask: Secured, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The four services in production mode."""
    ports, directory = Ports.from_base(free_base()), tmp_path_factory.mktemp("guarded")
    each = {name: settings(servers_that_ask, ports, name) for name in SERVICES}
    async with running(service(name, env, directory) for name, env in each.items()):
        env = each["ingest"]
        urls = {name: env[f"MILEPOST_{name.upper()}_URL"] for name in ("plans", "ingest", "alerts", "metrics")}
        yield Stack(namespace="milepost", **urls, webhook="", mail="", env=env)


async def test_the_rights_that_are_listed_are_enough_for_every_service(guarded: Stack) -> None:
    """Keys are issued, an event is accepted and folded, an alert stands, metrics know the plan."""
    publisher = Publisher(guarded, "dluhc", "dft")
    await publisher.say("plan.published", PLAN, {"title": "Guarded", "tolerance": 0}, PLAN)
    await publisher.say("contributor.listed", PLAN, {"department": "dft"}, PLAN)
    late = {"title": "Bridge", "baseline": "2027-03-01", "forecast": "2027-04-01"}
    await publisher.say("milestone.planned", "dft/bridge", late, PLAN)
    await until(lambda: publisher.plan(PLAN), lambda plan: len(plan["milestones"]) == 1)

    async def alerts() -> list[object]:
        answer = await publisher.http.get(f"{guarded.alerts}/api/alerting/alerts", params={"plan": PLAN})
        return list(answer.json().get("alerts", []))

    await until(alerts, len)

    async def metrics() -> str:
        return (await publisher.http.get(f"{guarded.metrics}/metrics")).text

    await until(metrics, lambda text: PLAN in text)


async def test_an_inbox_is_read_and_what_it_holds_is_rejected_or_accepted(
    guarded: Stack, servers_that_ask: Secured
) -> None:
    """The user that was let into dft's inbox writes there; rubbish becomes a rejection that dft can ask for."""
    publisher = Publisher(guarded, "dft")
    async with producer(servers_that_ask.access("metrics")) as writer:
        await writer.send_and_wait(topics.inbox("dft").name, b"rubbish")

    async def rejections() -> list[object]:
        answer = await publisher.http.get(f"{guarded.ingest}/rejections")
        return list(answer.json()["rejections"])

    await until(rejections, len)


async def test_nobody_may_do_what_is_not_listed(servers_that_ask: Secured) -> None:
    """Metrics writes no events; alerting does not see ingest's keys."""
    async with producer(servers_that_ask.access("metrics")) as writer:
        with pytest.raises(TopicAuthorizationFailedError):
            await writer.send_and_wait(topics.events().name, b"{}", partition=0)
    client = connect(servers_that_ask.mongo("alerting"))
    with pytest.raises(OperationFailure, match="not authorized"):
        await client["milepost_ingest"]["keys"].find_one()
    client.close()


async def refused(directory: Path, env: Mapping[str, str], name: str, words: str) -> list[str]:
    """What a service with these settings logs until it has said `words` and that it waits: alive, and not ready."""
    address = f"http://{HOST}:{env['MILEPOST_PORT']}"
    process = await Process.start(name, [sys.executable, "-m", f"services.{name}"], log=directory / "log", env=env)
    try:

        async def lines() -> list[str]:
            return process.last_lines(1000)

        def waits(found: list[str]) -> bool:
            return all(any(part in line for line in found) for part in (words, "waiting for"))

        said = await until(lines, waits, seconds=60)
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"{address}/healthz")).status_code == 200
            assert (await http.get(f"{address}/readyz")).status_code == 503
        return said
    finally:
        assert await process.stop() is None


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("metrics", {"MILEPOST_KAFKA_PASSWORD": "wrong"}, "SaslAuthenticationFailed"),
        ("metrics", {"MILEPOST_KAFKA_USER": "stranger"}, "SaslAuthenticationFailed"),
        ("alerting", {"MILEPOST_MONGO": "wrong"}, "authentication failed"),
    ],
)
async def test_wrong_credentials_are_said_in_a_line_and_tried_on(
    servers_that_ask: Secured, tmp_path: Path, name: str, wrong: dict[str, str], words: str
) -> None:
    """No trace, no exit, no password in the log; what was mistaken can be mended on the server too."""
    if "MILEPOST_MONGO" in wrong:
        wrong = {"MILEPOST_MONGO": servers_that_ask.mongo(name, "wrong")}
    env = settings(servers_that_ask, Ports.from_base(free_base()), name) | wrong
    said = await refused(tmp_path, env, name, words)
    assert len([line for line in said if words in line]) == 1
    assert not any("Traceback" in line or "exception" in json.loads(line) for line in said)
    assert not any(secret in line for line in said for secret in (env["MILEPOST_KAFKA_PASSWORD"], SECRET))


def checked(env: Mapping[str, str], name: str) -> subprocess.CompletedProcess[str]:
    """The command `check` of a service with these settings."""
    command = [sys.executable, "-m", f"services.{name}", "check"]
    return subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_check_says_that_everything_is_there(guarded: Stack, servers_that_ask: Secured, name: str) -> None:
    """With the listed rights, and no others; the mail server alone is not."""
    env = {**guarded.env, **servers_that_ask.env(name)}
    done = await asyncio.to_thread(checked, env, name)
    missing = [line for line in done.stdout.splitlines() if " no " in line]
    assert [line.split("  ")[0] for line in missing] == (["mail server"] if name == "alerting" else []), done.stdout
    assert done.returncode == len(missing), done.stdout + done.stderr
    assert servers_that_ask.passwords[name] not in done.stdout + done.stderr


async def test_a_check_with_another_s_user_says_what_it_may_not(guarded: Stack, servers_that_ask: Secured) -> None:
    """Metrics' user may not read or write what plan-tracking does."""
    kafka = {name: value for name, value in servers_that_ask.env("metrics").items() if "KAFKA" in name}
    env = {**guarded.env, **servers_that_ask.env("plan_tracking"), **kafka}
    done = await asyncio.to_thread(checked, env, "plan_tracking")
    assert done.returncode == 1
    assert "write milepost.events: this user may not write it" in done.stdout
    assert "read milepost.events: this user may not read it" in done.stdout
    assert "read milepost.plans: " not in done.stdout


async def test_a_check_with_a_wrong_password_says_so(guarded: Stack, servers_that_ask: Secured) -> None:
    """Of Kafka and of the store, and shows no password."""
    wrong = {"MILEPOST_KAFKA_PASSWORD": "mistaken", "MILEPOST_MONGO": servers_that_ask.mongo("alerting", "mistaken")}
    env = {**guarded.env, **servers_that_ask.env("alerting"), **wrong}
    done = await asyncio.to_thread(checked, env, "alerting")
    assert done.returncode == 1
    assert "Kafka: " in done.stdout
    assert "uthentication" in done.stdout.partition("Kafka: ")[2].partition("\n")[0]
    assert "uthentication" in done.stdout.partition("MongoDB: ")[2].partition("\n")[0]
    assert "mistaken" not in done.stdout + done.stderr
