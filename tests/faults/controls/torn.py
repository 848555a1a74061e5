"""Plan-tracking whose cursor is not stored with the state: a control of *plans equal a fold*.

While a file (HALT) is there it cannot fold the plans whose name ends with SUFFIX either, and calls none of them stuck:
a control of *lag is gone in time*.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from services.kit.mongo import Session, transaction
from services.kit.serve import main
from services.plan_tracking.app import build
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.stream import batch
from services.plan_tracking.stream.batch import PlanTracking
from tests.faults.controls import poison

HALT = "HALT"
SECONDS = 0.7
"""How much later the state is stored."""


def torn(gap: Path) -> Callable[..., Awaitable[None]]:
    """`PlanTracking._write`, in two transactions; the file is there while the first is done and the second is not.

    Where a batch is cut, its records are read again: nothing would be lost there.
    """

    async def write(work: PlanTracking, documents: Mapping[str, Any], notes: Any, moves: Any) -> None:
        async def cursors(session: Session) -> None:
            await work.store.cursors.advance(session, moves)

        async def state(session: Session) -> None:
            await work.store.write(session, documents, notes, known_history=True)

        await transaction(work.store.client, cursors)
        if documents and any(to.next > at.next for at, to in moves.values()):
            gap.touch()
            await asyncio.sleep(SECONDS)
            gap.unlink(missing_ok=True)
        await transaction(work.store.client, state)

    return write


def gap_of(halt: Path) -> Path:
    """The file that says that a kill would tear."""
    return halt.with_suffix(".gap")


def install(halt: Path) -> None:
    """Takes the protections out of the running process."""
    of_a_plan = batch.of_a_plan
    PlanTracking._write = torn(gap_of(halt))  # type: ignore[method-assign, assignment]
    batch.MOST_ATTEMPTS = sys.maxsize
    batch.of_a_plan = lambda error: of_a_plan(error) and not halt.exists()
    poison.install(halt)


if __name__ == "__main__":
    install(Path(os.environ[HALT]))
    settings = PlanTrackingSettings()
    main("plan-tracking", settings, lambda: build(settings))
