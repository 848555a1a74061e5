"""The canary as a process, beside a running stack."""

import asyncio
import contextlib
import functools
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.ports import HOST, free_base
from deploy.local.process import Process, launch
from deploy.local.services import unready
from tests.servers import Stack


@dataclass(frozen=True, slots=True)
class Singing:
    """A canary: its address and its process."""

    url: str
    process: Process


@contextlib.asynccontextmanager
async def canary(stack: Stack, directory: Path, seconds: float) -> AsyncIterator[Singing]:
    """A canary that moves its date every so many seconds."""
    port = free_base(1)
    url = f"http://{HOST}:{port}"
    own = {"MILEPOST_PORT": str(port), "MILEPOST_CANARY_WEBHOOK": f"{url}/told"}
    env = {**stack.env, **own, "MILEPOST_CANARY_SECONDS": str(seconds)}
    command = [sys.executable, "-m", "services.metrics", "canary"]
    log = directory / "canary.log"
    ready = functools.partial(unready, f"{HOST}:{port}")
    process = await launch("canary", command, ready, log=log, seconds=60, env=env)
    try:
        yield Singing(url, process)
    finally:
        wrong = await asyncio.shield(process.stop())
        assert wrong is None, wrong
