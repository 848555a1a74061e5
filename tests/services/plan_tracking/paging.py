"""The pages over made-up plans held in memory, without a server."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from schemas.names import owner
from schemas.states import MilestoneState, PlanState
from schemas.topics import milestone_key
from services.kit import web
from services.kit.http import application
from services.kit.identity import Identities, Sessions
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.keys import keys_of, plan_keys
from services.plan_tracking.domain.model import Subject
from services.plan_tracking.domain.places import Places
from services.plan_tracking.followers import Followers
from services.plan_tracking.live import Live
from services.plan_tracking.pages import TEMPLATES, pages
from services.plan_tracking.pages.milestone import Answered, unanswered
from services.plan_tracking.past import Past
from services.plan_tracking.recent import Said
from services.plan_tracking.store import Store
from services.plan_tracking.viewer import Viewers
from services.plan_tracking.views import Views
from tests.services.plan_tracking.examples import NOW, Shelf

SESSIONS = Sessions("tests only")


@dataclass
class ShelfStore:
    """What the pages read of the store, from a shelf; it stands for its own `lookups` and `recent`."""

    shelf: Shelf

    @property
    def lookups(self) -> "ShelfStore":
        """The finds across plans."""
        return self

    @property
    def recent(self) -> "ShelfStore":
        """The finds of the first page."""
        return self

    async def plan_states(self) -> list[PlanState]:
        """The states of all plans."""
        return await self.shelf.plan_states()

    async def states_of(self, plans: Iterable[str]) -> dict[str, PlanState]:
        """The states of plans by name."""
        return {name: self.shelf.plans[name] for name in plans if name in self.shelf.plans}

    async def plans(self, keys: Iterable[str]) -> list[PlanState]:
        """The plans that have any of these keys."""
        wanted = set(keys)
        found = self.shelf.plans.values()
        return [plan for plan in found if not wanted.isdisjoint(plan_keys(plan.model_dump(mode="json")))]

    async def milestone_states(self, plan: str) -> list[MilestoneState]:
        """The states of a plan's milestones."""
        return await self.shelf.milestone_states(plan)

    async def milestones(self, keys: Iterable[str]) -> list[MilestoneState]:
        """The milestones that have any of these keys."""
        wanted = set(keys)
        return [state for state in self._all() if not wanted.isdisjoint(keys_of(state))]

    async def named(self, names: Iterable[str]) -> list[MilestoneState]:
        """Milestones by plan and name."""
        wanted = set(names)
        return [state for state in self._all() if milestone_key(state.plan, state.milestone) in wanted]

    async def facts(self, *_: object) -> dict[str, Subject] | list[Fact]:
        """Nothing is registered."""
        return {}

    async def history(self, plan: str, milestone: str | None = None) -> list[HistoryEntry]:
        """Everything accepted about a milestone."""
        return await self.shelf.history(plan, milestone or "")

    async def history_page(self, *_: object) -> list[object]:
        """Nothing is known of when a plan began."""
        return []

    async def said(self, since: object) -> list[Said]:
        """The records of the last days, the newest first."""
        found = [Said(plan, name, e) for (plan, name), entries in self.shelf.entries.items() for e in entries]
        return sorted((one for one in found if one.entry.accepted >= since), key=lambda one: one.entry.accepted)[::-1]  # type: ignore[operator]

    async def titled(self, text: str, limit: int) -> list[tuple[str, str]]:
        """The milestones with such a title."""
        found = [(state.plan, state.milestone) for state in self._all() if text.casefold() in state.title.casefold()]
        return sorted(found)[:limit]

    def _all(self) -> list[MilestoneState]:
        return [state for states in self.shelf.milestones.values() for state in states if owner(state.milestone)]


def app(shelf: Shelf, answers: Answered = unanswered) -> FastAPI:
    """The pages and the streams of plans over the shelf, at NOW; `state.followers` are told with `look`."""
    made, site = application("pages", CollectorRegistry()), web.Site(TEMPLATES)
    web.install(made, site)
    store = cast("Store", ShelfStore(shelf))
    ingest = httpx.AsyncClient(base_url="http://nowhere.invalid")
    viewers = Viewers(store, Past(store), Identities(SESSIONS, ingest), lambda: NOW)
    made.state.followers = followers = Followers(store)
    made.include_router(Live(viewers, followers).router())
    made.include_router(pages(viewers, Views(Places()), site, answers))
    return made
