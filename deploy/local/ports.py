"""Which port each part of the local stack listens on, and whether it is free."""

import asyncio
import errno
import random
import socket
from dataclasses import astuple, dataclass

from deploy.local.process import StackError

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Ports:
    """One port for each part; Kafka's controller listens on the one after `kafka`."""

    kafka: int = 9092
    store: int = 27017
    plan_tracking: int = 8000
    ingest: int = 8001
    alerting: int = 8002
    metrics: int = 8003
    receiver: int = 8025
    mail: int = 1025

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        """Nine consecutive ports from `base` on, Kafka and its controller first."""
        return cls(base, *range(base + 2, base + 9))

    def require_free(self) -> None:
        """Raises StackError for the first port that is in use."""
        for name, port in zip(self.__slots__, astuple(self), strict=True):
            require_free(port, name)
        require_free(self.kafka + 1, "kafka's controller")


def require_free(port: int, wanted_by: str) -> None:
    """Raises StackError when nobody can listen on `port` of this machine."""
    try:
        _listen(port)
    except OSError as error:
        wrong = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise StackError(
            f"Port {port}, which {wanted_by} needs, {wrong}: stop what uses it, or choose others with --port-base"
        ) from None


def _listen(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))


async def not_listening(address: str) -> str | None:
    """None when something accepts connections at `host:port`, else a sentence about it."""
    host, _, port = address.rpartition(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return f"nothing listens on {address} yet"
    writer.close()
    return None


def free_base(count: int = 9) -> int:
    """The first of `count` consecutive free ports, below those that systems hand to outgoing connections."""
    for _ in range(1000):
        base = random.randrange(15_000, 32_000 - count)  # noqa: S311 - no secret
        try:
            for port in range(base, base + count):
                _listen(port)
        except OSError:
            continue
        return base
    raise StackError(f"No {count} consecutive ports are free between 15000 and 32000")
