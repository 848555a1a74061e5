"""Announcements: states as structured CloudEvents on the compacted topics, fenced per partition."""

import datetime as dt
from collections.abc import Iterable

from schemas import topics
from schemas.states import MilestoneConcluded, MilestoneState, PlanConcluded, PlanState
from services.kit.kafka import Announcer, Message, partition_of
from services.plan_tracking.store import Note, Store, milestone_of

SOURCE = "/milepost/plan-tracking"


def messages(
    namespace: str, milestones: Iterable[MilestoneState], plans: Iterable[PlanState], now: dt.datetime
) -> list[Message]:
    """The records that announce these states; a plan's milestones come before the plan."""
    milestone_topic, plan_topic = topics.milestones(namespace).name, topics.plans(namespace).name
    moved = [
        Message(milestone_topic, partition_of(s.plan), topics.milestone_key(s.plan, s.milestone), _milestone(s, now))
        for s in milestones
    ]
    return moved + [Message(plan_topic, partition_of(s.plan), s.plan, _plan(s, now)) for s in plans]


def _milestone(state: MilestoneState, now: dt.datetime) -> bytes:
    event = MilestoneConcluded(
        specversion="1.0",
        id=f"{topics.milestone_key(state.plan, state.milestone)}@{state.version}",
        source=SOURCE,
        subject=state.milestone,
        plan=state.plan,
        time=now,
        correlationid=state.correlationid,
        data=state,
    )
    return event.model_dump_json(exclude_none=True).encode()


def _plan(state: PlanState, now: dt.datetime) -> bytes:
    event = PlanConcluded(
        specversion="1.0",
        id=f"{state.plan}@{state.version}",
        source=SOURCE,
        subject=state.plan,
        plan=state.plan,
        time=now,
        data=state,
    )
    return event.model_dump_json(exclude_none=True).encode()


async def announce_note(store: Store, announcer: Announcer, namespace: str, note: Note, now: dt.datetime) -> None:
    """Announces what a note names, from the store, and deletes it; announces again if another was there first."""
    for _ in range(2):
        stored = [await store.milestones(plan, names) for plan, names in note.plans.items()]
        milestones = [milestone_of(one) for found in stored for one in found.values()]
        plans = [PlanState.model_validate(state) for _, state in (await store.plans(note.plans)).values()]
        await announcer.announce(note.partition, messages(namespace, milestones, plans, now))
        if await store.delete_note(note):
            return
