"""HTTP in, JSON out: what would follow from changes, and what came of events."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from schemas.envelope import Source, Text
from schemas.events import LOG_RECORD
from schemas.names import owner
from services.kit.http import Bounded, Problem
from services.kit.mongo import Document
from services.plan_tracking.asking import seen
from services.plan_tracking.domain.model import Plan
from services.plan_tracking.domain.writes import writes
from services.plan_tracking.foreseeing import Foreseeing
from services.plan_tracking.store import Store
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.what_if import Asked

MOST_IDS = 1_000
"""Events that can be asked of at once."""


class Ids(BaseModel):
    """Events of one source, by id."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    ids: Annotated[tuple[Text, ...], Field(max_length=MOST_IDS)]


class PlanApi:
    """The doors to what would be, and to what came of what was said."""

    def __init__(self, viewers: Viewers) -> None:
        self._viewers, self._store, self._identities = viewers, viewers.store, viewers.identities

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["plans"], route_class=Bounded)
        router.add_api_route("/api/plans/{lead}/{slug}/what-if", self.what_if, methods=["POST"])
        router.add_api_route("/api/outcomes", self.outcomes)
        router.add_api_route("/api/outcomes", self.outcomes_of_many, methods=["POST"])
        return router

    async def outcomes(self, request: Request, source: str, id: str) -> dict[str, Any]:  # noqa: A002 - CloudEvents' word
        """What came of an event: applied, or superseded by which; one entry for each time it was accepted."""
        (await self._identities.of(request)).require(source)
        return {"outcomes": (await outcomes(self._store, source, [id]))[id]}

    async def outcomes_of_many(self, request: Request, asked: Ids) -> dict[str, Any]:
        """The same of up to 1,000 events of one source, by id; of one that is not known (yet) there is none."""
        (await self._identities.of(request)).require(asked.source)
        return {"source": asked.source, "outcomes": await outcomes(self._store, asked.source, asked.ids)}

    async def what_if(self, request: Request, lead: str, slug: str, asked: Asked) -> dict[str, Any]:
        """Who would move, how far and along which path, if this were said now; nothing is written.

        `days` is how much later than now; `hidden` counts what moves and may not be shown; `new` are milestones that
        nobody has planned; `superseded` of which something else has been said later than `time`. `money_at_risk` is
        what a milestone's state would say of the money that pays for it.
        """
        viewer = await self._viewers.of(request)
        state = await seen(viewer, f"{lead}/{slug}")
        if day := viewer.as_known_on(state):
            said = f"{state.plan}: what is known since {day} is not public yet; its lead and contributors may ask"
            raise Problem(403, "The plan is on hold", said)
        plan = await self._store.plan(state.plan)
        return await Foreseeing(self._store).answer(plan, asked, viewer.departments, viewer.clock())


async def outcomes(store: Store, source: str, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What came of the events with these ids, by id: one outcome for each time it was accepted."""
    said = await store.said(source, ids)
    plans = await store.plans({doc["plan"] for doc in said})
    registers = await store.registers({doc["about"] for doc in said})
    found: dict[str, list[dict[str, Any]]] = {identifier: [] for identifier in ids}
    for doc in said:
        plan = plans[doc["plan"]][0] if doc["plan"] in plans else Plan(doc["plan"])
        found[doc["id"]].append(outcome(doc, plan, registers.get(doc["about"], {})))
    return found


def outcome(document: Document, plan: Plan, registers: Mapping[str, list[Any]]) -> dict[str, Any]:
    """What came of one accepted record; `registers` (packed) are of what it is about.

    *waiting*: its department has not been listed by the plan's lead; else *applied* while a register that it wrote
    holds its stamp; else *superseded* by the records that hold them.
    """
    about = document["about"].partition("|")[2]
    written = [name for name in writes(LOG_RECORD.validate_python(document["event"])) if name in registers]
    stamps = {name: registers[name][1:] for name in sorted(written)}
    held = [name for name, at in stamps.items() if at == document["stamp"]]
    listed = plan.listed(owner(about.rpartition("|")[2] or plan.name))
    return {
        "outcome": ("applied" if held or not written else "superseded") if listed else "waiting",
        "plan": plan.name,
        "about": about or None,
        "acceptedtime": document["event"]["acceptedtime"],
        "holds": held,
        "superseded_by": [{"register": n, "source": at[2], "id": at[3]} for n, at in stamps.items() if n not in held],
    }
