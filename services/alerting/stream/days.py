"""The clock: alerts that begin or grow because a day has passed in London, with no state arriving."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schemas.states import MilestoneState
from services.alerting.domain.model import KeptAlert
from services.alerting.store import SLICE, Store
from services.alerting.stream.announce import Announcements
from services.alerting.stream.changes import retake
from services.kit.kafka import partition_of
from services.kit.mongo import Session
from services.kit.words import london_day


@dataclass
class Days:
    """Judges once a day, for the partitions that are ours, every milestone whose own date has passed."""

    store: Store
    announcements: Announcements
    clock: Callable[[], dt.datetime]
    judged: tuple[dt.date, frozenset[int]] | None = None

    async def step(self) -> None:
        """Judges, unless this day has been judged for these partitions; announces what a failure left."""
        await self.announcements.announce_left()
        now, owned = self.clock(), self.announcements.owned
        if self.judged == (london_day(now), owned) or not owned:
            return
        passed = [s for s in await self.store.passed(london_day(now)) if partition_of(s.plan) in owned]
        for start in range(0, len(passed), SLICE):
            await self._judge(passed[start : start + SLICE], now)
        self.judged = london_day(now), owned

    async def _judge(self, states: Sequence[MilestoneState], now: dt.datetime) -> None:
        async def work(session: Session) -> list[KeptAlert]:
            return await retake(self.store, session, states, now)

        await self.announcements.commit(work)
