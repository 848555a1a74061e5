"""Followers: who has a plan's page open, here in this process, and the newest of its states for each."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from pydantic_core import to_json

from schemas.states import PlanState
from services.plan_tracking.store import Store

_FIELDS = {"plan", "version", "day", "withdrawn", "stuck", "target", "projected", "counts"}


@dataclass(frozen=True)
class News:
    """A plan's state, and the event that tells of it: written once, for however many."""

    state: PlanState

    @cached_property
    def event(self) -> bytes:
        """The event in the format of server-sent events; its id is the plan's version."""
        data = to_json(self.state.model_dump(mode="json", include=_FIELDS))
        return b"id: %d\nevent: plan\ndata: %s\n\n" % (self.state.version, data)


@dataclass(eq=False, slots=True)
class Follower:
    """One open stream, and the newest state of its plan that it has not taken yet: older ones are passed over."""

    news: News | None = None
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, news: News) -> None:
        """Gives it news, unless it has newer."""
        if self.news is None or self.news.state.version <= news.state.version:
            self.news = news
            self.woken.set()

    def take(self) -> News | None:
        """Its news, once."""
        news, self.news = self.news, None
        self.woken.clear()
        return news


class Followers:
    """Everyone who follows a plan."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of: dict[str, set[Follower]] = {}
        self.leaving = False

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(map(len, self._of.values()))

    @contextlib.contextmanager
    def following(self, plan: str) -> Iterator[Follower]:
        """A follower of the plan, for as long as the context lasts."""
        one = Follower()
        self._of.setdefault(plan, set()).add(one)
        try:
            yield one
        finally:
            self._of[plan].discard(one)
            if not self._of[plan]:
                del self._of[plan]

    async def look(self, plans: set[str] | None = None) -> None:
        """Tells the followers of these plans (without any, of all) the states that the store has now."""
        followed = self._of.keys() if plans is None else plans & self._of.keys()
        found = await self._store.states_of(list(followed)) if followed else {}
        for name, state in found.items():
            news = News(state)
            for one in self._of.get(name, ()):
                one.tell(news)

    def leave(self) -> None:
        """Wakes everyone for the last time: the service is about to stop."""
        self.leaving = True
        for one in (one for of in self._of.values() for one in of):
            one.woken.set()
