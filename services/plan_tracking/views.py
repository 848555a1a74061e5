"""Gathers what a reader may see of a place, a department or a mission, over all plans: for doors and pages alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.names import owner
from schemas.states import Node, PlanState
from services.plan_tracking.domain.departments import (
    Department,
    DepartmentLine,
    department_lines,
    department_view,
    idle,
)
from services.plan_tracking.domain.facts import OUTCOME
from services.plan_tracking.domain.funding import paid_for
from services.plan_tracking.domain.keys import at, by, measuring, needing, towards
from services.plan_tracking.domain.lines import PlanLine, Seen, plan_lines
from services.plan_tracking.domain.missions import Mission, MissionLine, mission_lines, mission_view
from services.plan_tracking.domain.outcomes import outcomes
from services.plan_tracking.domain.place_view import Found, PlaceLine, PlaceView, place_lines, place_view
from services.plan_tracking.domain.places import Places
from services.plan_tracking.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Views:
    """Views over all plans, with the names and the order of places as a register has them."""

    places: Places

    async def place(self, viewer: Viewer, asked: str) -> PlaceView | None:
        """A place by its code, or by one that it has replaced; None where nobody has said anything of it."""
        code = self.places.current(asked)
        up = self.places.parent(code)
        keys = {at(one) for one in (*self.places.codes(code), *(self.places.codes(up) if up else ()))}
        plans = await viewer.plans_by(keys)
        milestones = await viewer.milestones_by(keys | {at(plan) for plan in plans})
        facts = await viewer.facts_by(keys)
        if not (plans or milestones or facts or code in self.places.by_code):
            return None
        here = [fact for fact in facts if fact.is_a(OUTCOME) and fact.place in self.places.codes(code)]
        measured = await viewer.facts_by({measuring(fact.plan, fact.name) for fact in here})
        mentioned = await viewer.mentioned(_causes(milestones) | paid_for(facts), milestones)
        speaking = plans | {seen.plan.plan: seen.plan for seen in milestones}
        speaking |= await viewer.plans({fact.plan for fact in (*facts, *measured)} - speaking.keys())
        found = Found(
            plans=_lines(viewer, speaking.values()),
            milestones=milestones,
            facts=facts,
            outcomes=outcomes(measured, self.places.within),
            mentioned=mentioned,
            today=viewer.today(),
        )
        return place_view(asked, self.places, found)

    async def all_places(self, viewer: Viewer) -> list[PlaceLine]:
        """The places of all plans, by name."""
        return place_lines(await viewer.plan_states(), self.places)

    async def department(self, viewer: Viewer, name: str) -> Department | None:
        """A department; None where no plan that the reader may see knows of it."""
        own, others = await viewer.milestones_by({by(name)}), await viewer.milestones_by({needing(name)})
        if not (own or others):
            return next((idle(one) for one in await self.all_departments(viewer) if one.department == name), None)
        needs = {_node(need) for seen in own for need in seen.state.needs}
        needs |= {_node(need) for seen in others for need in seen.state.needs if owner(need.milestone) == name}
        mentioned = await viewer.mentioned(_causes(own) | needs, own)
        return department_view(name, own, others, mentioned, viewer.today())

    async def all_departments(self, viewer: Viewer) -> list[DepartmentLine]:
        """The departments that lead or contribute to a plan, by title."""
        return department_lines(await viewer.plan_states())

    async def all_missions(self, viewer: Viewer) -> list[MissionLine]:
        """The missions of all plans, by text."""
        return mission_lines(await viewer.plan_states())

    async def mission(self, viewer: Viewer, slug: str) -> Mission | None:
        """A mission by the slug of its text; None where no plan has it."""
        plans = await viewer.plans_by({towards(slug)})
        if not plans:
            return None
        facts = await viewer.facts_by({measuring(plan) for plan in plans})
        text = min(plan.mission for plan in plans.values() if plan.mission)
        return mission_view(slug, text, _lines(viewer, plans.values()), outcomes(facts, self.places.within))


def _lines(viewer: Viewer, plans: Iterable[PlanState]) -> tuple[PlanLine, ...]:
    return plan_lines((plan, viewer.as_known_on(plan)) for plan in plans)


def _causes(milestones: Iterable[Seen]) -> set[Node]:
    return {_node(seen.state.cause) for seen in milestones if seen.state.cause}


def _node(node: Node) -> Node:
    return Node(plan=node.plan, milestone=node.milestone)
