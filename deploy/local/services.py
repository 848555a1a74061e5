"""A service of Milepost, or the demo receiver, as a child process that is waited for until it says it is ready."""

import functools
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from deploy.local.ports import HOST, not_listening, require_free
from deploy.local.process import Process, launch

READY_SECONDS = 60.0


async def service(name: str, env: Mapping[str, str], directory: Path) -> Process:
    """`python -m services.<name>` on the port of `env["MILEPOST_PORT"]`, ready; raises StackError when it is not."""
    return await module(f"services.{name}", name, int(env["MILEPOST_PORT"]), env, directory)


async def module(
    module_name: str,
    name: str,
    port: int,
    env: Mapping[str, str],
    directory: Path,
    seconds: float = READY_SECONDS,
    python: str = sys.executable,
) -> Process:
    """A Python module that serves HTTP on `port`, once its `/readyz` answers 200, within `seconds`."""
    require_free(port, name)
    check = functools.partial(unready, f"{HOST}:{port}")
    log = directory / "logs" / f"{name}.log"
    return await launch(name, [python, "-m", module_name], check, log=log, seconds=seconds, env=env)


async def unready(address: str, path: str = "/readyz") -> str | None:
    """None when the HTTP server at `host:port` says that it is ready, else what it lacks."""
    if lacking := await not_listening(address):
        return lacking
    try:
        async with httpx.AsyncClient(timeout=3.0, trust_env=False) as client:
            answer = await client.get(f"http://{address}{path}")
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if answer.status_code == 200 else answer.text[:300]
