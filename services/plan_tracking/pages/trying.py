"""What if: dates are tried on a plan by form, and everything that would move is shown, before anyone publishes it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse

from services.kit.http import Problem
from services.kit.web import Site
from services.plan_tracking.foreseeing import Foreseeing
from services.plan_tracking.pages.reading import Open, found, html_routes
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.what_if import Asked

ROWS = 3
"""Milestones that one form moves; more are tried through /api/plans/…/what-if."""


class WhatIfPage:
    """The page on which dates are tried. Nothing is written, so that its address can be passed on."""

    def __init__(self, viewers: Viewers, site: Site) -> None:
        self._viewers, self._site = viewers, site

    def router(self) -> APIRouter:
        """The route."""
        return html_routes(("/plans/{lead}/{slug}/what-if", self.what_if))

    async def what_if(self, request: Request, lead: str, slug: str) -> HTMLResponse:
        """The form, and under it what would follow from what is filled in."""
        there = await found(await self._viewers.of(request), f"{lead}/{slug}")
        if there is None:
            return self._site.not_found("plan")
        rows = _rows(request.query_params)
        filled = [(name, day) for name, day in rows if name and day]
        try:
            answer = await self._answer(there, filled) if filled else None
        except Problem as problem:
            return self._page(there, rows, None, problem.body["detail"], problem.status)
        except ValidationError as error:
            return self._page(there, rows, None, _said(error), 422)
        return self._page(there, rows, answer)

    async def _answer(self, of: Open, filled: list[tuple[str, str]]) -> dict[str, Any]:
        viewer, plan = of.viewer, of.plan
        if day := viewer.as_known_on(plan):
            said = f"Publication is on hold: what is known since {day} is not public yet"
            raise Problem(403, "The plan is on hold", said)
        asked = Asked.model_validate({"changes": [{"milestone": name, "forecast": day} for name, day in filled]})
        stored = await viewer.store.plan(plan.plan)
        return await Foreseeing(viewer.store).answer(stored, asked, viewer.departments, viewer.clock())

    def _page(
        self, of: Open, rows: object, answer: dict[str, Any] | None, wrong: str | None = None, status: int = 200
    ) -> HTMLResponse:
        states = sorted(of.known.milestones.values(), key=lambda state: (state.department, state.title.casefold()))
        choices = [(state.milestone, state) for state in states if state.lifecycle == "open"]
        return self._site.page(
            "what_if.html",
            status,
            plan=of.plan,
            known=of.known,
            rows=rows,
            choices=choices,
            answer=_read(answer) if answer else None,
            wrong=wrong,
        )


def _rows(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """The milestone and the date of each row of the form; `milestone` alone fills the first."""
    rows = [(query.get(f"milestone{n}", "").strip(), query.get(f"forecast{n}", "").strip()) for n in range(1, ROWS + 1)]
    return [(query["milestone"], ""), *rows[1:]] if "milestone" in query else rows


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _read(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with its dates as dates."""
    moved = [{**one, "from": _day(one["from"]), "to": _day(one["to"])} for one in answer["moved"]]
    target = answer["target"]
    return {**answer, "moved": moved, "target": {**target, "from": _day(target["from"]), "to": _day(target["to"])}}


def _day(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said else None
