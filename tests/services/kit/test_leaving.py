"""Members of a group that end: in order they leave, and others go on at once; killed they are waited for."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.process import Process
from schemas.topics import PARTITIONS
from tests.flow.publisher import until
from tests.servers import Servers
from tests.services.kit.member import Holding, member


def holds(count: int) -> Callable[[Holding], bool]:
    """Whether a member has so many partitions."""
    return lambda holding: len(holding.partitions) == count


async def members(servers: Servers, group: str) -> int:
    """How many members the broker counts: those that fell silent too, until their sessions end."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka)
    await admin.start()
    try:
        [answer] = await admin.describe_consumer_groups([group])
        return len(answer.groups[0][5])
    finally:
        await admin.close()


async def test_a_member_that_stops_in_order_leaves(servers: Servers, namespace: str) -> None:
    """The broker knows it no more when it has stopped, and the other has all partitions."""
    at = (servers.kafka, servers.mongo, namespace)
    async with member(*at, "1") as stays:
        async with member(*at, "2") as goes:
            await until(lambda: said(goes), holds(PARTITIONS // 2))
        assert await members(servers, namespace) == 1
        await until(lambda: said(stays), holds(PARTITIONS))
    assert await members(servers, namespace) == 0


async def test_the_successor_of_a_member_that_was_killed_goes_on_and_nobody_else_notices(
    servers: Servers, namespace: str, tmp_path: Path
) -> None:
    """Under the same name it has the same partitions; from the other none is taken meanwhile."""
    at = (servers.kafka, servers.mongo, namespace)
    async with member(*at, "1") as stays:
        command = [sys.executable, "-m", "tests.services.kit.member", *at, "2"]
        killed = await Process.start("member", command, log=tmp_path / "member.log")
        await until(lambda: written(killed), lambda lines: lines[-1:] == [str(PARTITIONS // 2)], 60)
        await until(lambda: said(stays), holds(PARTITIONS // 2))
        kept, taken = set(stays.partitions), stays.taken
        os.killpg(killed.pid, signal.SIGKILL)
        await killed.ended()
        assert await members(servers, namespace) == 2
        async with member(*at, "2") as successor:
            await until(lambda: said(successor), holds(PARTITIONS // 2))
            assert (stays.partitions, stays.taken) == (kept, taken)
            assert successor.partitions | kept == set(range(PARTITIONS))


async def said(holding: Holding) -> Holding:
    """What a member remembers now."""
    return holding


async def written(process: Process) -> list[str]:
    """What a process has written."""
    return process.last_lines(1)
