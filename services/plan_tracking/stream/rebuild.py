"""Rebuilding: a plan's whole history is folded again, and what differs from the store is mended and reported."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from schemas.network import RebuildRequested
from services.kit.mongo import Document
from services.plan_tracking.documents import logged_of
from services.plan_tracking.domain.fold import Folded, fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan
from services.plan_tracking.domain.network import Network
from services.plan_tracking.store import Store, Stored
from services.plan_tracking.stream.change import Change, conclude

MOST_NAMED = 100
"""Documents that a report names; the rest is counted."""

Documents = Mapping[str, Mapping[str, Document]]
"""By collection and id."""


def requests(entries: Iterable[Entry]) -> list[str]:
    """The ids of the requests among these records."""
    return [entry.event.id for entry in entries if isinstance(entry.event, RebuildRequested)]


async def rebuild(store: Store, name: str, entries: Sequence[Entry]) -> Change:
    """Folds the history of a plan and these records anew; writes only what differs from the store, and a report."""
    before = await store.everything(name)
    history = sorted(map(logged_of, before["history"].values()), key=lambda entry: entry.offset)
    again = fold(Loaded(Plan(name), Network(name), {}), history)
    differing = list(_differing(before, conclude(replace(again, history=()), {}, None).writes))
    whole = _continued(again, entries)
    plan = before["plans"].get(name)
    change = conclude(whole, _stored(before, whole), plan["state"] if plan else None)
    writes = {collection: _changed(before[collection], docs) for collection, docs in change.writes.items()}
    reports = [_report(one, name, len(history), differing, plan) for one in requests(entries)]
    return replace(change, writes={**writes, "rebuilds": reports})


def _continued(again: Folded, entries: Sequence[Entry]) -> Folded:
    """A fold and what follows, as if all had been folded at once."""
    subjects = {**again.touched, **again.facts}
    more = fold(Loaded(again.plan, again.network.kept(), subjects, again.tallies), entries)
    return replace(
        more,
        touched={**again.touched, **more.touched},
        facts={**again.facts, **more.facts},
        affected=again.affected | more.affected,
        history=again.history + more.history,
        due=again.due | more.due,
    )


def _stored(before: Documents, whole: Folded) -> dict[str, Stored]:
    readable = (doc for doc in before["milestones"].values() if doc["milestone"] in whole.touched)
    return {doc["milestone"]: Stored(whole.touched[doc["milestone"]], doc["state"]) for doc in readable}


def _differing(before: Documents, writes: Mapping[str, Sequence[Document]]) -> Iterator[str]:
    """The ids of documents that the history does not account for as they are stored, or that are not stored."""
    for collection in ("plans", "milestones", "facts"):
        again = {doc["_id"]: doc for doc in writes[collection]}
        for key in sorted(again.keys() | before[collection].keys()):
            if _content(again.get(key)) != _content(before[collection].get(key)):
                yield key


def _content(document: Document | None) -> object:
    """What a document says; version and correlation id tell only which record came last."""
    if document is None:
        return None
    state = {n: v for n, v in document.get("state", {}).items() if n not in ("version", "correlationid")}
    return document["registers"], document.get("given"), state


def _changed(before: Mapping[str, Document], documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if document != before.get(document["_id"])]


def _report(request: str, plan: str, records: int, differing: list[str], before: Document | None) -> Document:
    return {
        "_id": request,
        "plan": plan,
        "records": records,
        "differing": len(differing),
        "named": differing[:MOST_NAMED],
        "was_stuck": bool(before and before.get("stuck")),
    }
