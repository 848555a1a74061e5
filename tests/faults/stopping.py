"""Plan-tracking that stops itself (SIGSTOP), once, at one step of law 2, when a record with that step's marker comes.

`STOP_AT` names the step; with `STOP_WHEN` it stops when that file is there instead. The service is the real one: only
the moment is chosen from outside.
"""

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

from services.kit import kafka
from services.kit.serve import main
from services.plan_tracking.app import build
from services.plan_tracking.settings import PlanTrackingSettings
from services.plan_tracking.store import Store
from services.plan_tracking.stream.batch import PlanTracking

Step = Literal["before-transaction", "inside-transaction", "before-announcement", "inside-announcement"]
STEPS: tuple[Step, ...] = ("before-transaction", "inside-transaction", "before-announcement", "inside-announcement")

Method = Callable[..., Awaitable[Any]]


def marker(step: str) -> str:
    """How the id of an event begins at which the process stops."""
    return f"stop-{step}-"


class Marker:
    """Whether a record with the marker of a step has come."""

    def __init__(self, step: str) -> None:
        self._marker, self._come = marker(step).encode(), False

    def hears(self, batch: Method) -> Method:
        """`PlanTracking.batch`, which notes when the marker is in it."""

        async def heard(work: PlanTracking, records: Any, cursors: Any) -> Any:
            values = [record.value or b"" for rows in records.values() for record in rows]
            self._come = self._come or any(self._marker in value for value in values)
            return await batch(work, records, cursors)

        return heard

    def come(self) -> bool:
        """Whether it has."""
        return self._come


class Stopping:
    """Stops the process at the first step at which it may; never again."""

    def __init__(self, may: Callable[[], bool]) -> None:
        self._may, self._done = may, False

    def before(self, step: Method) -> Method:
        """A step that is stopped before it does anything."""

        async def stopped(*arguments: Any, **named: Any) -> Any:
            self._stop()
            return await step(*arguments, **named)

        return stopped

    def after(self, step: Method) -> Method:
        """A step that is stopped when it has done its part."""

        async def stopped(*arguments: Any, **named: Any) -> Any:
            done = await step(*arguments, **named)
            self._stop()
            return done

        return stopped

    def _stop(self) -> None:
        if self._may() and not self._done:
            self._done = True
            os.kill(os.getpid(), signal.SIGSTOP)


def install(step: str, when: str | None) -> None:
    """Puts the stop into the running process: at the marker of the step, or when a file is there."""
    heard = Marker(step)
    stopping = Stopping(Path(when).exists if when else heard.come)
    PlanTracking.batch = heard.hears(PlanTracking.batch)  # type: ignore[method-assign, assignment]
    if step == "before-transaction":
        PlanTracking._commit = stopping.before(PlanTracking._commit)  # type: ignore[method-assign, assignment]
    elif step == "inside-transaction":  # MongoDB's: written, not yet committed
        Store.write = stopping.after(Store.write)  # type: ignore[method-assign, assignment]
    elif step == "before-announcement":
        PlanTracking._announce = stopping.before(PlanTracking._announce)  # type: ignore[method-assign, assignment]
    elif step == "inside-announcement":  # inside Kafka's transaction: sent, not yet committed
        kafka.send = stopping.after(kafka.send)  # type: ignore[assignment]
    else:
        raise ValueError(f"STOP_AT is {step!r}: one of {', '.join(STEPS)}")


if __name__ == "__main__":
    install(os.environ["STOP_AT"], os.environ.get("STOP_WHEN"))
    settings = PlanTrackingSettings()
    main("plan-tracking", settings, lambda: build(settings))
