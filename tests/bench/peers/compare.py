"""The same by the tools that its users would take: the drain by naive FastStream with motor, Quix Streams and Faust,
ingest by aiohttp that appends to Kafka and judges nothing.

`python -m tests.bench peers`, by hand. Each peer's environment is made once, under PEERS (default `.local/peers`).
"""

import datetime as dt
import os
import secrets
import sys
import venv
from pathlib import Path

from deploy.local.process import output
from services.kit.topics import ensure_topics
from tests.bench import ingest
from tests.bench.drain import fill, prefilled
from tests.bench.measure import Row, Spent, table, told
from tests.bench.workload import Size, Story
from tests.servers import Servers

NEEDS = {"naive": (), "quix": ("quixstreams[mongodb]==3.28.1",), "faust_app": ("faust-streaming==0.15.3", "motor")}
"""What the environment of each peer of the drain holds; nothing: this project's own."""


async def report(servers: Servers, size: Size, rounds: int, directory: Path) -> str:
    """A table for each peer of the drain, and of ingest."""
    pythons = {peer: await _environment(peer, needs) for peer, needs in NEEDS.items()}
    spent: dict[str, list[tuple[Spent, Spent]]] = {peer: [] for peer in pythons}
    for _ in range(rounds):
        ours = await _ours(servers, size, directory)
        for peer, python in pythons.items():
            spent[peer].append((await _theirs(servers, size, peer, python), ours))
    drains = (_table(peer, size, found) for peer, found in spent.items())
    return "\n\n".join((*drains, await doors(servers, size, rounds, directory)))


async def doors(servers: Servers, size: Size, rounds: int, directory: Path) -> str:
    """A table for each load of ingest, against the bare door; in `report`, and by itself."""
    python = await _environment("bare", ("aiohttp==3.13.2", "aiokafka==0.14.0"))
    bare = ingest.Other("aiohttp", "tests.bench.peers.bare", python=str(python))
    return await ingest.report(servers, size, rounds, directory, bare)


async def _environment(peer: str, needs: tuple[str, ...]) -> Path:
    if not needs:
        return Path(sys.executable)
    home = Path(os.environ.get("PEERS", ".local/peers")).resolve() / peer
    if not (made := home / "made").exists():
        venv.create(home, with_pip=True)
        await output("pip", [str(home / "bin/python"), "-m", "pip", "install", "--quiet", *needs])
        made.touch()
    return home / "bin/python"


async def _ours(servers: Servers, size: Size, directory: Path) -> Spent:
    async with prefilled(servers, size, directory) as drain:
        return (await drain.run())[1]


async def _theirs(servers: Servers, size: Size, peer: str, python: Path) -> Spent:
    namespace = f"bench-{peer}-{secrets.token_hex(3)}"
    await ensure_topics(servers.kafka, namespace)
    await fill(servers.kafka, namespace, Story(size, dt.datetime.now(dt.UTC)).accepted())
    env = {"MILEPOST_KAFKA": servers.kafka, "MILEPOST_MONGO": servers.mongo}
    command = [str(python), "-m", f"tests.bench.peers.{peer}", namespace, str(size.events)]
    return told(await output(peer, command, env=env))


def _table(peer: str, size: Size, found: list[tuple[Spent, Spent]]) -> str:
    theirs, ours = [one for one, _ in found], [one for _, one in found]
    title = f"the same {size.events:,} events by {peer}, {len(found)} rounds; ratio = {peer} / ours"
    rows = [
        Row("wall, s", [one.wall for one in theirs], [one.wall for one in ours]),
        Row("CPU, s", [one.cpu for one in theirs], [one.cpu for one in ours]),
    ]
    return table(title, peer, rows)
