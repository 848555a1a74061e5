"""Hot plans' networks in memory: valid exactly while the owner's cursor compare-and-set succeeds."""

from collections import OrderedDict

from services.plan_tracking.domain.model import Network, Plan
from services.plan_tracking.domain.schedule import schedule
from services.plan_tracking.store import Store

MOST_MILESTONES = 1_000_000


class Networks:
    """A bounded cache, least recently used out first, counted in milestones; each network with its plan's version."""

    def __init__(self, store: Store, most: int = MOST_MILESTONES) -> None:
        self._store, self._most = store, most
        self._kept: OrderedDict[str, tuple[int, Network]] = OrderedDict()
        self._size = 0

    async def of(self, plan: Plan) -> Network:
        """The network of a plan at its version, from memory or from the store."""
        version, network = self._kept.get(plan.name, (None, None))
        if network is not None and version == plan.version:
            self._kept.move_to_end(plan.name)
            return network
        given = await self._store.network(plan.name)
        return Network(given, schedule(plan.name, given, plan.day))

    def keep(self, plan: Plan, network: Network) -> None:
        """Remembers the network of a plan whose transaction was written."""
        self._forget(plan.name)
        self._kept[plan.name] = (plan.version, network)
        self._size += len(network.given)
        while self._size > self._most and len(self._kept) > 1:
            self._forget(next(iter(self._kept)))

    def _forget(self, name: str) -> None:
        if name in self._kept:
            self._size -= len(self._kept.pop(name)[1].given)

    def drop(self) -> None:
        """Forgets everything: after any error, and at every assignment."""
        self._kept.clear()
        self._size = 0
