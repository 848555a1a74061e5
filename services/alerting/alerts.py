"""HTTP in, JSON out: the alerts that hold now, one alert's life, and what offices answer to them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from schemas.alerts import SYMPTOMS, Rule, alert_key
from schemas.names import Department, MilestoneName, PlanName
from schemas.visibility import is_held, may_see_said
from services.alerting.answering import Answering, Speaker, Wish
from services.alerting.current import Reading
from services.alerting.domain.answers import Answer, Scope
from services.alerting.domain.model import Moment
from services.alerting.domain.view import View
from services.alerting.store import Store
from services.kit.http import Bounded
from services.kit.identity import Identities
from services.kit.words import london_day


@dataclass(frozen=True)
class AlertsApi:
    """The JSON doors of alerts."""

    store: Store
    identities: Identities
    reading: Reading
    answering: Answering
    clock: Callable[[], dt.datetime]

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["alerting"], prefix="/api/alerting", route_class=Bounded)
        router.add_api_route("/alerts", self.alerts)
        router.add_api_route("/alerts/life", self.life)
        router.add_api_route("/answers", self.answer, methods=["POST"], status_code=201)
        router.add_api_route("/answers", self.answers)
        router.add_api_route("/answers/{identifier}", self.end, methods=["DELETE"], status_code=204)
        return router

    async def alerts(
        self,
        request: Request,
        plan: Annotated[PlanName, Query()],
        milestone: Annotated[MilestoneName | None, Query()] = None,
        department: Annotated[Department | None, Query()] = None,
        rule: Annotated[Rule | None, Query()] = None,
    ) -> dict[str, Any]:
        """The alerts that hold in a plan now, the greatest first; of a plan that is not public, to its readers.

        They can be narrowed to a milestone, to a department's, and to a rule. To whom a publication hold keeps the
        present from, there are none, and `hold` is its date.
        """
        who = await self.identities.claimed(request)
        found = await self.reading.of(Scope(plan, milestone or "", department or "", rule), who.departments)
        return {"alerts": [found.shown(kept) for kept in found.alerts], "hold": found.hold}

    async def life(
        self,
        request: Request,
        plan: Annotated[PlanName, Query()],
        rule: Annotated[Rule, Query()],
        about: Annotated[str, Query(max_length=300)] = "",
    ) -> dict[str, Any]:
        """One alert's life, over or not: `about` is a milestone, a department, or empty for the plan as a whole."""
        who = await self.identities.claimed(request)
        current, kept = await self.reading.life(alert_key(plan, about, SYMPTOMS[rule]), who.departments)
        return {"alert": current.shown(kept), "life": [_moment(one, current.view) for one in kept.life]}

    async def answer(self, request: Request, wish: Wish) -> JSONResponse:
        """Acknowledges or silences alerts that the caller owns or subscribes to; of a plan as a whole, its lead only.

        It quietens the caller's own subscriptions and nobody else's. What is acknowledged is told again once it is
        worse; what is silenced is told when the silence is over, if it still holds.
        """
        departments = (await self.identities.of(request)).departments
        mine = await self.store.subscriptions.owned(departments)
        made = await self.answering.answer(wish, Speaker(departments, mine))
        return JSONResponse(_shown(made), 201)

    async def answers(self, request: Request, plan: Annotated[PlanName, Query()]) -> dict[str, Any]:
        """What offices have answered in a plan and what still holds, the latest last."""
        who, today = await self.identities.claimed(request), london_day(self.clock())
        state = await self.reading.plan(plan, who.departments)
        found = [] if is_held(state, who.departments, today) else await self.store.answers.of([plan], today)
        named = [a for a in found if not a.scope.milestone or may_see_said(state, a.scope.milestone, who.departments)]
        return {"answers": [_shown(one) for one in named]}

    async def end(self, request: Request, identifier: str) -> Response:
        """Ends an answer of the caller's office before its time."""
        await self.answering.end(identifier, (await self.identities.of(request)).departments)
        return Response(status_code=204)


def _shown(answer: Answer) -> dict[str, Any]:
    scope = answer.scope
    of = {"plan": scope.plan, "milestone": scope.milestone, "department": scope.department, "rule": scope.rule}
    return {
        "id": answer.id,
        **{name: value for name, value in of.items() if value},
        **answer.shown().model_dump(mode="json"),
    }


def _moment(moment: Moment, view: View) -> dict[str, Any]:
    return {
        "at": moment.at.isoformat(),
        "rule": moment.rule,
        "days": moment.days,
        "cause": view.shown(moment.cause).model_dump(),
        "ended": moment.ended,
        "answer": moment.answer.model_dump(mode="json") if moment.answer else None,
        "escalated": moment.escalated,
    }
