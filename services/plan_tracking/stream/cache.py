"""Networks of plans in memory, hot or packed: valid exactly while the owner's cursor compare-and-set succeeds."""

import pickle
from collections import OrderedDict
from typing import NamedTuple

from services.kit.metrics import CacheMetrics
from services.plan_tracking.domain.model import Plan
from services.plan_tracking.domain.network import Network, whole
from services.plan_tracking.domain.tally import Tallies, recount
from services.plan_tracking.store import Store

MOST_MILESTONES = 75_000
"""Of hot networks, 0.8 KB each: with what is packed, a service that has a million milestones stays under 400 MB."""
MOST_PACKED = 140_000_000
"""Bytes of packed networks, some 125 for a milestone; of what is beyond, a plan is read from the store again."""


class Kept(NamedTuple):
    """A plan's network and counts at a version."""

    version: int
    network: Network
    tallies: Tallies


class _Packed(NamedTuple):
    version: int
    content: bytes


class Networks:
    """A bounded cache, least recently used out first; each network with its plan's version.

    What is too much to be kept hot is packed, at a sixth of the memory: to unpack it takes 1.5 us a milestone, to read
    it and to work it out anew ten times that, beside the store's own time.
    """

    def __init__(
        self,
        store: Store,
        most: int = MOST_MILESTONES,
        most_packed: int = MOST_PACKED,
        caches: CacheMetrics | None = None,
    ) -> None:
        self._store, self._most, self._most_packed, self._caches = store, most, most_packed, caches
        self._hot: OrderedDict[str, Kept] = OrderedDict()
        self._packed: OrderedDict[str, _Packed] = OrderedDict()
        self._milestones = self._bytes = 0

    async def of(self, plan: Plan) -> Kept:
        """The network of a plan at its version, from memory or from the store."""
        kept = self._hot.get(plan.name) or self._unpacked(plan)
        hit = kept is not None and kept.version == plan.version
        if self._caches:
            self._caches.asked("networks", hit=hit)
        return kept if kept and hit else await self._read(plan)

    def _unpacked(self, plan: Plan) -> Kept | None:
        packed = self._packed.get(plan.name)
        if packed is None or packed.version != plan.version:
            return None
        return Kept(plan.version, *pickle.loads(packed.content))  # noqa: S301 - of our own making, in our own memory

    async def _read(self, plan: Plan) -> Kept:
        nothing = Network(plan.name)
        if plan.version < 0:
            return Kept(plan.version, nothing, {})
        network = whole(plan.name, await self._store.moves(plan.name), plan.terms)
        tallies = recount({}, nothing, network, network.given, (plan.tolerance, plan.tolerance))
        return Kept(plan.version, network, tallies)

    def keep(self, plan: Plan, network: Network, tallies: Tallies) -> Network:
        """Remembers the network of a plan whose transaction was written, and settles its changes; answers with it."""
        self._forget(plan.name)
        settled = network.kept()
        self._hot[plan.name] = Kept(plan.version, settled, tallies)
        self._milestones += len(settled.given)
        while self._milestones > self._most and len(self._hot) > 1:
            self._pack(next(iter(self._hot)))
        while self._bytes > self._most_packed:
            self._bytes -= len(self._packed.popitem(last=False)[1].content)
        return settled

    def _pack(self, name: str) -> None:
        kept = self._hot.pop(name)
        self._milestones -= len(kept.network.given)
        content = pickle.dumps((kept.network, kept.tallies), pickle.HIGHEST_PROTOCOL)
        self._packed[name] = _Packed(kept.version, content)
        self._bytes += len(content)

    def _forget(self, name: str) -> None:
        if hot := self._hot.pop(name, None):
            self._milestones -= len(hot.network.given)
        if packed := self._packed.pop(name, None):
            self._bytes -= len(packed.content)

    def drop(self) -> None:
        """Forgets everything: after any error, and at every assignment."""
        self._hot.clear()
        self._packed.clear()
        self._milestones = self._bytes = 0
