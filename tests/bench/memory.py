"""What ingest holds while a million events go through it: its resident memory as it goes on.

`python -m tests.bench memory`, by hand; MEMORY_EVENTS is how many events are sent, in batches of 100.
"""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

from tests.bench import ingest
from tests.bench.measure import resident
from tests.bench.workload import Size, Story
from tests.servers import Servers

EVENTS = int(os.environ.get("MEMORY_EVENTS", "1000000"))
PARTS = 50
"""After each of so many parts its memory is read."""
MEGABYTE = 1e6


async def report(servers: Servers, size: Size, rounds: int, directory: Path) -> str:
    """The memory after the first tenth, at the end, and at its most."""
    async with ingest.running(servers, directory) as ingests:
        held = []
        for load in _loads(size, directory / "events"):
            await ingests.post(ingests.ours, load)
            held.append(resident(ingests.ours.process.pid))
    return _said(held)


def _loads(size: Size, bodies: Path) -> Iterator[ingest.Load]:
    """The parts, one after another in the same file: returns about the same plans, each event with an id of its own."""
    story, each = Story(size, dt.datetime.now(dt.UTC)), EVENTS // PARTS
    for _ in range(PARTS):
        yield ingest.batches(story.moves(story.plans, each), bodies)


def _said(held: list[int]) -> str:
    early, end, most = held[PARTS // 10 - 1], held[-1], max(held)
    return "\n".join(
        (
            f"memory of ingest, {EVENTS:,} events in batches of {ingest.OF_A_BATCH}, resident MB",
            f"after the first tenth {early / MEGABYTE:.1f}, at the end {end / MEGABYTE:.1f}, "
            f"at most {most / MEGABYTE:.1f}; end / first tenth = {end / early:.3f}",
        )
    )
