"""Hot plans' networks in memory: valid exactly while the owner's cursor compare-and-set succeeds."""

from collections import OrderedDict
from dataclasses import dataclass, field

from services.kit.metrics import CacheMetrics
from services.plan_tracking.domain.model import Plan
from services.plan_tracking.domain.network import Network, whole
from services.plan_tracking.domain.tally import Tallies, recount
from services.plan_tracking.store import Store

MOST_MILESTONES = 250_000
"""About 1 KB each, so that a service with a full cache stays under 400 MB; of what is beyond, a plan is read again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A plan's network and counts at a version."""

    version: int
    network: Network
    tallies: Tallies = field(default_factory=dict)


class Networks:
    """A bounded cache, least recently used out first, counted in milestones; each network with its plan's version."""

    def __init__(self, store: Store, most: int = MOST_MILESTONES, caches: CacheMetrics | None = None) -> None:
        self._store, self._most, self._caches = store, most, caches
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._size = 0

    async def of(self, plan: Plan) -> Kept:
        """The network of a plan at its version, from memory or from the store."""
        kept = self._kept.get(plan.name)
        hit = kept is not None and kept.version == plan.version
        if self._caches:
            self._caches.asked("networks", hit=hit)
        if kept and hit:
            self._kept.move_to_end(plan.name)
            return kept
        nothing = Network(plan.name)
        if plan.version < 0:
            return Kept(plan.version, nothing)
        network = whole(plan.name, await self._store.moves(plan.name), plan.terms)
        tallies = recount({}, nothing, network, network.given, (plan.tolerance, plan.tolerance))
        return Kept(plan.version, network, tallies)

    def keep(self, plan: Plan, network: Network, tallies: Tallies) -> Network:
        """Remembers the network of a plan whose transaction was written, and settles its changes; answers with it."""
        self._forget(plan.name)
        settled = network.kept()
        self._kept[plan.name] = Kept(plan.version, settled, tallies)
        self._size += len(settled.given)
        while self._size > self._most and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))
        return settled

    def _forget(self, name: str) -> None:
        if name in self._kept:
            self._size -= len(self._kept.pop(name).network.given)

    def drop(self) -> None:
        """Forgets everything: after any error, and at every assignment."""
        self._kept.clear()
        self._size = 0
