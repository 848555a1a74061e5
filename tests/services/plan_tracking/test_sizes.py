"""How large documents grow."""

import datetime as dt

import bson

from schemas.events import LogRecord
from services.plan_tracking.domain.fold import fold
from services.plan_tracking.domain.model import Entry, Loaded, Plan
from services.plan_tracking.domain.network import Network
from services.plan_tracking.stream.change import conclude
from tests.events import NOON, PLAN, event

RECORDS, LARGEST = 20_000, 64 * 1024


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


def test_no_document_passes_64_kb_with_20_000_records_on_one_milestone() -> None:
    """What is kept of a milestone is what was said last, whatever was said before."""
    entries = [Entry(number, said(number)) for number in range(RECORDS)]
    change = conclude(fold(Loaded(Plan(PLAN), Network(PLAN), {}), entries), {}, None)
    documents = [document for of in change.writes.values() for document in of]
    assert len(documents) == RECORDS + 2
    assert max(len(bson.encode(document)) for document in documents) < LARGEST
