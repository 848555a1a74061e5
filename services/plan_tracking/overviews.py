"""HTTP in, JSON out: places, departments and missions, over all plans that the caller may see."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from services.kit.http import Problem
from services.plan_tracking.domain.departments import Department
from services.plan_tracking.domain.missions import Mission
from services.plan_tracking.domain.place_view import PlaceLine, PlaceView
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.views import Views


@dataclass(frozen=True, slots=True)
class PlaceList:
    """The places of the plans that the caller may see."""

    places: list[PlaceLine]


_WRITTEN: dict[type, TypeAdapter[Any]] = {
    shape: TypeAdapter(shape) for shape in (PlaceList, PlaceView, Department, Mission)
}


class OverviewApi:
    """The JSON doors of what lies across plans. Amounts and values are decimals in strings, amounts in pounds."""

    def __init__(self, viewers: Viewers, views: Views) -> None:
        self._viewers, self._views = viewers, views

    def router(self) -> APIRouter:
        """The routes."""
        router = APIRouter(tags=["across plans"])
        router.add_api_route("/api/places", self.places, response_model=PlaceList)
        router.add_api_route("/api/places/{gss}", self.place, response_model=PlaceView)
        router.add_api_route("/api/departments/{department}", self.department, response_model=Department)
        router.add_api_route("/api/missions/{slug}", self.mission, response_model=Mission)
        return router

    async def places(self, request: Request) -> Response:
        """Every place of the plans that the caller may see, by name."""
        return _written(PlaceList(await self._views.all_places(await self._viewers.of(request))))

    async def place(self, request: Request, gss: str) -> Response:
        """Milestones, money, outcomes and experience of a place, by its GSS code.

        A code that was replaced is answered by its successor. What the place lies in stands apart, under `wider`.
        """
        return _found(await self._views.place(await self._viewers.of(request), gss), "place", gss)

    async def department(self, request: Request, department: str) -> Response:
        """A department's milestones in all plans, what it owes to others and what it waits for."""
        view = await self._views.department(await self._viewers.of(request), department)
        return _found(view, "department", department)

    async def mission(self, request: Request, slug: str) -> Response:
        """The plans of a mission (by the slug of its text), their milestones counted, and their outcomes."""
        return _found(await self._views.mission(await self._viewers.of(request), slug), "mission", slug)


def _found(view: object, what: str, name: str) -> Response:
    if view is None:
        raise Problem(404, f"No such {what}", f"{name}: no plan that you may see speaks of such a {what}")
    return _written(view)


def _written(view: object) -> Response:
    """The view as JSON, written at once: FastAPI would copy and check each of its values first."""
    return Response(_WRITTEN[type(view)].dump_json(view), media_type="application/json")
