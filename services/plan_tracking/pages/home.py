"""The first page: what moved this week, whom that reaches, every plan in a line; and what a word is found in."""

import datetime as dt
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from schemas.states import Node, PlanState
from schemas.topics import milestone_key
from services.kit.web import Site
from services.plan_tracking.domain.departments import DepartmentLine, department_lines
from services.plan_tracking.domain.lines import Seen, department_title
from services.plan_tracking.domain.place_view import PlaceLine, place_lines
from services.plan_tracking.domain.sentences import plan_counts
from services.plan_tracking.domain.week import DAYS, Move, Reached, furthest, move, reached
from services.plan_tracking.pages.reading import html_routes
from services.plan_tracking.viewer import Viewer, Viewers
from services.plan_tracking.views import Views

ON_A_PAGE = 25
"""Plans."""
MOST_MOVES, MOST_FOUND = 6, 50
_MOST_KEPT = 32
"""Readers (by what they may see) whose week is kept until a plan changes."""
_MOST_TEXT = 200

Week = Sequence[tuple[Move, Reached]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a word is found in, of what the reader may see; of milestones the first that there are."""

    plans: Sequence[PlanState]
    milestones: Sequence[Seen]
    departments: Sequence[DepartmentLine]
    places: Sequence[PlaceLine]

    @property
    def cut(self) -> bool:
        """Whether there may be more milestones."""
        return len(self.milestones) == MOST_FOUND

    @property
    def number(self) -> int:
        """How many there are in all."""
        return sum(map(len, (self.plans, self.milestones, self.departments, self.places)))


class HomePage:
    """The first page, and the search on it."""

    def __init__(self, viewers: Viewers, views: Views, site: Site) -> None:
        self._viewers, self._places, self._site = viewers, views.places, site
        self._weeks: OrderedDict[object, Week] = OrderedDict()

    def router(self) -> APIRouter:
        """The route."""
        return html_routes(("/", self.home))

    async def home(self, request: Request, q: str = "", page: str = "") -> HTMLResponse:
        """All plans, some on each page; or what `q` is found in."""
        viewer = await self._viewers.of(request)
        plans = [plan for plan in await viewer.plan_states() if plan.published]
        asked = " ".join(q.split())[:_MOST_TEXT]
        if asked:
            return self._site.page("search.html", q=asked, found=await self._found(viewer, plans, asked))
        plans.sort(key=lambda plan: (plan.title.casefold(), plan.plan))
        last = max(1, -(-len(plans) // ON_A_PAGE))
        number = min(max(int(page), 1), last) if page.isdecimal() and len(page) < 7 else 1
        return self._site.page(
            "home.html",
            plans=[_shown(plan) for plan in plans[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]],
            number=number,
            last=last,
            total=len(plans),
            week=await self._week(viewer, plans) if number == 1 else [],
            days=DAYS,
        )

    async def _week(self, viewer: Viewer, plans: Sequence[PlanState]) -> Week:
        """Looked for anew when a plan has changed, or the day: otherwise as it was."""
        seen = frozenset((plan.plan, plan.version) for plan in plans)
        key = frozenset(viewer.departments), viewer.today(), seen
        if key not in self._weeks:
            self._weeks[key] = await _week(viewer, {plan.plan: plan for plan in plans})
            if len(self._weeks) > _MOST_KEPT:
                self._weeks.popitem(last=False)
        return self._weeks[key]

    async def _found(self, viewer: Viewer, plans: Sequence[PlanState], asked: str) -> Found:
        said = asked.casefold()

        def has(*texts: str | None) -> bool:
            return any(said in text.casefold() for text in texts if text)

        return Found(
            [plan for plan in plans if has(plan.title, plan.mission, plan.plan)][:MOST_FOUND],
            await _titled(viewer, asked),
            [one for one in department_lines(plans) if has(one.title, one.department)][:MOST_FOUND],
            [one for one in place_lines(plans, self._places) if has(one.name, one.code)][:MOST_FOUND],
        )


def _shown(plan: PlanState) -> tuple[PlanState, str, dict[str, int], int | None]:
    """A plan with the title of its lead, its milestones by status, and how many days it ends after its target."""
    late = (plan.projected - plan.target.date).days if plan.projected and plan.target else None
    return plan, department_title(plan.lead, [plan]), plan_counts(plan), late


async def _week(viewer: Viewer, plans: dict[str, PlanState]) -> Week:
    """The moves that went furthest, of plans that the reader sees as they are now, and whom each reaches."""
    since = viewer.clock() - dt.timedelta(days=DAYS)
    open_now = {name: plan for name, plan in plans.items() if not viewer.as_known_on(plan)}
    said = [one for one in await viewer.store.recent.said(since) if one.plan in open_now]
    nodes = [Node(plan=plan, milestone=name) for plan, name in dict.fromkeys((one.plan, one.milestone) for one in said)]
    mentioned = await viewer.mentioned(nodes)
    moves = []
    for node in nodes:
        state = mentioned.state(node.plan, node)
        if state and state.listed:
            history = await viewer.history(node.plan, node.milestone)
            moves.append(move(plans[node.plan], state, history, since))
    first = furthest(one for one in moves if one)[:MOST_MOVES]
    states = {name: await viewer.milestone_states(name) for name in {one.plan.plan for one in first}}
    return [(one, reached(one, states[one.plan.plan])) for one in first]


async def _titled(viewer: Viewer, asked: str) -> list[Seen]:
    """The milestones with such a title that the reader may see now; of a plan on hold none, for titles change too."""
    names = [Node(plan=plan, milestone=name) for plan, name in await viewer.store.recent.titled(asked, 4 * MOST_FOUND)]
    plans = await viewer.plans({node.plan for node in names})
    open_now = {name: plan for name, plan in plans.items() if plan.published and not viewer.as_known_on(plan)}
    mentioned = await viewer.mentioned(node for node in names if node.plan in open_now)
    found = [mentioned.state(node.plan, node) for node in names if milestone_key(node.plan, node.milestone)]
    return [Seen(open_now[state.plan], state) for state in found if state and state.listed][:MOST_FOUND]
