"""Plans as they were known at a moment, and what their records moved: folded from the record, and kept for a while."""

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass

from services.kit.http import Problem
from services.plan_tracking.domain.known import Known, known_on
from services.plan_tracking.domain.moves import Moved, moved
from services.plan_tracking.store import Store

MOST_MILESTONES = 10_000
"""Milestones of all plans that are kept."""
MOST_RECORDS = 50_000
"""Records of a plan whose history is folded for a reader: all in memory for as long as that takes, 3 KB each."""


@dataclass(slots=True)
class _Kept:
    """A plan as known at a moment; nothing up to the offset `checked`, but what is folded in, was accepted by then."""

    known: Known
    checked: int


class Memory:
    """Folds plans on demand, one at a time and beside the event loop; those used last are kept."""

    def __init__(self, store: Store, most: int = MOST_MILESTONES) -> None:
        self._store, self._most, self._one_fold = store, most, asyncio.Lock()
        self._kept: OrderedDict[tuple[str, dt.datetime], _Kept] = OrderedDict()

    async def known(self, plan: str, moment: dt.datetime) -> Known:
        """The plan as it was known at the moment; its version is -1 when nothing was.

        What is kept is answered as long as nothing else turns up that was accepted by then: so late it cannot be but
        for records that are still on their way, and it costs one look at the few that are new.
        """
        key = (plan, moment)
        if kept := await self._still(key):
            return kept
        async with self._one_fold:
            return await self._still(key) or await self._fold(key)

    async def _still(self, key: tuple[str, dt.datetime]) -> Known | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        for offset, accepted in await self._store.accepted(key[0], kept.checked):
            if accepted <= key[1]:
                self._kept.pop(key, None)
                return None
            kept.checked = offset
        if key in self._kept:
            self._kept.move_to_end(key)
        return kept.known

    async def _fold(self, key: tuple[str, dt.datetime]) -> Known:
        plan, moment = key
        record = await self._store.record(plan, MOST_RECORDS + 1)
        _bounded(plan, len(record))
        known = await asyncio.to_thread(known_on, plan, record, moment)
        self._kept[key] = _Kept(known, record[-1].offset if record else -1)
        while len(self._kept) > 1 and sum(len(one.known.milestones) for one in self._kept.values()) > self._most:
            self._kept.popitem(last=False)
        return known

    async def moved(self, plan: str, offsets: Collection[int]) -> dict[int, Moved]:
        """What the records of the plan at these offsets moved."""
        async with self._one_fold:
            record = await self._store.record(plan, MOST_RECORDS + 1, max(offsets, default=-1))
            _bounded(plan, len(record))
            return await asyncio.to_thread(moved, plan, record, frozenset(offsets))


def _bounded(plan: str, records: int) -> None:
    if records > MOST_RECORDS:
        said = f"{plan}: its history has more than {MOST_RECORDS:,} records; download it whole instead"
        raise Problem(422, "The history is too long", said)
