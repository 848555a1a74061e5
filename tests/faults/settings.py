"""What a fault run is made of, from the environment: the short form, or the long one with FAULTS=long."""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass

from deploy.local.stack import SERVICES

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED", "20261125"))
EVENTS = int(os.environ.get("EVENTS", "5000"))
KILLS = int(os.environ.get("KILLS", "10"))
"""Of services, in the short form; Kafka and the store are killed once each besides."""

OF_EACH = 10
"""Kills of each service, of Kafka and of the store, in the long form."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: how many replicas of each service, and who is killed when, by the number of the event to be posted."""

    replicas: int
    kills: dict[int, str]


def run(replicas: int) -> Run:
    """The run of SEED."""
    chance = random.Random(f"{SEED}/{replicas}")  # noqa: S311 - no secret
    victims = list(_victims(replicas, chance))
    chance.shuffle(victims)
    moments = sorted(chance.sample(range(EVENTS // 20, EVENTS - EVENTS // 20), len(victims)))
    return Run(replicas, dict(zip(moments, victims, strict=True)))


def _victims(replicas: int, chance: random.Random) -> Iterator[str]:
    services, servers = (OF_EACH * len(SERVICES), OF_EACH) if LONG else (KILLS, 1)
    for number in range(services):
        yield f"{SERVICES[number % len(SERVICES)]}.{chance.randint(1, replicas)}"
    for _ in range(servers):
        yield from ("kafka", "store")
