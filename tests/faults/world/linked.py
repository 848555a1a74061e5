"""A world in which each replica has a link of its own to Kafka, to the store, to ingest and to whom it tells."""

import contextlib
import functools
import itertools
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.local.kafka import kafka
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.stack import SERVICES
from tests.faults.driver import System, running, servers
from tests.faults.fickle import Fickle
from tests.faults.world.network import Network, network

TO_STORE = ("plan_tracking", "ingest", "alerting")
ASKING = ("plan_tracking", "alerting")
"""Who asks ingest which departments a key speaks for."""

RECEIVER = "alerting-receiver"


@dataclass
class Behind(Fickle):
    """The receiver, which is reached through a link."""

    public: int = 0

    def url(self, path: str) -> str:
        """An address there."""
        return f"http://{HOST}:{self.public}/{path}"


def links(replicas: int) -> list[str]:
    """The links of so many replicas: `ingest.1-kafka` and so on, and one from alerting to whom it tells."""
    numbers = range(1, replicas + 1)
    ends = [(f"{name}.{n}", to) for name in SERVICES for n in numbers for to in _needs(name)]
    return [f"{replica}-{to}" for replica, to in ends] + [RECEIVER]


def _needs(service: str) -> list[str]:
    needed = {"kafka": True, "store": service in TO_STORE, "ingest": service in ASKING}
    return [to for to, needs in needed.items() if needs]


def own(link: Mapping[str, int], replica: str) -> dict[str, str]:
    """The settings of a replica: the ports of its links instead of what they lead to."""
    found = {"MILEPOST_KAFKA": f"{HOST}:{link[f'{replica}-kafka']}"}
    if store := link.get(f"{replica}-store"):
        found["MILEPOST_MONGO"] = f"mongodb://{HOST}:{store}/?directConnection=true"  # else it goes where that points
    if ingest := link.get(f"{replica}-ingest"):
        found["MILEPOST_INGEST_URL"] = f"http://{HOST}:{ingest}"
    return found


def listeners(ports: Ports, link: Mapping[str, int], inner: Mapping[str, int]) -> str:
    """Kafka's properties: a listener for each link, which tells clients to come through that link again."""
    names = {name: name.removesuffix("-kafka").replace(".", "_").upper() for name in inner}
    listen = [f"{names[name]}://{HOST}:{port}" for name, port in inner.items()]
    advertised = [f"{names[name]}://{HOST}:{link[name]}" for name in inner]
    kinds = ["CONTROLLER:PLAINTEXT", "PLAINTEXT:PLAINTEXT", *(f"{name}:PLAINTEXT" for name in names.values())]
    here = f"PLAINTEXT://{HOST}:{ports.kafka}"
    return "\n".join(
        [
            f"listeners={','.join([here, f'CONTROLLER://{HOST}:{ports.kafka + 1}', *listen])}",
            f"advertised.listeners={','.join([here, *advertised])}",
            f"listener.security.protocol.map={','.join(kinds)}",
            "inter.broker.listener.name=PLAINTEXT\n",
        ]
    )


@contextlib.asynccontextmanager
async def linked(directory: Path, replicas: int) -> AsyncIterator[System]:
    """The whole stack; its `ground` is the Network. What the tests themselves ask goes through no link."""
    bases = [Ports.from_base(free_base()) for _ in range(replicas)]
    names = links(replicas)
    inner = [name for name in names if name.endswith("-kafka")]
    free = itertools.count(free_base(len(names) + len(inner) + 1))
    link, behind, receiver = dict(zip(names, free, strict=False)), dict(zip(inner, free, strict=False)), next(free)
    starts = servers(directory, bases[0])
    more = listeners(bases[0], link, behind)
    starts["kafka"] = lambda _: kafka(directory, bases[0].kafka, more=more)
    async with network(directory) as ground:
        await _lay(ground, link, behind, bases[0], receiver)
        async with running(directory, bases, starts, own=functools.partial(own, link)) as made:
            yield replace(made, ground=ground, receiver=Behind(port=receiver, public=link[RECEIVER]))


async def _lay(
    ground: Network, link: Mapping[str, int], behind: Mapping[str, int], ports: Ports, receiver: int
) -> None:
    """Makes the links."""
    ends = {"store": ports.store, "ingest": ports.ingest, "receiver": receiver}
    for name, port in link.items():
        await ground.link(name, port, f"{HOST}:{behind.get(name) or ends[name.rpartition('-')[2]]}")
