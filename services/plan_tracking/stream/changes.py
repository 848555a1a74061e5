"""Changes: what a batch makes of its plans, and the two loads that it takes, whatever the number of its plans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.kit.mongo import Document
from services.plan_tracking.domain.about import PLAN, about, is_fact
from services.plan_tracking.domain.fold import Folded, fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan
from services.plan_tracking.store import Store, Stored
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.stream.change import Change, conclude, stuck
from services.plan_tracking.stream.rebuild import rebuild, requests


@dataclass(frozen=True, slots=True)
class _Begun:
    """A plan that is folded: as it was stored, and what of its milestones is loaded."""

    folded: Folded
    before: Document | None
    stored: Mapping[str, Stored]

    @property
    def missing(self) -> Iterable[str]:
        """The milestones that are affected without having been spoken of; of a new plan none is stored."""
        return self.folded.affected - self.folded.touched.keys() if self.before else ()


async def changes(store: Store, networks: Networks, work: Mapping[str, Sequence[Entry]]) -> list[Change]:
    """Folds each plan's entries into what the store has; writes nothing."""
    known = await store.plans(work)
    apart = {name: change for name in work if (change := await _apart(store, name, work[name], known))}
    begun = await _folded(store, networks, {name: work[name] for name in work if name not in apart}, known)
    more = await store.milestones_of({name: one.missing for name, one in begun.items()})
    concluded = {name: conclude(one.folded, {**one.stored, **more[name]}, one.before) for name, one in begun.items()}
    return [apart.get(name) or concluded[name] for name in work]


async def _apart(
    store: Store, name: str, entries: Sequence[Entry], known: Mapping[str, tuple[Plan, Document]]
) -> Change | None:
    """What becomes of a plan that is not simply folded."""
    if requests(entries):
        return await rebuild(store, name, entries)
    return await stuck(store, name, entries) if name in known and known[name][0].stuck else None


async def _folded(
    store: Store,
    networks: Networks,
    work: Mapping[str, Sequence[Entry]],
    known: Mapping[str, tuple[Plan, Document]],
) -> dict[str, _Begun]:
    names = {plan: {about(entry.event) for entry in work[plan]} - {PLAN} for plan in work if plan in known}
    stored = await store.milestones_of({plan: [one for one in of if not is_fact(one)] for plan, of in names.items()})
    facts = await store.facts_of({plan: [one for one in of if is_fact(one)] for plan, of in names.items()})
    begun: dict[str, _Begun] = {}
    for name, entries in work.items():
        plan, before = known.get(name) or (Plan(name), None)
        milestones = stored.get(name, {})
        subjects = {one: of.milestone for one, of in milestones.items()} | facts.get(name, {})
        kept = await networks.of(plan)
        folded = fold(Loaded(plan, kept.network, subjects, kept.tallies), entries)
        begun[name] = _Begun(folded, before, milestones)
    return begun
