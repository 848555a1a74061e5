"""Connections that reach nothing inside: a name is resolved once, its addresses judged, and one of these connected to.

TLS and the Host header keep the name, so a certificate is checked against it; a later answer of the name servers
changes nothing for a connection that stands.
"""

import asyncio
import functools
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpcore
import httpx

from services.alerting.domain.addresses import Allowed

AT_ONCE = 256
"""Connections, and lookups of names: a name server that does not answer delays nobody else."""

SECONDS = 5.0
"""For each step of an attempt, and for the whole."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a host; raises OSError when there are none."""


class NotPublic(Exception):
    """The target is not in the public network, nor a host of ours that may be sent to."""


def resolver() -> Resolve:
    """Asks the system, in threads of its own."""
    threads = ThreadPoolExecutor(AT_ONCE, "resolve")

    async def resolve(host: str, port: int) -> Sequence[str]:
        ask = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(threads, ask)
        return list(dict.fromkeys(str(where[0]) for *_, where in found))

    return resolve


class Pinned(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were judged, never to a name."""

    def __init__(self, allowed: Allowed, resolve: Resolve | None = None) -> None:
        self.allowed, self._resolve, self._network = allowed, resolve or resolver(), httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that answers; NotPublic when any of them is inside."""
        for address in (addresses := await self.judged(host, port))[:-1]:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def judged(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, all of them such as may be sent to."""
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address of {host} is known") from error
        if wrong := self.allowed.wrong(host, port, addresses):
            raise NotPublic(wrong)
        return addresses

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        """Never."""
        raise NotPublic("a socket of this machine is no target")

    async def sleep(self, seconds: float) -> None:
        """As it says."""
        await asyncio.sleep(seconds)


class _Transport(httpx.AsyncHTTPTransport):
    """httpx has no door for a network of one's own: the pool that it makes is put aside for one that has it."""

    def __init__(self, network: httpcore.AsyncNetworkBackend, trusted: ssl.SSLContext | None) -> None:
        trust = trusted or httpx.create_ssl_context()
        super().__init__(verify=trust, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust, max_connections=AT_ONCE, max_keepalive_connections=50, network_backend=network
        )


def client(network: Pinned, *, trusted: ssl.SSLContext | None = None, seconds: float = SECONDS) -> httpx.AsyncClient:
    """A client for addresses that others named: no redirect is followed, and no proxy of the environment used.

    `trusted` are the certificates to trust, where they are not the usual ones.
    """
    return httpx.AsyncClient(
        timeout=seconds,
        follow_redirects=False,
        trust_env=False,
        headers={"user-agent": "Milepost"},
        transport=_Transport(network, trusted),
    )
