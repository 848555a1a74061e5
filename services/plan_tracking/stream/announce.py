"""Announcements: states as structured CloudEvents on the compacted topics, fenced per partition."""

import datetime as dt
from collections.abc import Iterable

from pydantic_core import to_json

from schemas import topics
from schemas.states import MilestoneConcluded, PlanConcluded
from services.kit.kafka import Announcer, Message, partition_of
from services.plan_tracking.domain.conclude import Said
from services.plan_tracking.store import Store
from services.plan_tracking.stream.between import SOURCE, Between
from services.plan_tracking.stream.cache import Networks
from services.plan_tracking.writing import Note


def messages(namespace: str, milestones: Iterable[Said], plans: Iterable[Said], now: dt.datetime) -> list[Message]:
    """The records that announce these states; a plan's milestones come before the plan."""
    of_milestones, of_plans, time = topics.milestones(namespace).name, topics.plans(namespace).name, now.isoformat()
    moved = [_message(of_milestones, MILESTONE, state, state["milestone"], _key(state), time) for state in milestones]
    return moved + [_message(of_plans, PLAN, state, state["plan"], state["plan"], time) for state in plans]


def _key(state: Said) -> str:
    return topics.milestone_key(state["plan"], state["milestone"])


def _message(topic: str, type_: str, state: Said, subject: str, key: str, time: str) -> Message:
    return Message(topic, partition_of(state["plan"]), key, _event(type_, subject, key, state, time))


MILESTONE: str = MilestoneConcluded.model_fields["type"].default
PLAN: str = PlanConcluded.model_fields["type"].default


def _event(type_: str, subject: str, key: str, state: Said, time: str) -> bytes:
    """A state as a structured CloudEvent; what it says nothing of is left out."""
    correlationid = state.get("correlationid")
    event = {
        "specversion": "1.0",
        "id": f"{key}@{state['version']}",
        "source": SOURCE,
        "type": type_,
        "subject": subject,
        "plan": state["plan"],
        "time": time,
        **({} if correlationid is None else {"correlationid": correlationid}),
        "data": {name: value for name, value in state.items() if value is not None},
    }
    return to_json(event)


async def announce_note(
    store: Store, networks: Networks, announcer: Announcer, namespace: str, note: Note, now: dt.datetime
) -> None:
    """Announces what a note names, from the store, and deletes it; announces again if another was there first."""
    for _ in range(2):
        stored = await store.milestones_of(note.plans)
        milestones = [one.state for found in stored.values() for one in found.values()]
        known = await store.plans({*note.plans, *note.between})
        plans = [state for name, (_, state) in known.items() if name in note.plans]
        said = messages(namespace, milestones, plans, now)
        for name, due in note.between.items():
            plan, _ = known[name]
            said += Between(namespace, plan, (await networks.of(plan)).network, now).messages(due)
        await announcer.announce(note.partition, said)
        if await store.delete_notes([note]):
            return
