"""How large documents and records grow: what is stored stays under 64 KB, what is announced under Kafka's limits."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import bson
import pytest

from schemas import topics
from schemas.events import LogRecord
from services.kit.mongo import Database, Session, transaction
from services.plan_tracking.domain.conclude import MOST_LISTED, MOST_NEEDS
from services.plan_tracking.domain.fold import fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan
from services.plan_tracking.domain.network import Network
from services.plan_tracking.parts import split
from services.plan_tracking.store import Store
from services.plan_tracking.stream.announce import messages
from services.plan_tracking.stream.between import Between
from services.plan_tracking.stream.change import Change, conclude
from services.plan_tracking.writing import Note
from tests.events import NOON, PLAN, event
from tests.services.plan_tracking.doors import everything

RECORDS, LARGEST = 20_000, 64 * 1024
LONG = "a-name-of-a-length-that-nobody-would-choose-but-that-is-allowed-all-the-same-xx"
WHY = "Für einen Grund, der sich nicht in wenigen Worten sagen lässt. " * 30


def said(number: int) -> LogRecord:
    """One of all that can be said of a milestone; it needs forty others, and others need it."""
    at = (NOON + dt.timedelta(seconds=number)).isoformat()
    day = (NOON + dt.timedelta(days=number % 700)).date().isoformat()
    other = f"dft/project-{number % 40}/a-milestone-with-a-long-name"
    why = "For a reason that takes some words to tell. " * 40
    kind, data = (
        ("planned", {"title": f"Opening {number}", "baseline": day, "places": ["E06000001"]}),
        ("forecast", {"forecast": day, "reason": why}),
        ("reported", {"forecast": day, "reason": why, "contact": "milestones@dft.example"}),
        ("rebaselined", {"baseline": day, "approved_by": "Programme board", "reason": why}),
        ("blocked", {"reason": why}),
        ("progressed", {"percent": number % 101, "note": why}),
    )[number % 6]
    if number % 5 == 0:
        depends = {"needs": other, "lag": number % 30} if number % 2 else {"needed_by": other, "reason": why[:100]}
        name = f"dependency.{'declared' if number % 2 else 'accepted'}"
        return event(name, "dft/a", depends, id=str(number), time=at, acceptedtime=at)
    return event(f"milestone.{kind}", "dft/a", data, id=str(number), time=at, acceptedtime=at)


def much_said() -> list[LogRecord]:
    """20,000 records on one milestone."""
    return [said(number) for number in range(RECORDS)]


def _of(kind: str, subject: str, data: dict[str, Any], number: int) -> LogRecord:
    return event(kind, subject, data, id=f"{number:0250}")


def many_needs(number: int = 300) -> list[LogRecord]:
    """A milestone that needs 300 others of as many departments and plans, absorbs of each, and answers as many."""
    made = [_of("milestone.planned", "dft/a", {"title": "M", "places": [f"E{n:08}" for n in range(1_000)]}, 0)]
    for one in range(number):
        need = {"needs": f"d{one}-{LONG[:70]}/{LONG}/{LONG}", "needs_plan": f"p{one}-{LONG[:70]}/{LONG}"}
        made.append(_of("dependency.declared", "dft/a", {**need, "lag": 3}, one))
        made.append(_of("dependency.absorbed", "dft/a", {**need, "until": "2027-01-01", "reason": WHY}, one))
        answer = {"needed_by": need["needs"], "needed_by_plan": need["needs_plan"], "reason": WHY}
        made.append(_of("dependency.disputed", "dft/a", answer, one))
    return made


def a_wide_move(number: int = 5_000) -> list[LogRecord]:
    """5,000 milestones that one date moves."""
    made = [_of("milestone.planned", "dft/a", {"title": "M", "baseline": "2027-01-01"}, 0)]
    for one in range(number):
        made.append(_of("milestone.planned", f"dft/{LONG}/m{one}", {"title": "M"}, one))
        made.append(_of("dependency.declared", f"dft/{LONG}/m{one}", {"needs": "dft/a"}, one))
    return made


def many_contributors(number: int = 2_000) -> list[LogRecord]:
    """A plan with 2,000 contributors that have milestones, 300 projects with a confidence, and 500 places."""
    places = [{"code": f"E{one:08}", "name": "é" * 300} for one in range(500)]
    made = [_of("plan.published", PLAN, {"title": "T", "places": places}, 0)]
    for one in range(number):
        listed = {"department": f"d{one}-{LONG[:70]}", "title": "ü" * 300}
        made.append(_of("contributor.listed", PLAN, listed, one))
        made.append(_of("milestone.planned", f"d{one}-{LONG[:70]}/m", {"title": "M", "baseline": "2027-01-01"}, one))
    for one in range(300):
        sure = {
            "of": "project",
            "scale": "ß" * 100,
            "value": "ß" * 100,
            "assessor": "ß" * 200,
            "assessed": "2026-01-01",
        }
        made.append(_of("confidence.assessed", f"dluhc/{LONG[:60]}-{one}", sure, one))
    return made


def many_ports(number: int = 500) -> list[LogRecord]:
    """500 needs in other plans, behind each other, so that all lead to 500 milestones that other plans need."""
    made = [_of("milestone.planned", "dft/hub", {"title": "M"}, 0)]
    for one in range(number):
        name, need = f"dft/{LONG}/m{one}", {"needs": f"dwp/{LONG}/n{one}", "needs_plan": f"dwp/{LONG}"}
        made.append(_of("dependency.declared", name, need, one))
        made.append(_of("dependency.declared", "dft/hub", {"needs": name}, one))
        made.append(_of("dependency.declared", f"dft/{LONG}/o{one}", {"needs": "dft/hub"}, one))
        own = {"source": "/milepost/plan-tracking", "id": f"{one}"}
        wanted = {"version": 1, "milestone": f"dft/{LONG}/o{one}", "by": f"dwp/p{one}", "wanted": True}
        made.append(event("port.wanted", PLAN, wanted, **own))
        chain = [f"dwp/{LONG}|dwp/{LONG}/c{step}" for step in range(1_000)]
        stands = {"version": 1, "of": f"dwp/{LONG}", "milestone": f"dwp/{LONG}/n{one}", "known": True}
        if one < 3:
            port = {**stands, "projected": "2027-01-01", "path": chain[:40], "chain": chain}
            made.append(event("port.moved", PLAN, port, **own))
    return made


def many_rings(number: int = 2_000) -> list[LogRecord]:
    """2,000 milestones each of which waits for itself, by another."""
    names = [f"dft/{LONG}/m{one}" for one in range(number)]
    return [_of("dependency.declared", name, {"needs": names[at ^ 1]}, at) for at, name in enumerate(names)]


def many_values(number: int = 2_000) -> list[LogRecord]:
    """One series of an outcome with 2,000 periods, and money that pays for 2,000 milestones."""
    pays_for = [f"dft/{LONG}/m{one}" for one in range(number)]
    money = {"place": "E06000001", "fund": "F" * 300, "amount": 1, "financial_year": "2026/27", "use": "capital"}
    made = [_of("funding.allocated", "dft/x", {**money, "pays_for": pays_for}, 0)]
    return made + [_of("outcome.observed", "dft/o", {"period": f"{n:050}", "value": 1}, n) for n in range(number)]


HOSTILE = (much_said, many_needs, a_wide_move, many_contributors, many_ports, many_rings, many_values)


def changed(records: Sequence[LogRecord]) -> Change:
    """What a batch of these records makes of a new plan."""
    entries = [Entry(number, record) for number, record in enumerate(records)]
    return conclude(fold(Loaded(Plan(PLAN), Network(PLAN), {}), entries), {}, None)


def note_of(change: Change) -> Note:
    """The outbox note of a change."""
    return Note("1", 1, {PLAN: tuple(state["milestone"] for state in change.milestone_states)}, {PLAN: change.due})


def sizes(documents: Sequence[Mapping[str, Any]]) -> int:
    """The largest of these documents, in bytes; 0 without any."""
    return max((len(bson.encode(document)) for document in documents), default=0)


@pytest.mark.parametrize("records", HOSTILE, ids=lambda of: of.__name__)
def test_no_document_passes_64_kb_and_no_record_what_kafka_takes(records: Callable[[], list[LogRecord]]) -> None:
    """Whatever is said, by however many: the rest stands in parts of its own, or is counted."""
    change = changed(records())
    assert change.folded is not None
    for docs in split(change.writes).values():
        assert sizes(list(docs.values())) < LARGEST
    announced = messages("t", change.milestone_states, [change.plan_state] if change.plan_state else [], NOON)
    states = int(topics.milestones().config["max.message.bytes"])
    assert max(len(message.value or b"") for message in announced) < states - 10_000
    between = Between("t", change.folded.plan, change.folded.network, NOON).messages(change.due)
    log = int(topics.events().config["max.message.bytes"])
    assert max((len(message.value or b"") for message in between), default=0) < log - 10_000


@pytest.mark.parametrize(("records", "number"), [(many_needs, 100), (a_wide_move, 700), (many_contributors, 200)])
async def test_what_is_stored_in_parts_is_read_whole(
    store: Store, database: Database, records: Callable[[int], list[LogRecord]], number: int
) -> None:
    """Every document comes back as it was written, the note too; once a note is deleted nothing of it is left."""
    change = changed(records(number))
    documents = {name: list(docs) for name, docs in change.writes.items()}
    note = note_of(change)

    async def work(session: Session) -> None:
        await store.write(session, documents, [note])

    await transaction(store.client, work)
    stored = await everything(database)
    assert max(map(sizes, stored.values())) < LARGEST
    assert stored["parts"]
    found = await store.everything(PLAN)
    assert found == {name: {doc["_id"]: doc for doc in docs} for name, docs in documents.items()}
    assert await store.notes([1]) == [note]
    state = await store.plan_state(PLAN)
    assert state is not None
    assert state.model_dump(mode="json") == change.plan_state
    assert await store.delete_notes([note])
    left = {part["_id"].partition("/")[0] for part in (await everything(database)).get("parts", [])}
    assert "outbox" not in left


def test_a_state_names_so_many_needs_and_counts_the_rest() -> None:
    """First those that bind or wait; the date follows from all of them."""
    planned = [event("milestone.planned", f"dft/m{n:03}", {"title": "M", "baseline": "2027-01-01"}) for n in range(150)]
    late = event("milestone.planned", "dft/z-last", {"title": "Z", "baseline": "2027-06-01"})
    needs = [f"dft/m{n:03}" for n in range(150)] + ["dft/z-last", "dft/z-unknown"]
    declared = [event("dependency.declared", "dft/a", {"needs": name}, id=name) for name in needs]
    states = {state["milestone"]: state for state in changed([*planned, late, *declared]).milestone_states}
    named = [need["milestone"] for need in states["dft/a"]["needs"]]
    assert (len(named), states["dft/a"]["more_needs"]) == (MOST_NEEDS, 52)
    assert named == sorted(named)
    assert {"dft/z-last", "dft/z-unknown", "dft/m000"} <= set(named)
    assert states["dft/a"]["projected"] == "2027-06-01"
    assert states["dft/z-last"]["more_needs"] == 0


def test_a_plan_names_so_many_contributors_and_counts_the_rest() -> None:
    """The milestones of the rest are counted as waiting, so that nothing is counted twice or not at all."""
    state = changed(many_contributors(MOST_LISTED + 7)).plan_state
    assert state is not None
    assert (len(state["contributors"]), len(state["counts"]), state["waiting"]) == (MOST_LISTED, MOST_LISTED, 7)
    assert state["more"] == {"contributors": 7, "confidence": 100}
