"""Plans as they were known at the end of a day: folded from their record, and kept for a while."""

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.states import PlanState
from services.plan_tracking.domain.keys import fact_keys, keys_of, plan_keys
from services.plan_tracking.domain.known import Known, end_of, known_on
from services.plan_tracking.lookups import Lookups

MOST_KNOWN, MOST_KEYS = 20_000, 1_000_000
"""How many milestones and facts are kept of whole plans, and how many keys of outlines."""
SETTLED, FRESH = dt.timedelta(hours=1), dt.timedelta(seconds=10)
"""Nothing that was accepted so long ago is still on its way through Kafka; until then a plan is folded anew, but no
more often than this."""

Value = TypeVar("Value")
Of = tuple[str, dt.date]


class _Recent(Generic[Value]):
    """Values by plan and day, so many by weight; the least recently used goes first."""

    def __init__(self, most: int, weigh: Callable[[Value], int]) -> None:
        self._most, self._weigh, self._weight = most, weigh, 0
        self._kept: OrderedDict[Of, tuple[dt.datetime, Value]] = OrderedDict()

    def get(self, of: Of, now: dt.datetime) -> Value | None:
        """The value, if nothing can have come to it since it was made, or it is fresh."""
        made, value = self._kept.get(of, (now, None))
        if value is None or (made - end_of(of[1]) < SETTLED and now - made > FRESH):
            return None
        self._kept.move_to_end(of)
        return value

    def keep(self, of: Of, value: Value, now: dt.datetime) -> None:
        """Keeps a value that was made now."""
        self._forget(of)
        self._kept[of] = now, value
        self._weight += self._weigh(value)
        while self._weight > self._most and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))

    def _forget(self, of: Of) -> None:
        if of in self._kept:
            self._weight -= self._weigh(self._kept.pop(of)[1])


@dataclass(frozen=True, slots=True)
class Outline:
    """A plan as it was known, its keys, and those of all its milestones and facts."""

    plan: PlanState
    plan_keys: frozenset[str]
    keys: frozenset[str]


class Past:
    """Whole plans for few, outlines for many: with these a reader is spared the folds of plans that do not matter."""

    def __init__(self, lookups: Lookups, most_known: int = MOST_KNOWN) -> None:
        self._lookups, self._one_fold = lookups, asyncio.Lock()
        self._known = _Recent[Known](most_known, lambda known: 1 + len(known.milestones) + len(known.facts))
        self._outlines = _Recent[Outline](MOST_KEYS, lambda outline: 1 + len(outline.keys))

    async def known(self, plan: str, day: dt.date, now: dt.datetime) -> Known:
        """The plan as it was known at the end of that day, in London, which is over at `now`."""
        return self._known.get((plan, day), now) or await self._fold((plan, day), now)

    async def outline(self, plan: str, day: dt.date, now: dt.datetime) -> Outline:
        """The same in outline; its state says that the plan is on hold as of that day."""
        return self._outlines.get((plan, day), now) or _outline(await self.known(plan, day, now), day)

    async def _fold(self, of: Of, now: dt.datetime) -> Known:
        async with self._one_fold:
            if known := self._known.get(of, now):  # whoever held the lock was asked the same
                return known
            record = await self._lookups.record(of[0])
            known = await asyncio.to_thread(known_on, of[0], record, end_of(of[1]))
            self._known.keep(of, known, now)
            self._outlines.keep(of, _outline(known, of[1]), now)
            return known


def _outline(known: Known, day: dt.date) -> Outline:
    plan = known.plan.model_copy(update={"hold": day})
    keys = {key for state in known.milestones.values() for key in keys_of(state)}
    keys |= {key for fact in known.facts for key in fact_keys(plan.plan, fact.name)}
    return Outline(plan, frozenset(plan_keys(plan.model_dump(mode="json"))), frozenset(keys))
