"""HTTP in, JSON out: how many would be told if milestones moved. Counts only: who listens is never public."""

import asyncio
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas.names import Department, MilestoneName, PlanName
from schemas.states import MoneyAtRisk
from schemas.topics import milestone_key
from schemas.visibility import may_see_plan
from services.alerting.domain import levels
from services.alerting.domain.reach import FORETOLD, Known, Move, keys_of, reach
from services.alerting.store import Store
from services.kit.http import Bounded
from services.kit.identity import Identities

MOST_MOVED = 5_000


def _named(money: MoneyAtRisk) -> MoneyAtRisk:
    if not money.funds:
        raise ValueError("name the funds that are at risk; of none, say null")
    return money


class Moving(BaseModel):
    """A milestone that would move; `days` later, negative for earlier, left out where that is not known.

    `money_at_risk` is as the what-if answers it; left out, it is as it was.
    """

    model_config = ConfigDict(extra="forbid")

    plan: PlanName
    milestone: MilestoneName
    department: Department | None = Field(None, description="not needed: a milestone is named under its department")
    days: Annotated[int, Field(ge=-4_000_000, le=4_000_000)] | None = None
    money_at_risk: Annotated[MoneyAtRisk, AfterValidator(_named)] | None = None

    def move(self) -> Move:
        """As reach is asked of it."""
        said = self.model_dump(include={"plan", "milestone", "days", "money_at_risk"}, exclude_unset=True)
        return Move.model_validate(said)


class Asked(BaseModel):
    """Milestones that would move."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"moved": [{"plan": "dluhc/towns-fund", "milestone": "dft/rail-2", "days": 30}]}]
        },
    )

    moved: Annotated[tuple[Moving, ...], Field(max_length=MOST_MOVED)]


@dataclass(frozen=True)
class ReachApi:
    """The door for reach."""

    store: Store
    identities: Identities
    clock: Callable[[], dt.datetime]

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(tags=["alerting"], prefix="/api/alerting", route_class=Bounded)
        router.add_api_route("/reach", self.reach, methods=["POST"])
        return router

    async def reach(self, request: Request, asked: Asked) -> dict[str, Any]:
        """How many subscribers would be told if these milestones moved; for anybody with a key.

        Milestones of plans that the caller may not see are passed over. `departments` is how many own a milestone that
        moves; `unreachable` names those of which nobody with a confirmed address listens.
        """
        who = await self.identities.of(request)
        plans = await self.store.states.plans({one.plan for one in asked.moved})
        moves = [one.move() for one in asked.moved if may_see_plan(plans.get(one.plan), who.departments)]
        states = await self.store.states.milestones({milestone_key(move.plan, move.milestone) for move in moves})
        keys = [key for state in states.values() for key in levels.keys_of(state, FORETOLD)]
        known = Known(states, await self.store.alerts.find(keys), plans)
        listening = await self.store.subscriptions.listening({key for move in moves for key in keys_of(move, known)})
        said = await self.store.subscriptions.said(listening)
        found = await asyncio.to_thread(reach, moves, known, listening, said, self.clock())
        return {
            "subscribers": found.subscribers,
            "departments": len(found.departments),
            "unreachable": found.unreachable,
        }
