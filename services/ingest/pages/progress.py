"""Work on a file that takes longer than a moment: it goes on by itself, and an address tells how far it is."""

import asyncio
import copy
import datetime as dt
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from services.ingest.returns.desk import Step, Tell

MOMENT = 5.0
"""Seconds that whoever sends a file waits for what it means; what takes longer has an address of its own."""

MOST_KEPT = 50
"""Outcomes that a replica keeps for whoever comes back to them: made anew from the file after that."""

Begin = Callable[[Tell], Coroutine[Any, Any, Response]]
"""The work, which tells each step that it takes."""


@dataclass(slots=True)
class Work:
    """Work on a department's file, since `begun`, to `publish` it or not; whoever asked for it may go away."""

    department: str
    file: str
    publish: bool
    begun: dt.datetime
    step: Step = "reading"
    task: asyncio.Task[Response] | None = None

    def start(self, begin: Begin) -> "Work":
        """Starts it."""
        self.task = asyncio.create_task(begin(self._tell))
        return self

    def _tell(self, step: Step) -> None:
        self.step = step

    async def within(self, seconds: float) -> Response | None:
        """Its page, as often as it is asked for, or the problem that it raises; None where it takes longer."""
        assert self.task is not None  # noqa: S101 - started where it is made
        done, _ = await asyncio.wait({self.task}, timeout=seconds)
        if not done:
            return None
        page = copy.copy(self.task.result())
        page.raw_headers = list(page.raw_headers)  # which the middleware of each answer changes
        return page


class Underway:
    """The work of this replica that has an address, by its id."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}

    def of(self, identifier: str) -> Work | None:
        """The work with this id, where it is this replica's and has not failed: that is begun anew."""
        work = self._works.get(identifier)
        failed = work and work.task and work.task.done() and (work.task.cancelled() or work.task.exception())
        return None if failed else work

    def keep(self, identifier: str, work: Work) -> Work:
        """Keeps it under this id; the oldest outcomes go."""
        done = [name for name, one in self._works.items() if one.task is None or one.task.done()]
        for name in done[: max(0, len(self._works) - MOST_KEPT + 1)]:
            del self._works[name]
        self._works[identifier] = work
        return work
