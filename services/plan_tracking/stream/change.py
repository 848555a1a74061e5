"""A change: what a fold of one plan writes and announces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from schemas.network import NETWORK
from services.kit.mongo import Document
from services.plan_tracking.documents import fact_document, history_document, milestone_document, plan_document
from services.plan_tracking.domain.about import PLAN, about
from services.plan_tracking.domain.conclude import Said, milestone_said, plan_said
from services.plan_tracking.domain.fold import Folded, Remembered
from services.plan_tracking.domain.model import Entry, Plan
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.ports import Due
from services.plan_tracking.domain.registers import said, stamp
from services.plan_tracking.store import Store, Stored


@dataclass(frozen=True, slots=True)
class Change:
    """The outcome of a fold: documents to write by collection, states that differ from those last announced.

    `folded` is what the cache may keep of the plan; None when the plan is stuck.
    """

    plan: str
    writes: Mapping[str, list[Document]]
    plan_state: Said | None
    milestone_states: list[Said]
    folded: Folded | None
    due: Due = field(default_factory=Due)
    correlationid: str | None = None

    @property
    def documents(self) -> int:
        """How many documents the change writes."""
        return sum(len(documents) for documents in self.writes.values())


async def stuck(store: Store, name: str, entries: Sequence[Entry]) -> Change:
    """A stuck plan keeps its last good content; its version goes on, and its records enter history unfolded."""
    document = await store.plan_document(name)
    if document is None:
        document = plan_document(Plan(name), {}, plan_said(Plan(name), Network(name), {}))
    version = max(document["version"], entries[-1].offset)
    state = {**document["state"], "version": version, "stuck": True}
    history = [
        history_document(name, Remembered(entry, stamp(entry.event), about(entry.event), (), said(entry.event)))
        for entry in entries
    ]
    plan = {**document, "version": version, "stuck": True, "state": state}
    announced = None if document.get("stuck") else state
    return Change(name, {"plans": [plan], "history": history}, announced, [], None)


def conclude(folded: Folded, stored: Mapping[str, Stored], before: Document | None) -> Change:
    """What follows from a fold, beside the milestones and the state of the plan as they are stored."""
    documents, announced = [], []
    correlations = _correlations(folded)
    for name in sorted(folded.affected):
        milestone = folded.touched.get(name) or stored[name].milestone
        correlation = correlations.get(name) or correlations.get(folded.network.scheduled[name].driver)
        said = milestone_said(folded.plan, milestone, folded.network, correlation or correlations.get(PLAN))
        differs = name not in stored or _differs(said, stored[name].state)
        if differs or name in folded.touched:
            kept = said if differs else stored[name].state
            documents.append(milestone_document(milestone, folded.network.given[name], kept))
        if differs:
            announced.append(said)
    said = plan_said(folded.plan, folded.network, folded.tallies)
    writes = {
        "plans": [plan_document(folded.plan, folded.tallies, said)],
        "milestones": documents,
        "facts": [fact_document(folded.plan.name, fact) for fact in folded.facts.values()],
        "history": [history_document(folded.plan.name, remembered) for remembered in folded.history],
    }
    # whoever follows a plan listens to its own state alone: it is told when any of its milestones is
    told = folded.plan.name != NETWORK and (bool(announced) or before is None or _differs(said, before))
    return Change(
        folded.plan.name, writes, said if told else None, announced, folded, folded.due, correlations.get(PLAN)
    )


def _differs(now: Document, before: Document) -> bool:
    """Whether anything but the version and the correlation id differs."""
    same = {name: now[name] for name in ("version", "correlationid") if name in now}
    return now != before | same


def _correlations(folded: Folded) -> dict[str, str | None]:
    """The correlation id of the last record about each subject, and of the last record of all under PLAN."""
    said = {remembered.about: remembered.entry.event.correlationid for remembered in folded.history}
    return said | {PLAN: folded.history[-1].entry.event.correlationid} if folded.history else {}
