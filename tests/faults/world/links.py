"""Faults of the network: each link is cut, and delayed."""

import asyncio
import functools
import random
from collections.abc import Iterator
from typing import get_args

import httpx

from tests.faults.driver import System
from tests.faults.fault import Fault
from tests.faults.world.linked import linked, links
from tests.faults.world.network import Cut, Network

SHORTEST, LONGEST = 2.0, 12.0
"""Seconds that a link is cut."""

TAKEN_OVER = 15.0
"""Seconds of a cut in which the group of a replica has noticed, and another has its partitions."""

WAY, JITTER = 150, 100
"""Milliseconds that a slow link takes in each direction."""

WITHIN = 10.0
"""Seconds in which a service answers whoever asks it, whatever is cut."""

ASKED = {"plan_tracking": "/api/plans", "alerting": "/api/alerting/subscriptions"}


def network_of(system: System) -> Network:
    """The network that a linked system stands on."""
    if not isinstance(system.ground, Network):
        raise TypeError("the system has no network that could be cut")
    return system.ground


async def cut(link: str, shortest: float, system: System, chance: random.Random) -> None:
    """Cuts a link for some seconds, in silence or with a reset."""
    network = network_of(system)
    await system.posted.reaches(chance.uniform(0.1, 0.4))
    await network.cut(link, chance.choice(get_args(Cut)))
    await asyncio.sleep(chance.uniform(shortest, shortest + LONGEST - SHORTEST))
    await network.mend()


async def cut_from_ingest(service: str, system: System, chance: random.Random) -> None:
    """A wrong key, which only ingest can judge, is answered with 503 while it is cut, and with 401 afterwards."""
    network = network_of(system)
    await network.cut(f"{service}.1-ingest", chance.choice(get_args(Cut)))
    during = await _answer(system, service, chance)
    await network.mend()
    after = await _answer(system, service, chance)
    if (during, after) != (503, 401):
        raise AssertionError(f"{service} answered {during} to a wrong key while it was cut from ingest, then {after}")


async def slow_to_ingest(service: str, system: System, chance: random.Random) -> None:
    """A key is judged, however slowly ingest answers."""
    network = network_of(system)
    await network.delay(f"{service}.1-ingest", WAY, JITTER)
    answer = await _answer(system, service, chance)
    await network.mend()
    if answer != 401:
        raise AssertionError(f"{service} answered {answer} to a wrong key, 300 ms away from ingest")


async def _answer(system: System, service: str, chance: random.Random) -> int:
    """What a service answers to a key that is wrong, and that nobody has asked with before."""
    url, key = f"{system.addresses[service][0]}{ASKED[service]}", f"mp_{chance.randbytes(32).hex()}"
    async with httpx.AsyncClient(trust_env=False, timeout=WITHIN) as http:
        return (await http.get(url, headers={"Authorization": f"Bearer {key}"})).status_code


async def delay(ends: tuple[str, ...], system: System, chance: random.Random) -> None:
    """Delays links while the load is posted."""
    network = network_of(system)
    await system.posted.reaches(chance.uniform(0.0, 0.2))
    for link in ends:
        await network.delay(link, WAY, JITTER)
    await system.posted.reaches(1.0)
    await network.mend()


def _named(replica: str) -> str:
    """The service of a replica, as it stands in the name of a fault."""
    return replica.partition(".")[0].replace("_", "-")


def _cuts() -> Iterator[Fault]:
    for link in links(1):
        replica, _, to = link.rpartition("-")
        service, name = replica.removesuffix(".1"), _named(replica)
        act = functools.partial(cut_from_ingest, service) if to == "ingest" else functools.partial(cut, link, SHORTEST)
        called, does = f"cut-{name}-{to}", f"The link from {name} to {to} is cut for 2 to 12 s."
        yield Fault(called, does, act, 12, world=linked)


def _takeovers() -> Iterator[Fault]:
    for replica in ("plan_tracking.1", "alerting.1"):
        for to in ("kafka", "store"):
            name, act = _named(replica), functools.partial(cut, f"{replica}-{to}", TAKEN_OVER)
            does = f"One of two replicas of {name} is cut from {to} for 15 to 25 s."
            yield Fault(f"cut-one-{name}-{to}", does, act, 30, 2, world=linked)


def _delays() -> Iterator[Fault]:
    for link in links(1):
        replica, _, to = link.rpartition("-")
        name = _named(replica)
        does = f"From {name} to {to} and back everything takes 300 ms, give or take 200."
        asking = functools.partial(slow_to_ingest, replica.removesuffix(".1"))
        act = asking if to == "ingest" else functools.partial(delay, (link,))
        yield Fault(f"slow-{name}-{to}", does, act, 8, world=linked)
    stores = tuple(link for link in links(1) if link.endswith("-store"))
    does = "The store answers everybody 300 ms later, give or take 200."
    yield Fault("store-slow", does, functools.partial(delay, stores), 12, world=linked)


FAULTS = (*_cuts(), *_delays(), *_takeovers())
