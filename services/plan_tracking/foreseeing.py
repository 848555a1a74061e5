"""Foreseeing: loads the plans that a change would reach, one after another, and tries it on them; writes nothing."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from schemas.topics import milestone_key
from services.kit.http import Problem
from services.plan_tracking.domain.fold import london_day
from services.plan_tracking.domain.model import Plan
from services.plan_tracking.domain.network import Moves
from services.plan_tracking.domain.schedule import Port
from services.plan_tracking.domain.what_if import Moved, Tried, as_it_is, moved, reports, tried, words
from services.plan_tracking.store import Store, milestone_of
from services.plan_tracking.what_if import Asked, Foreseen, View

MOST_STEPS = 1_000
"""How often a plan is tried in all: a change that goes on and on is refused, not followed for ever."""


class Foreseeing:
    """Foresees what follows from changes to one plan, in every plan that they reach."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def answer(self, plan: Plan, asked: Asked, who: Collection[str], now: dt.datetime) -> dict[str, Any]:
        """The answer to a reader who speaks for these departments. Raises a 409 problem when the plan is stuck."""
        if plan.stuck:
            said = f"{plan.name}: newer records could not be worked on; ask again later"
            raise Problem(409, "The plan is stuck", said)
        rows = {change.milestone: change for change in asked.changes}
        stored = await self._store.milestones(plan.name, rows)
        subjects = {name: one.milestone for name, one in stored.items()}
        moves, superseded = words(subjects, reports(plan.name, rows, asked.time or now, now))
        plans = await self._try(plan, moves, london_day(now))
        found = moved(plans.values(), frozenset(milestone_key(plan.name, name) for name in rows))
        foreseen = await self._foreseen(plans[plan.name], found, superseded, rows)
        return View(foreseen, who, {name: change.title for name, change in rows.items()}).answer()

    async def _try(self, plan: Plan, moves: Moves, day: int) -> dict[str, Tried]:
        """Every plan that the moves reach, as it would be; raises a 409 problem when they do not come to rest."""
        plans = {plan.name: as_it_is(plan, await self._store.moves(plan.name), day)}
        todo: dict[str, Moves] = {plan.name: moves}
        for _ in range(MOST_STEPS):
            if not todo:
                return plans
            name, next_moves = todo.popitem()
            plans[name], heard = tried(plans[name], next_moves)
            await self._load(plans, heard, day)
            for other, ports in heard.items():
                if other in plans:
                    todo[other] = _more(todo.get(other, Moves()), ports)
        raise Problem(409, "No end to it", "the change goes round between plans: wait until their cycle is cut")

    async def _load(self, plans: dict[str, Tried], wanted: Iterable[str], day: int) -> None:
        """Reads plans that are not there yet; one that is stuck keeps what it has, and is passed over."""
        fresh = [name for name in wanted if name not in plans]
        for name, (plan, _) in (await self._store.plans(fresh)).items() if fresh else ():
            if not plan.stuck:
                plans[name] = as_it_is(plan, await self._store.moves(name), day)

    async def _foreseen(
        self, asked: Tried, found: list[Moved], superseded: dict[str, list[str]], named: Iterable[str]
    ) -> Foreseen:
        """With the present states of whatever is named, for the reader's view to be judged by."""
        keys = {milestone_key(one.plan, one.milestone) for one in found} | {step for one in found for step in one.path}
        keys |= {milestone_key(asked.plan.name, name) for name in named}
        by_plan: dict[str, list[str]] = {}
        for plan, _, name in (key.partition("|") for key in keys):
            by_plan.setdefault(plan, []).append(name)
        stored = [
            one for plan, names in by_plan.items() for one in (await self._store.milestones(plan, names)).values()
        ]
        states = {milestone_key(one.plan, one.milestone): one for one in map(milestone_of, stored)}
        return Foreseen(asked, found, superseded, states, await self._store.states_of(by_plan))


def _more(moves: Moves, ports: dict[str, Port]) -> Moves:
    return replace(moves, ports={**moves.ports, **ports})
