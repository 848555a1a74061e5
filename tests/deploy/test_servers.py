"""Kafka and the store, as `make run` starts them: they answer, and keep what they have acknowledged."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.kafka import cluster_id
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.process import Process, StackError
from deploy.local.stack import running, watched
from deploy.local.stack import servers as both
from schemas.topics import events
from services.kit.mongo import connect
from services.kit.topics import ensure_topics
from tests.servers import Servers, Stack, need_programs

NAMESPACE = "kept"


@pytest_asyncio.fixture
async def ports() -> AsyncIterator[Ports]:
    """Free ports for servers of the test's own."""
    need_programs()
    yield Ports.from_base(free_base())


async def write(ports: Ports, numbers: range) -> None:
    """Writes the numbers to both, each acknowledged."""
    producer = AIOKafkaProducer(bootstrap_servers=f"{HOST}:{ports.kafka}", acks="all", enable_idempotence=True)
    client = connect(f"mongodb://{HOST}:{ports.store}")
    async with producer:
        for number in numbers:
            await producer.send_and_wait(events(NAMESPACE).name, str(number).encode(), partition=0)
            await client["kept"]["numbers"].insert_one({"_id": number})
    client.close()


async def read(ports: Ports, count: int) -> tuple[list[int], list[int]]:
    """`count` numbers from Kafka, and all from the store."""
    topic = events(NAMESPACE).name
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=f"{HOST}:{ports.kafka}", auto_offset_reset="earliest")
    client = connect(f"mongodb://{HOST}:{ports.store}")
    async with asyncio.timeout(30), consumer:
        records = [int((await consumer.getone()).value) for _ in range(count)]
    documents = await client["kept"]["numbers"].find().to_list(None)
    client.close()
    return sorted(records), sorted(document["_id"] for document in documents)


def kill(processes: list[Process]) -> None:
    """kill -9 to all."""
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)


async def test_what_was_acknowledged_survives_kill_9_and_a_move_to_other_ports(ports: Ports, tmp_path: Path) -> None:
    """The second start formats nothing, goes on, and finds every record and document."""
    async with running(both(tmp_path, ports)) as processes:
        await ensure_topics(f"{HOST}:{ports.kafka}", NAMESPACE)
        await write(ports, range(100))
        kill(processes)
        for process in processes:
            await process.ended()
    moved = Ports.from_base(free_base())
    async with running(both(tmp_path, moved)):
        await ensure_topics(f"{HOST}:{moved.kafka}", NAMESPACE)
        await write(moved, range(100, 110))
        assert await read(moved, 110) == (list(range(110)), list(range(110)))


async def test_a_server_that_dies_is_named_and_ends_the_rest(ports: Ports, tmp_path: Path) -> None:
    """Whoever looks at the terminal knows which one it was."""

    async def store_killed() -> None:
        async with asyncio.timeout(60), running(both(tmp_path, ports)) as processes, watched(processes):
            kill([process for process in processes if process.name == "store"])
            await asyncio.Event().wait()

    with pytest.raises(StackError, match=r"store ended with code -9.*\nThe last lines of .*store\.log:\n .*listening"):
        await store_killed()
    ports.require_free()


def test_a_cluster_id_is_never_taken_for_an_option() -> None:
    """One in 64 would begin with "-" if left to chance."""
    assert not any(cluster_id().startswith("-") for _ in range(2000))
    assert len(cluster_id()) == 22


async def test_when_one_cannot_start_the_other_is_stopped(ports: Ports, tmp_path: Path) -> None:
    """No half of a stack is left running."""
    (tmp_path / "store").write_text("a file where the store wants its folder")
    with pytest.raises(FileExistsError):
        async with running(both(tmp_path, ports)):
            pytest.fail("it must not get here")
    ports.require_free()


async def test_the_fixture_gives_both(servers: Servers, namespace: str) -> None:
    """Tests get a namespace whose topics take records, and a store that answers."""
    async with AIOKafkaProducer(bootstrap_servers=servers.kafka) as producer:
        written = await producer.send_and_wait(events(namespace).name, b"x", partition=23)
    assert written.offset == 0
    client = connect(servers.mongo)
    assert (await client.admin.command("ping"))["ok"] == 1
    client.close()


async def test_the_fixture_gives_the_four_services_and_the_receiver(stack: Stack) -> None:
    """Tests get the whole, in a namespace of its own, on the same servers as everything else."""
    async with httpx.AsyncClient(trust_env=False) as client:
        for address in (stack.plans, stack.ingest, stack.alerts, stack.metrics):
            assert (await client.get(f"{address}/readyz")).status_code == 200
        for received in (stack.webhook, stack.mail):
            assert isinstance((await client.get(received)).json(), list)
    assert stack.env["MILEPOST_NAMESPACE"] == stack.namespace
