"""Announcing: what ingest alone knows of a department, said whenever it has changed."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from schemas.departments import DepartmentState
from services.ingest.senders.departments import DepartmentLog
from services.ingest.store.rejections import RejectionStore
from services.kit.logs import logger
from services.kit.words import london_day

log = logger(__name__)

EVERY_SECONDS = 2.0
"""However much is refused meanwhile, a department is counted once in that time."""


@dataclass(frozen=True, slots=True)
class Announcing:
    """Works off the notes of departments; several replicas may, for a state announced twice is one to its readers.

    `link` is the page of what was refused.
    """

    rejections: RejectionStore
    states: DepartmentLog
    link: str
    clock: Callable[[], dt.datetime]

    async def run(self) -> None:
        """Every EVERY_SECONDS until cancelled; what fails is done the next time."""
        while True:
            try:
                await self.step()
            except Exception as error:
                log.warning("states of departments not announced", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(EVERY_SECONDS)

    async def step(self) -> None:
        """Announces whatever has changed, each as it is counted after its note was read, so that nothing is missed."""
        departments = self.rejections.departments
        await departments.count_again(london_day(self.clock()))
        for name, version in (await departments.left()).items():
            await self.states.announce(await self._state(name, version), self.clock())
            await departments.announced(name, version)

    async def _state(self, name: str, version: int) -> DepartmentState:
        found = await self.rejections.waiting(name)
        return DepartmentState(
            department=name,
            version=version,
            refused=sum(found.fields.values()),
            since=found.since,
            newest=found.newest,
            fields=dict(sorted(found.fields.items())),
            link=self.link,
        )
