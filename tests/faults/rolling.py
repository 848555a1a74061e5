"""A rolling restart of every service under a steady load, two replicas each: closed connections are all that is seen.

By hand, on a quiet machine, for it takes minutes: `python -m pytest -s tests/faults/rolling.py` (RATE, SECONDS).
"""

import asyncio
import contextlib
import datetime as dt
import functools
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.local.ports import HOST, free_base, not_listening
from deploy.local.process import Process
from deploy.local.seed import issue_keys
from deploy.local.stack import SERVICES
from services.kit.mongo import connect
from tests.canary import canary
from tests.faults import rest, settings
from tests.faults.driver import System, system
from tests.faults.load import DEPARTMENTS, Load, Story, plan_names
from tests.flow.publisher import until
from tests.servers import Stack, need_programs

PLANS, REPLICAS = 16, 2
RATE = int(os.environ.get("RATE", "200"))
SECONDS = int(os.environ.get("SECONDS", "150"))

_PROXY = """
pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{}}
http {{
  access_log off;
  proxy_next_upstream error timeout non_idempotent;
  {servers}
}}
"""
_SERVER = """
  upstream {name} {{ {addresses} }}
  server {{ listen {host}:{port}; location / {{ proxy_pass http://{name}; }} }}
"""


@contextlib.asynccontextmanager
async def in_front(found: System, directory: Path) -> AsyncIterator[dict[str, str]]:
    """One address for the replicas of ingest and one for alerting's: nginx asks another when a connection fails."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    base = free_base(2)
    ports = {"ingest": base, "alerting": base + 1}
    servers = [
        _SERVER.format(name=name, host=HOST, port=port, addresses=_addresses(found.addresses[name]))
        for name, port in ports.items()
    ]
    config = directory / "nginx.conf"
    config.write_text(_PROXY.format(directory=directory, servers="".join(servers)))
    command = [program, "-c", str(config), "-p", str(directory), "-g", "daemon off;"]
    process = await Process.start("nginx", command, log=directory / "nginx.log")
    try:
        for port in ports.values():
            await until(functools.partial(not_listening, f"{HOST}:{port}"), lambda wrong: not wrong)
        yield {name: f"http://{HOST}:{port}" for name, port in ports.items()}
    finally:
        await process.stop()


def _addresses(urls: list[str]) -> str:
    return " ".join(f"server {url.removeprefix('http://')} max_fails=0;" for url in urls)


async def told(url: str) -> dict[str, float]:
    """What the canary has seen: its tellings by outcome; `late` are those after more than 7 s, 2 s of them quiet."""
    async with httpx.AsyncClient() as http:
        text = (await http.get(f"{url}/metrics")).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {one.labels["outcome"]: one.value for one in samples if one.name == "milepost_canary_tellings_total"}


async def test_a_rolling_restart_under_load_is_not_noticed(tmp_path: Path) -> None:
    """No answer is a 5xx, what was accepted is in history, and the canary is never told more than five seconds late."""
    need_programs()
    events = Story(settings.SEED, plan_names(PLANS), dt.datetime.now(dt.UTC)).tell(RATE * SECONDS)
    async with system(tmp_path, REPLICAS) as running, in_front(running, tmp_path) as urls:
        keys = await issue_keys(DEPARTMENTS, running.env)
        stack = Stack(running.namespace, "", urls["ingest"], urls["alerting"], "", "", "", _through(running.env, urls))
        async with canary(stack, tmp_path, seconds=8) as sings:
            load = Load(running.addresses["ingest"], keys, {n: paced(n, time.monotonic()) for n in range(len(events))})
            posting = asyncio.create_task(load.post(events))
            await until(lambda: told(sings.url), lambda found: found["in-time"] >= 2, 120)
            for name in SERVICES:
                for number in range(1, REPLICAS + 1):
                    assert await running.driver.restart(f"{name}.{number}") is None
            await posting
            seen = await told(sings.url)
        client = connect(running.env["MILEPOST_MONGO"])
        await rest.tracked(running.env["MILEPOST_KAFKA"], client, running.namespace)
        history = client[f"{running.namespace}_plan_tracking"]["history"]
        kept = {doc["id"] for doc in await history.find({}, {"id": 1}).to_list(None)}
        client.close()
    sys.stderr.write(f"answers {dict(load.answers)}, canary {seen}, restarts {len(SERVICES) * REPLICAS}\n")
    assert {event["id"] for event in load.accepted} <= kept
    assert not [answer for answer in load.answers if answer.startswith("5")]
    assert (seen["missing"], seen["late"]) == (0, 0)


def _through(env: dict[str, str], urls: dict[str, str]) -> dict[str, str]:
    return {**env, "MILEPOST_INGEST_URL": urls["ingest"], "MILEPOST_ALERTS_URL": urls["alerting"]}


def paced(number: int, began: float) -> Callable[[], Awaitable[None]]:
    """Waits for the moment at which the event of this number is due."""

    async def wait() -> None:
        await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))

    return wait
