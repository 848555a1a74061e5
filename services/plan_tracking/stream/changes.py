"""Changes: what a batch makes of each of its plans, and the two loads that it takes."""

from collections.abc import Mapping, Sequence

from services.kit.mongo import Document
from services.plan_tracking.domain.about import PLAN, about, is_fact
from services.plan_tracking.domain.fold import fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan
from services.plan_tracking.store import Store
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.change import Change, conclude, stuck
from services.plan_tracking.stream.rebuild import rebuild, requests


async def changes(store: Store, networks: Networks, work: Mapping[str, Sequence[Entry]]) -> list[Change]:
    """Folds each plan's entries into what the store has; writes nothing."""
    known = await store.plans(work)
    return [await _change(store, networks, plan, entries, known.get(plan)) for plan, entries in work.items()]


async def _change(
    store: Store, networks: Networks, name: str, entries: Sequence[Entry], known: tuple[Plan, Document] | None
) -> Change:
    plan, before = known or (Plan(name), None)
    if requests(entries):
        return await rebuild(store, name, entries)
    if plan.stuck:
        return await stuck(store, name, entries)
    names = {about(entry.event) for entry in entries} - {PLAN}
    facts = {one for one in names if is_fact(one)}
    stored = await store.milestones(name, names - facts)
    subjects = {n: s.milestone for n, s in stored.items()} | await store.facts(name, facts)
    kept = await networks.of(plan)
    folded = fold(Loaded(plan, kept.network, subjects, kept.tallies), entries)
    stored |= await store.milestones(name, folded.affected - names)
    return conclude(folded, stored, before)
