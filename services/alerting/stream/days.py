"""The clock: alerts that begin, grow or end because a day has passed in London, or because something else has moved."""

import datetime as dt
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from services.alerting.domain.model import KeptAlert
from services.alerting.domain.rules.book import RuleBook
from services.alerting.domain.rules.holds import Limits
from services.alerting.store import Store
from services.alerting.store.queries import slices
from services.alerting.stream.announce import Announcements
from services.alerting.stream.changes import Changes
from services.kit.kafka import partition_of
from services.kit.mongo import Session
from services.kit.words import london_day


async def in_force(store: Store, limits: Limits, now: dt.datetime) -> RuleBook:
    """The rules with these limits, from now on; when others judged before, every state is to be judged again."""
    judged, past = await store.facts.rules()
    rules = RuleBook(limits, past)
    if judged != rules.version:
        await store.states.wake_all(london_day(now))
        await store.facts.keep_rules(rules.version, rules.editions)
    return rules


@dataclass
class Days:
    """Judges, for the partitions that are ours, every milestone and plan that is to be judged again today."""

    store: Store
    announcements: Announcements
    rules: RuleBook
    clock: Callable[[], dt.datetime]

    async def step(self) -> None:
        """Announces what a failure left, and judges what is due."""
        await self.announcements.announce_left()
        milestones, plans = await self.store.states.woken(london_day(self.clock()))
        for some in slices(self._ours(milestones)):
            await self._judge(lambda changes, some=some: changes.retake(some))  # type: ignore[misc]
        for plan in self._ours(plans):
            await self._judge(lambda changes, plan=plan: changes.retake_plan(plan))  # type: ignore[misc]

    def _ours(self, keys: Collection[str]) -> list[str]:
        return [key for key in keys if partition_of(key.partition("|")[0]) in self.announcements.owned]

    async def _judge(self, change: Callable[[Changes], Awaitable[list[KeptAlert]]]) -> None:
        async def work(session: Session) -> list[KeptAlert]:
            return await change(Changes(self.store, session, self.rules, self.clock()))

        await self.announcements.commit(work)
