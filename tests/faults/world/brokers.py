"""A world of several brokers (BROKERS, three), and the fault that it bears: whoever leads a partition is killed."""

import contextlib
import functools
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.kafka import Cluster, broker
from deploy.local.ports import Ports, free_base
from deploy.local.process import Process
from schemas import topics
from tests.faults.driver import Start, System, running, servers
from tests.faults.fault import Fault

BROKERS = int(os.environ.get("BROKERS", "3"))
LOSSES = 2
"""Leaders that are killed in one run, the second when the first is there again."""


@contextlib.asynccontextmanager
async def several_brokers(directory: Path, replicas: int) -> AsyncIterator[System]:
    """The whole stack, in which every record is on all brokers, and acknowledged by all but one."""
    bases, first = [Ports.from_base(free_base()) for _ in range(replicas)], free_base(2 * BROKERS)
    cluster = Cluster([first + 2 * number for number in range(BROKERS)])
    starts: dict[str, Start] = {
        f"kafka.{node}": functools.partial(_broker, directory, cluster, node) for node in range(1, BROKERS + 1)
    }
    starts["store"] = servers(directory, bases[0])["store"]
    shared = {"MILEPOST_KAFKA": cluster.bootstrap, "MILEPOST_REPLICATION": str(BROKERS)}
    async with running(directory, bases, starts, shared=shared) as made:
        yield made


async def _broker(directory: Path, cluster: Cluster, node: int, _: int) -> Process:
    return await broker(directory, f"kafka-{node}", cluster, node)


async def kill_leaders(system: System, chance: random.Random) -> None:
    """kill -9 of the leader of a partition of the log, twice."""
    for number in range(LOSSES):
        await system.posted.reaches((number + chance.uniform(0.2, 0.8)) / LOSSES)
        await system.driver.kill(f"kafka.{await leader(system, chance.randrange(topics.PARTITIONS))}")
        await system.driver.mended()


async def leader(system: System, partition: int) -> int:
    """The node that leads a partition of `milepost.events`."""
    admin = AIOKafkaAdminClient(bootstrap_servers=system.env["MILEPOST_KAFKA"])
    await admin.start()
    try:
        [topic] = await admin.describe_topics([topics.events(system.namespace).name])
    finally:
        await admin.close()
    [found] = [one["leader"] for one in topic["partitions"] if one["partition"] == partition]
    return int(found)


FAULTS = (
    Fault(
        "leader-lost",
        f"Of {BROKERS} brokers the leader of a partition is killed (kill -9) and started again, and then another.",
        kill_leaders,
        lasts=25,
        world=several_brokers,
    ),
)
