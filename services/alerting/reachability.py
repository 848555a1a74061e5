"""Which departments can be told of any move of theirs: those with a confirmed address for all their milestones."""

from collections.abc import Collection
from dataclasses import dataclass

from schemas.names import CANARY
from services.alerting.domain.scopes import Scope
from services.alerting.measures import Measures
from services.alerting.store import Store


async def reachable(store: Store, departments: Collection[str]) -> set[str]:
    """Those of the departments that have such an address, of a subscriber who speaks for them; none that bounces."""
    listening = await store.subscriptions.listening(Scope("department", one).key for one in departments)
    good = [one for one in listening if one.scope.name in one.departments and not one.bounces]
    return {one.scope.name for one in good}.intersection(departments)


@dataclass(frozen=True, slots=True)
class Reachability:
    """Counts those that cannot be told."""

    store: Store
    measures: Measures

    async def step(self) -> None:
        """Counts them once."""
        heard = await self.store.states.departments() - {CANARY}
        self.measures.unreachable.set(len(heard - await reachable(self.store, heard)))
