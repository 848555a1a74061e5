"""Plans as they were known at a moment, and what their records moved: folded from the record, and kept for a while."""

import asyncio
import datetime as dt
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.states import PlanState
from services.kit.http import Problem
from services.plan_tracking.domain.keys import fact_keys, keys_of, plan_keys
from services.plan_tracking.domain.known import Known, by_then, end_of, known
from services.plan_tracking.domain.moves import Moved, moved_by
from services.plan_tracking.domain.replay import Replay
from services.plan_tracking.store import LAST, Store

MOST_KEPT, MOST_KEYS = 20_000, 1_000_000
"""How many milestones and facts are kept of whole plans, and how many keys of outlines."""
MOST_SUBJECTS = 50_000
"""Milestones and facts of a plan that is folded for whoever asks, of however many records: 4 KB each, meanwhile."""
FRESH = 10.0
"""Seconds for which a plan on hold is answered without a look at what has come since."""

Value = TypeVar("Value")
Of = tuple[str, dt.datetime]


@dataclass(slots=True)
class _Kept(Generic[Value]):
    """Nothing up to the offset `checked`, but what is in the value, was accepted by its moment; when that was seen."""

    value: Value
    checked: int
    looked: float


class _Recent(Generic[Value]):
    """Values by plan and moment, so many by weight; the least recently used goes first."""

    def __init__(self, store: Store, most: int, weigh: Callable[[Value], int]) -> None:
        self._store, self._most, self._weigh, self._weight = store, most, weigh, 0
        self._kept: OrderedDict[Of, _Kept[Value]] = OrderedDict()

    async def get(self, of: Of, fresh: float) -> Value | None:
        """The value, unless something else turns up that was accepted by the moment.

        So late that cannot be but for records that are still on their way, and it costs a look at the few that are new.
        """
        kept = self._kept.get(of)
        if kept is None or not (time.monotonic() - kept.looked < fresh or await self._still(of, kept)):
            return None
        if of in self._kept:
            self._kept.move_to_end(of)
        return kept.value

    async def _still(self, of: Of, kept: _Kept[Value]) -> bool:
        looked = time.monotonic()
        for offset, accepted in await self._store.accepted(of[0], kept.checked):
            if accepted <= of[1]:
                self._forget(of)
                return False
            kept.checked = offset
        kept.looked = looked
        return True

    def keep(self, of: Of, value: Value, checked: int, looked: float) -> None:
        """Keeps a value that was made of everything up to an offset."""
        self._forget(of)
        self._kept[of] = _Kept(value, checked, looked)
        self._weight += self._weigh(value)
        while self._weight > self._most and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))

    def _forget(self, of: Of) -> None:
        if of in self._kept:
            self._weight -= self._weigh(self._kept.pop(of).value)


@dataclass(frozen=True, slots=True)
class Outline:
    """A plan as it was known, its keys, and those of all its milestones and facts."""

    plan: PlanState
    plan_keys: frozenset[str]
    keys: frozenset[str]


class Past:
    """Folds plans on demand, one at a time and beside the event loop, a slice of their record in memory at a time.

    Whole plans are kept for few, outlines for many: these spare a reader the folds of plans that do not matter.
    """

    def __init__(self, store: Store, most_kept: int = MOST_KEPT, most_subjects: int = MOST_SUBJECTS) -> None:
        self._store, self._most_subjects, self._one_fold = store, most_subjects, asyncio.Lock()
        self._known = _Recent[Known](store, most_kept, lambda known: 1 + len(known.milestones) + len(known.facts))
        self._outlines = _Recent[Outline](store, MOST_KEYS, lambda outline: 1 + len(outline.keys))

    async def known(self, plan: str, moment: dt.datetime) -> Known:
        """The plan as it was known at the moment; its version is -1 when nothing was.

        Raises a 422 problem when it has more than `most_subjects` milestones and facts.
        """
        return await self._known_at((plan, moment), 0, self._most_subjects)

    async def held(self, plan: str, day: dt.date) -> Known:
        """The plan as it was known at the end of a day that is over, in London; whatever its size."""
        return await self._known_at((plan, end_of(day)), FRESH, None)

    async def outline(self, plan: str, day: dt.date) -> Outline:
        """The same in outline; its state says that the plan is on hold as of that day."""
        of = plan, end_of(day)
        if found := await self._outlines.get(of, FRESH):
            return found
        made = _outline(await self.held(plan, day), day)
        self._outlines.keep(of, made, made.plan.version, time.monotonic())
        return made

    async def _known_at(self, of: Of, fresh: float, most: int | None) -> Known:
        if kept := await self._known.get(of, fresh):
            return kept
        async with self._one_fold:  # whoever held it may have been asked the same
            return await self._known.get(of, fresh) or await self._fold(of, most)

    async def _fold(self, of: Of, most: int | None) -> Known:
        plan, moment = of
        replay, last, looked = Replay(plan), -1, time.monotonic()
        async for some in self._store.record(plan):
            await asyncio.to_thread(replay.fold_on, by_then(some, moment))
            _bounded(replay, most)
            last = some[-1].offset if some else last
        made = await asyncio.to_thread(known, replay, moment)
        self._known.keep(of, made, last, looked)
        return made

    async def moved(self, plan: str, offsets: Collection[int]) -> dict[int, Moved]:
        """What the records of the plan at these offsets moved; raises a 422 problem like `known`."""
        wanted, found, replay = frozenset(offsets), dict[int, Moved](), Replay(plan)
        async with self._one_fold:
            async for some in self._store.record(plan, max(wanted, default=LAST)):
                found |= await asyncio.to_thread(moved_by, replay, some, wanted)
                _bounded(replay, self._most_subjects)
        return found


def _bounded(replay: Replay, most: int | None) -> None:
    if most is not None and len(replay.subjects) > most:
        plan = replay.loaded.plan.name
        said = f"{plan}: it had more than {most:,} milestones and facts by then; download its history whole instead"
        raise Problem(422, "The plan is too large", said)


def _outline(known: Known, day: dt.date) -> Outline:
    plan = known.plan.model_copy(update={"hold": day})
    keys = {key for state in known.milestones.values() for key in keys_of(state)}
    keys |= {key for fact in known.facts for key in fact_keys(plan.plan, fact.name)}
    return Outline(plan, frozenset(plan_keys(plan.model_dump(mode="json"))), frozenset(keys))
