"""Plan-tracking that cannot fold some plans while a file (POISON) is there: those whose name ends with SUFFIX."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from services.kit.serve import main
from services.plan_tracking.app import build
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.stream import changes
from tests.faults.driver import System, system

POISON, SUFFIX = "POISON", "-03"
MODULE = "tests.faults.controls.poison"


def install(path: Path) -> None:
    """Puts the poison into the running process."""
    fold = changes.fold  # type: ignore[attr-defined]

    def poisoned(loaded: Any, entries: Any) -> Any:
        if loaded.plan.name.endswith(SUFFIX) and path.exists():
            raise ValueError("this plan cannot be folded")
        return fold(loaded, entries)

    changes.fold = poisoned  # type: ignore[attr-defined]


@contextlib.asynccontextmanager
async def poisoned(directory: Path, replicas: int) -> AsyncIterator[System]:
    """A system whose plan-tracking is so."""
    settings = {POISON: str(directory / "poison")}
    programs = {f"plan_tracking.{n}": (MODULE, settings) for n in range(1, replicas + 1)}
    async with system(directory, replicas, programs, settings) as made:
        yield made


if __name__ == "__main__":
    install(Path(os.environ[POISON]))
    settings = PlanTrackingSettings()
    main("plan-tracking", settings, lambda: build(settings))
