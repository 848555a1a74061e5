"""A network that can be cut and delayed: every link goes through a proxy of its own, in one toxiproxy."""

import contextlib
import functools
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import httpx

from deploy.local.ports import HOST, free_base, not_listening
from deploy.local.process import launch
from tests.faults.world.lacking import Lacking

READY_SECONDS = 30.0

Cut = Literal["silence", "reset"]
"""Nothing comes through any more and nobody is told; or connections are broken off, and new ones refused."""


class Network:
    """The links by their names."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def link(self, name: str, port: int, upstream: str) -> None:
        """From here on what connects to the port goes on to `host:port` upstream."""
        await self._ask("POST", "/proxies", {"name": name, "listen": f"{HOST}:{port}", "upstream": upstream})

    async def cut(self, name: str, how: Cut) -> None:
        """Cuts a link."""
        if how == "reset":
            await self._ask("POST", f"/proxies/{name}", {"enabled": False})
        else:
            await self._both_ways(name, "timeout", {"timeout": 0})  # for ever: until it is mended

    async def delay(self, name: str, milliseconds: int, jitter: int) -> None:
        """Whatever goes through comes so much later, give or take the jitter, in each direction."""
        await self._both_ways(name, "latency", {"latency": milliseconds, "jitter": jitter})

    async def mend(self) -> None:
        """Every link is as at first; what had been held back comes through."""
        await self._ask("POST", "/reset", {})

    async def _both_ways(self, name: str, kind: str, attributes: dict[str, int]) -> None:
        for stream in ("upstream", "downstream"):
            await self._ask(
                "POST", f"/proxies/{name}/toxics", {"type": kind, "stream": stream, "attributes": attributes}
            )

    async def _ask(self, method: str, path: str, asked: dict[str, Any]) -> None:
        (await self._http.request(method, path, json=asked)).raise_for_status()


def program() -> str:
    """The proxy; raises Lacking when there is none."""
    found = shutil.which(os.environ.get("TOXIPROXY", "toxiproxy-server"))
    if found is None:
        raise Lacking(
            "toxiproxy is not there: `go install github.com/Shopify/toxiproxy/v2/cmd/server@latest`, and let TOXIPROXY "
            "name the program that this makes"
        )
    return found


@contextlib.asynccontextmanager
async def network(directory: Path) -> AsyncIterator[Network]:
    """A network without any link yet."""
    port = free_base(1)
    check = functools.partial(not_listening, f"{HOST}:{port}")
    command, log = [program(), "-host", HOST, "-port", str(port)], directory / "logs" / "toxiproxy.log"
    process = await launch("toxiproxy", command, check, log=log, seconds=READY_SECONDS)
    try:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False, timeout=20) as http:
            yield Network(http)
    finally:
        await process.stop()
