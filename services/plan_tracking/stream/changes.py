"""A change: what a fold of one plan writes and announces; and the two loads that it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.states import MilestoneState, PlanState
from services.kit.mongo import Document
from services.plan_tracking.documents import fact_document, history_document, milestone_document, plan_document
from services.plan_tracking.domain.about import PLAN, about, is_fact
from services.plan_tracking.domain.conclude import milestone_state, plan_state
from services.plan_tracking.domain.fold import Folded, Remembered, fold
from services.plan_tracking.domain.model import Entry, Loaded, Network, Plan
from services.plan_tracking.domain.registers import stamp
from services.plan_tracking.store import Store, Stored
from services.plan_tracking.stream.cache import Networks


@dataclass(frozen=True, slots=True)
class Change:
    """The outcome of a fold: documents to write by collection, states that differ from those last announced.

    `network` is what the cache may keep for the plan; None when the plan is stuck.
    """

    plan: str
    writes: Mapping[str, list[Document]]
    plan_state: PlanState | None
    milestone_states: list[MilestoneState]
    network: tuple[Plan, Network] | None

    @property
    def documents(self) -> int:
        """How many documents the change writes."""
        return sum(len(documents) for documents in self.writes.values())


async def changes(store: Store, networks: Networks, work: Mapping[str, Sequence[Entry]]) -> list[Change]:
    """Folds each plan's entries into what the store has; writes nothing."""
    known = await store.plans(work)
    return [await _change(store, networks, plan, entries, known.get(plan)) for plan, entries in work.items()]


async def _change(
    store: Store, networks: Networks, name: str, entries: Sequence[Entry], known: tuple[Plan, Document] | None
) -> Change:
    plan, before = known or (Plan(name), None)
    if plan.stuck:
        return await stuck(store, name, entries)
    names = {about(entry.event) for entry in entries} - {PLAN}
    facts = {one for one in names if is_fact(one)}
    stored = await store.milestones(name, names - facts)
    subjects = {n: s.milestone for n, s in stored.items()} | await store.facts(name, facts)
    folded = fold(Loaded(plan, await networks.of(plan), subjects), entries)
    stored |= await store.milestones(name, folded.affected - names)
    return _conclude(folded, stored, before)


async def stuck(store: Store, name: str, entries: Sequence[Entry]) -> Change:
    """A stuck plan keeps its last good content; its version goes on, and its records enter history unfolded."""
    nothing = (Plan(name), Network())
    document = await store.plan_document(name)
    if document is None:
        document = plan_document(*nothing, plan_state(*nothing).model_dump(mode="json"))
    version = max(document["version"], entries[-1].offset)
    state = {**document["state"], "version": version, "stuck": True}
    history = [
        history_document(name, Remembered(entry, stamp(entry.event), about(entry.event), ())) for entry in entries
    ]
    plan = {**document, "version": version, "stuck": True, "state": state}
    announced = None if document.get("stuck") else PlanState.model_validate(state)
    return Change(name, {"plans": [plan], "history": history}, announced, [], None)


def _conclude(folded: Folded, stored: Mapping[str, Stored], before: Document | None) -> Change:
    documents, announced = [], []
    correlations = _correlations(folded)
    for name in sorted(folded.affected):
        milestone = folded.touched.get(name) or stored[name].milestone
        correlation = correlations.get(name) or correlations.get(folded.network.scheduled[name].driver)
        state = milestone_state(folded.plan, milestone, folded.network, correlation or correlations.get(PLAN))
        said = state.model_dump(mode="json")
        differs = name not in stored or _differs(said, stored[name].state)
        if differs or name in folded.touched:
            kept = said if differs else stored[name].state
            documents.append(milestone_document(milestone, folded.network.given[name], kept))
        if differs:
            announced.append(state)
    plan = plan_state(folded.plan, folded.network)
    said = plan.model_dump(mode="json")
    writes = {
        "plans": [plan_document(folded.plan, folded.network, said)],
        "milestones": documents,
        "facts": [fact_document(folded.plan.name, fact) for fact in folded.facts.values()],
        "history": [history_document(folded.plan.name, remembered) for remembered in folded.history],
    }
    told = plan if before is None or _differs(said, before) else None
    return Change(folded.plan.name, writes, told, announced, (folded.plan, folded.network))


def _differs(now: Document, before: Document) -> bool:
    """Whether anything but the version and the correlation id differs."""
    meta = {"version": None, "correlationid": None}
    return {**now, **meta} != {**before, **meta}


def _correlations(folded: Folded) -> dict[str, str | None]:
    """The correlation id of the last record about each subject, and of the last record of all under PLAN."""
    said = {remembered.about: remembered.entry.event.correlationid for remembered in folded.history}
    return said | {PLAN: folded.history[-1].entry.event.correlationid} if folded.history else {}
