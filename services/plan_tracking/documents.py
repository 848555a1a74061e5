"""Documents: how plans, milestones and history are kept in Mongo, and read back."""

import datetime as dt
from collections.abc import Iterator
from sys import intern
from typing import Any, cast

from schemas.events import LOG_RECORD
from schemas.payloads import Unit
from schemas.topics import milestone_key
from services.kit.mongo import Document
from services.plan_tracking.domain.fold import Remembered
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.keys import Needed, fact_keys, milestone_keys, plan_keys
from services.plan_tracking.domain.model import Entry, Plan, Subject
from services.plan_tracking.domain.registers import pack, unpack
from services.plan_tracking.domain.schedule import Edge, Given
from services.plan_tracking.domain.tally import Tallies, earliest_open


def plan_document(plan: Plan, tallies: Tallies, state: Document) -> Document:
    """A plan. `earliest` is the first projected date (an ordinal) of its open milestones: when its day must move.

    By `keys` (domain/keys.py) it is found across plans, as milestones and facts are.
    """
    return {
        "_id": plan.name,
        "version": plan.version,
        "day": plan.day,
        "earliest": earliest_open(tallies),
        "keys": plan_keys(state),
        "registers": pack(plan.registers),
        "state": state,
    }


def plan_of(document: Document) -> Plan:
    """The plan of a document; of a stuck one only name and version, for the rest may be unreadable."""
    if document.get("stuck"):
        return Plan(document["_id"], document["version"], stuck=True)
    return Plan(document["_id"], document["version"], document["day"], unpack(document["registers"]))


def milestone_document(milestone: Subject, given: Given, state: Document) -> Document:
    """A milestone: its registers, what it brings to the schedule, and its state (as JSON values)."""
    return {
        "_id": milestone_key(state["plan"], state["milestone"]),
        "plan": state["plan"],
        "milestone": state["milestone"],
        "version": state["version"],
        "last_heard": milestone.last_heard,
        "registers": pack(milestone.registers),
        "given": _pack_given(given),
        "keys": milestone_keys(state["plan"], state["department"], state["places"], _needed(state["plan"], given)),
        "state": state,
    }


def _needed(plan: str, given: Given) -> Iterator[Needed]:
    for edge in given.needs:
        in_plan, _, name = edge.giver.rpartition("|")
        yield in_plan or plan, name


def fact_document(plan: str, fact: Subject) -> Document:
    """A fact: its registers."""
    return {
        "_id": milestone_key(plan, fact.name),
        "plan": plan,
        "fact": fact.name,
        "last_heard": fact.last_heard,
        "keys": fact_keys(plan, fact.name),
        "registers": pack(fact.registers),
    }


def subject_of(document: Document) -> Subject:
    """The milestone or fact of a document."""
    name = document.get("milestone") or document["fact"]
    return Subject(name, unpack(document["registers"]), document["last_heard"])


def _pack_given(given: Given) -> list[Any]:
    needs = [[edge.giver, edge.lag, edge.unit, edge.absorbed] for edge in given.needs]
    return [given.lifecycle, given.baseline, given.declared, given.actual, needs, [list(one) for one in given.answers]]


def given_of(document: Document) -> Given:
    """What the milestone of a document brings to the schedule."""
    lifecycle, baseline, declared, actual, needs, answers = document["given"]
    edges = tuple(Edge(intern(giver), lag, cast(Unit, intern(unit)), absorbed) for giver, lag, unit, absorbed in needs)
    return Given(lifecycle, baseline, declared, actual, edges, tuple((by, answer) for by, answer in answers))


def history_document(plan: str, remembered: Remembered) -> Document:
    """A record as history keeps it; `about` is the plan, or plan and milestone (or fact)."""
    event, offset = remembered.entry.event, remembered.entry.offset
    return {
        "_id": f"{plan}|{offset:020d}",
        "plan": plan,
        "offset": offset,
        "about": milestone_key(plan, remembered.about) if remembered.about else plan,
        "source": event.source,
        "id": event.id,
        "stamp": list(remembered.stamp),
        "won": list(remembered.won),
        "event": remembered.said,
    }


def logged_of(document: Document) -> Entry:
    """A record of history as it was folded."""
    return Entry(document["offset"], LOG_RECORD.validate_python(document["event"]))


def entry_of(document: Document) -> HistoryEntry:
    """A record of history as readers see it."""
    event = document["event"]
    return HistoryEntry(
        time=dt.datetime.fromisoformat(event["time"]),
        accepted=dt.datetime.fromisoformat(event["acceptedtime"]),
        source=event["source"],
        id=event["id"],
        type=event["type"],
        data=event["data"],
        won=tuple(document["won"]),
    )
