"""`python -m tests.bench [NAME ...]`: benchmarks, on their own servers; all of REPORTS, or those named.

ROUNDS, EVENTS, PLANS and MILESTONES change their size; KAFKA and MONGO (both) name servers to be used instead:
a drain leaves its databases there, called bench-*. SMALL and LARGE are the numbers of milestones that
`growth` compares; HOME_PLANS of how many plans `pages` shows the first page.
"""

import asyncio
import contextlib
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from deploy.local import stack
from deploy.local.ports import HOST, Ports, free_base
from tests.bench import drain, growth, ingest, latency, memory, pages, start, telling
from tests.bench.peers import compare
from tests.bench.workload import Size
from tests.servers import Servers

REPORTS = {
    "drain": drain.report,
    "ingest": ingest.report,
    "telling": telling.report,
    "latency": latency.report,
    "growth": growth.report,
    "start": start.report,
    "pages": pages.report,
}
BY_HAND = {"peers": compare.report, "doors": compare.doors, "memory": memory.report}
"""Asked for by name: what makes environments of its own, and what takes long."""
NOTE = (
    "Rounds of both sides alternate on the same servers. Only the ratios mean anything: absolute figures are this "
    "machine's, under whatever else it was doing."
)


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


@contextlib.asynccontextmanager
async def _servers(directory: Path) -> AsyncIterator[Servers]:
    if "KAFKA" in os.environ and "MONGO" in os.environ:
        yield Servers(os.environ["KAFKA"], os.environ["MONGO"])
        return
    ports = Ports.from_base(free_base())
    async with stack.running(stack.servers(directory, ports)):
        yield Servers(f"{HOST}:{ports.kafka}", f"mongodb://{HOST}:{ports.store}")


async def _main(wanted: list[str]) -> None:
    size, rounds = Size(_number("EVENTS", 8000), _number("PLANS", 40), _number("MILESTONES", 50)), _number("ROUNDS", 5)
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as name:
        directory = Path(name)
        async with _servers(directory) as servers:
            for one in wanted:
                sys.stdout.write(await (REPORTS | BY_HAND)[one](servers, size, rounds, directory) + "\n\n")
                sys.stdout.flush()
    sys.stdout.write(NOTE + "\n")


if __name__ == "__main__":
    chosen = sys.argv[1:] or list(REPORTS)
    known = REPORTS | BY_HAND
    if unknown := set(chosen) - set(known):
        sys.exit(f"no benchmark is called {', '.join(sorted(unknown))}: choose from {', '.join(known)}")
    logging.basicConfig(level=logging.ERROR)  # of fresh topics' leaders aiokafka has much to say
    asyncio.run(_main(chosen))
