"""Connections that reach nothing inside: hostile names, addresses and answers of name servers."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Sequence

import httpcore
import pytest
import trustme

from services.alerting.domain.addresses import Allowed
from services.alerting.senders.pinned import NotPublic, Pinned, Resolve, client
from services.alerting.senders.posting import Post
from services.kit.clock import utc_now
from tests.services.alerting.running import HOST

NAME = "hook.example.gov.uk"


def answers(*one_after_another: Sequence[str]) -> Resolve:
    """A name server that gives these answers, the last for ever after."""
    left = list(one_after_another)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def here() -> Pinned:
    """A network in which every name leads to this machine, and may."""
    return Pinned(Allowed(local=True), answers([HOST]))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "0.0.0.0",
        "0",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "169.254.169.254",
    ],
)
async def test_no_way_of_writing_this_machine_or_its_neighbours_is_connected_to(host: str) -> None:
    """The system's own resolver understands octal, decimal and hexadecimal hosts; where they lead is judged."""
    with pytest.raises((NotPublic, httpcore.ConnectError)):
        await Pinned(Allowed()).connect_tcp(host, 443, timeout=1)


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "100.64.0.1", "192.168.1.1", "fd00::1", "fe80::1%1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "nonsense"],
)
async def test_a_name_that_leads_inside_is_refused(address: str) -> None:
    """Also when only one of its addresses does; and the address is not told to whoever named it."""
    for found in ([address], ["93.184.216.34", address]):
        with pytest.raises(NotPublic) as refused:
            await Pinned(Allowed(), answers(found)).judged(NAME, 443)
        assert address not in str(refused.value)


@contextlib.asynccontextmanager
async def https(name: str) -> AsyncIterator[tuple[int, ssl.SSLContext, list[tuple[str | None, str]]]]:
    """An HTTPS server of this name: its port, who trusts it, and the SNI and Host of each request."""
    authority, heard = trustme.CA(), list[tuple[str | None, str]]()
    context, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(name).configure_cert(context)
    authority.configure_trust(trusted)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, asked, _context: names.append(asked)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                host = next(line for line in head.splitlines() if line.lower().startswith("host:"))
                heard.append((names[-1], host.partition(": ")[2]))
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(talk, HOST, 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1], trusted, heard


async def test_tls_and_host_keep_the_name_while_the_connection_goes_to_the_address() -> None:
    """SNI, the certificate's check and the Host header know nothing of the address."""
    async with https(NAME) as (port, trusted, heard), client(here(), trusted=trusted) as http:
        outcome = await Post(http, utc_now)(f"https://{NAME}:{port}/", "{}", {})
    assert outcome.result == "delivered"
    assert heard == [(NAME, f"{NAME}:{port}")]


async def test_a_certificate_of_another_name_is_not_accepted() -> None:
    """Whoever holds the address does not thereby hold the name; nothing is said to it."""
    async with https("other.example") as (port, trusted, heard), client(here(), trusted=trusted) as http:
        outcome = await Post(http, utc_now)(f"https://{NAME}:{port}/", "{}", {})
    assert outcome.result == "failed"
    assert "certificate" in outcome.answer.lower()
    assert heard == []


async def test_a_name_that_changes_its_answer_is_judged_at_each_connection() -> None:
    """A connection that stands asks no name server again; a new one is judged by what is said then."""
    async with https(NAME) as (port, trusted, heard):
        network = Pinned(Allowed(local=True), answers([HOST], ["10.0.0.1"]))
        for results in (["delivered", "delivered"], ["refused"]):
            async with client(network, trusted=trusted) as http:
                for result in results:
                    assert (await Post(http, utc_now)(f"https://{NAME}:{port}/", "{}", {})).result == result
    assert len(heard) == 2


async def test_a_host_of_our_own_is_reached_when_it_is_listed() -> None:
    """By name and port; at another port it is not."""
    async with https(NAME) as (port, trusted, heard):
        allowed = Allowed(inside=frozenset({f"{NAME}:{port}"}))
        async with client(Pinned(allowed, answers([HOST])), trusted=trusted) as http:
            assert (await Post(http, utc_now)(f"https://{NAME}:{port}/", "{}", {})).result == "delivered"
            other = await Post(http, utc_now)(f"https://{NAME}:{port + 1}/", "{}", {})
    assert other.result == "refused"
    assert other.answer == f"{NAME} is not at a public address"
    assert len(heard) == 1


async def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    """A receiver with a dead address is not dead."""
    async with https(NAME) as (port, _, _):
        stream = await Pinned(Allowed(local=True), answers(["127.0.0.9", HOST])).connect_tcp(NAME, port, timeout=1)
        assert stream.get_extra_info("server_addr")[0] == HOST
        await stream.aclose()


async def test_a_name_that_is_not_known_is_worth_another_try() -> None:
    """The name servers may be away for a while."""
    async with client(Pinned(Allowed())) as http:
        outcome = await Post(http, utc_now)("https://nowhere.invalid/", "{}", {})
    assert outcome.result == "failed"


async def test_a_socket_of_this_machine_is_no_target() -> None:
    """Whatever asks for it."""
    with pytest.raises(NotPublic):
        await Pinned(Allowed(local=True)).connect_unix_socket("/run/docker.sock")
