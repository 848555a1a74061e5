"""Addresses: where in the network a notification may be sent, so that no target reaches inside."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out; mapped, compatible, translated (NAT64) and local addresses lie outside."""

_NOT_PUBLIC = tuple(
    map(ipaddress.ip_network, ("2001::/23", "2002::/16", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4"))
)
"""Tunnels into IPv4, documentation and reserved: not all of these are known to every Python as not global."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Where notifications may go beside the public network: in `local` mode to this machine, always to `inside`.

    `inside` has hosts of our own as `host:port`; plain http will do for them.
    """

    local: bool = False
    inside: frozenset[str] = frozenset()

    def names(self, host: str, port: int) -> bool:
        """Whether a host is one of our own that may be sent to."""
        return f"{host.lower()}:{port}" in self.inside

    def plain(self, host: str, port: int) -> bool:
        """Whether http without TLS will do."""
        return self.names(host, port) or (self.local and (host == "localhost" or is_loopback(host)))

    def wrong(self, host: str, port: int, addresses: Iterable[str]) -> str | None:
        """Why a host that has these addresses may not be sent to, None when it may. Which they are is not said."""
        if self.names(host, port):
            return None
        good = all(is_public(one) or (self.local and is_loopback(one)) for one in addresses)
        return None if good else f"{host} is not at a public address"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network, and of one machine there."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if found.version == 6 and found not in _UNICAST:
        return False
    return found.is_global and not found.is_multicast and not any(found in one for one in _NOT_PUBLIC)


def is_loopback(address: str) -> bool:
    """Whether an IP address is this machine's own, and nothing but that."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
