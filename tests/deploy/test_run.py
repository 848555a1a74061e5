"""`python -m deploy.local`, the command behind `make run`, as the user of a terminal sees it."""

import asyncio
import contextlib
import json
import os
import shlex
import signal
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.local import sample
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.process import Process, output
from schemas.topics import events
from tests.servers import need_programs


async def started(directory: Path, ports: Ports) -> Process:
    """The command, once it says that it is ready."""
    command = [sys.executable, "-m", "deploy.local", "--data", str(directory), "--port-base", str(ports.kafka)]
    process = await Process.start("deploy.local", command, log=directory.with_suffix(".out"))

    async def ready() -> str | None:
        return None if "] Ready\n" in process.log.read_text() else "not ready"

    await process.until_ready(ready, 120)
    return process


async def ended(process: Process) -> int:
    """Its exit code, under a deadline."""
    async with asyncio.timeout(60):
        return await process.ended()


def children(parent: int) -> dict[int, str]:
    """The processes that have this parent, with their commands."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended while we looked
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
    return found


def gone(pids: dict[int, str]) -> bool:
    """Whether none of the processes exists."""
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


async def accepted(ports: Ports) -> int:
    """How many events are on the log."""
    topic = events().name
    consumer = AIOKafkaConsumer(bootstrap_servers=f"{HOST}:{ports.kafka}")
    async with consumer:
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or range(24)]
        return sum((await consumer.end_offsets(partitions)).values())


async def get(url: str) -> Any:
    """JSON from a door."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        return (await client.get(url)).raise_for_status().json()


async def told(demo: dict[str, Any]) -> list[dict[str, Any]]:
    """The mails that tell something: all but those that ask the departments' contacts to confirm."""
    return [mail for mail in await get(demo["mail"]) if not mail["subject"].startswith("Confirm")]


async def forecast(demo: dict[str, Any]) -> str:
    """The present forecast of the milestone that the demo moves."""
    plan = await get(f"{demo['plans']}/api/plans/{demo['plan']}")
    return str(next(m["forecast"] for m in plan["milestones"] if m["milestone"] == demo["moved"]))


async def move(demo: dict[str, Any], messages: int) -> dict[str, Any]:
    """Runs the printed command and waits until both subscribers have had so many messages; answers with its event."""
    event: dict[str, Any] = json.loads(shlex.split(demo["command"])[-1])
    answer = json.loads(await output("curl", shlex.split(demo["command"])))
    assert [accepted["id"] for accepted in answer["accepted"]] == [event["id"]]
    async with asyncio.timeout(15):
        while len(await get(demo["webhook"])) < messages or len(await told(demo)) < messages:
            await asyncio.sleep(0.05)
    assert await forecast(demo) == event["data"]["forecast"]
    return event


async def first_run(directory: Path, ports: Ports) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Starts, moves the date, stops with Ctrl-C; answers with demo.json, what moved, and the number of events."""
    process = await started(directory, ports)
    try:
        demo = json.loads((directory / "demo.json").read_text())
        assert stat.S_IMODE((directory / "demo.json").stat().st_mode) == 0o600
        assert demo["command"] in process.log.read_text()
        event = await move(demo, 2)  # the summary of what is late from the beginning, and the move
        assert [message["body"]["data"]["kind"] for message in await get(demo["webhook"])] == ["summary", "moved"]
        count, below = await accepted(ports), children(process.pid)
        assert len(below) == 7
        os.kill(process.pid, signal.SIGINT)
        assert await ended(process) == 0
        assert gone(below)
        assert "Traceback" not in process.log.read_text()
        return demo, event, count
    finally:
        await process.stop()


async def test_it_is_ready_with_a_plan_stops_with_ctrl_c_and_goes_on_with_its_data(tmp_path: Path) -> None:
    """The second run seeds nothing, tells nobody, keeps the keys, and offers the next 30 days under a new id.

    When one of its services is killed it says which, and ends with 1. No process is left, either time.
    """
    need_programs()
    directory, ports = tmp_path / "data", Ports.from_base(free_base())
    before, first, count = await first_run(directory, ports)
    assert set(before["keys"]) == set(sample.DEPARTMENTS)
    process = await started(directory, ports)
    try:
        after = json.loads((directory / "demo.json").read_text())
        for same in ("keys", "subscriptions", "plan", "moved", "webhook", "mail"):
            assert after[same] == before[same]
        assert await accepted(ports) == count
        second = await move(after, 1)
        assert second["id"] != first["id"]
        assert second["data"]["forecast"] > first["data"]["forecast"]
        assert [message["body"]["data"]["kind"] for message in await get(after["webhook"])] == ["moved"]
        assert len(await told(after)) == 1
        await kill_ingest(process)
    finally:
        await process.stop()


async def kill_ingest(supervisor: Process) -> None:
    """kill -9 to a service: the supervisor says which, stops the rest, and ends with 1."""
    below = children(supervisor.pid)
    [victim] = [pid for pid, command in below.items() if "services.ingest" in command]
    os.kill(victim, signal.SIGKILL)
    assert await ended(supervisor) == 1
    assert gone(below)
    said = supervisor.log.read_text()
    assert "\ningest ended with code -9; the last line of " in said
    assert "Traceback" not in said.partition("The last lines of")[0]


async def test_a_port_in_use_ends_it_at_once_with_one_sentence(tmp_path: Path) -> None:
    """No traceback, nothing started."""
    base = free_base()
    with socket.create_server((HOST, base + 4)):
        command = [sys.executable, "-m", "deploy.local", "--data", str(tmp_path / "x"), "--port-base", str(base)]
        process = await Process.start("deploy.local", command, log=tmp_path / "out")
        assert await ended(process) == 1
    [line] = process.log.read_text().splitlines()
    assert line.startswith(f"Port {base + 4}, which ingest needs, is in use: ")
