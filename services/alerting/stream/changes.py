"""Changes: inside a transaction, what states do to the alerts, and the due marks that follow."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.states import MilestoneState, Node, PlanState
from schemas.topics import milestone_key
from services.alerting.domain.due import push
from services.alerting.domain.levels import Heard, conclude, keys_of
from services.alerting.domain.model import KeptAlert, Mark, mark_id
from services.alerting.domain.rules import holding
from services.alerting.store import Store
from services.kit.mongo import Session
from services.kit.words import london_day


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a batch brings: the newest state of each milestone and plan, and which milestones were there at the start.

    `milestones` and `known` go by milestone key, `plans` by name.
    """

    milestones: Mapping[str, MilestoneState]
    known: frozenset[str]
    plans: Mapping[str, PlanState]


def newest(read: Iterable[tuple[MilestoneState | PlanState, bool]]) -> Arrived:
    """What a batch brings; each state comes with whether it was there at the first start."""
    milestones: dict[str, tuple[MilestoneState, bool]] = {}
    plans: dict[str, PlanState] = {}
    for state, known in read:
        if isinstance(state, PlanState):
            if state.plan not in plans or state.version >= plans[state.plan].version:
                plans[state.plan] = state
            continue
        key = milestone_key(state.plan, state.milestone)
        if key not in milestones or state.version >= milestones[key][0].version:
            milestones[key] = state, known
    at_start = frozenset(key for key, (_, known) in milestones.items() if known)
    return Arrived({key: state for key, (state, _) in milestones.items()}, at_start, plans)


async def take(store: Store, session: Session, arrived: Arrived, now: dt.datetime) -> list[KeptAlert]:
    """Writes newer states, what they change in the alerts, and the marks; answers with the alerts that changed."""
    stored = await store.states(arrived.milestones, session)
    heard = [
        Heard(state, first=key not in stored, known=key in arrived.known)
        for key, state in arrived.milestones.items()
        if key not in stored or state.version > stored[key].version
    ]
    changed = await judge(store, session, heard, now)
    plans, shown = await _newer_plans(store, session, arrived.plans)
    await _mark(store, session, [(c.alert.plan, c.alert.cause) for c in changed] + [(p, None) for p in shown], now)
    await store.write(session, states=[one.state for one in heard], plans=plans)
    return changed


async def retake(store: Store, session: Session, states: Iterable[MilestoneState], now: dt.datetime) -> list[KeptAlert]:
    """The same for states already stored, because a day has passed; one that is newer in the store is left alone."""
    today = london_day(now)
    held = [s for s in states if await store.touch(session, milestone_key(s.plan, s.milestone), s.version, today)]
    changed = await judge(store, session, [Heard(state) for state in held], now)
    await _mark(store, session, [(c.alert.plan, c.alert.cause) for c in changed], now)
    return changed


async def judge(store: Store, session: Session, heard: list[Heard], now: dt.datetime) -> list[KeptAlert]:
    """The alerts that change, written."""
    alerts = await store.alerts([key for one in heard for key in keys_of(one.state)], session)
    states = {milestone_key(one.state.plan, one.state.milestone): one.state for one in heard}
    wanted = _paths_of_ending(heard, alerts, now) - states.keys()
    changed = conclude(heard, alerts, {**await store.states(wanted, session), **states}, now)
    await store.write(session, alerts=changed)
    return changed


def _paths_of_ending(heard: Iterable[Heard], alerts: Mapping[str, KeptAlert], now: dt.datetime) -> set[str]:
    """The milestones on the paths of alerts that no longer hold: what became of them tells how these end."""
    ending = [one.state for one in heard if not holding(one.state, london_day(now))]
    paths = [alerts[key].path for state in ending for key in keys_of(state) if key in alerts and alerts[key].firing]
    return {milestone_key(node.plan, node.milestone) for path in paths for node in path}


async def _newer_plans(
    store: Store, session: Session, plans: Mapping[str, PlanState]
) -> tuple[list[PlanState], list[str]]:
    """The plans that are newer than stored, and the names of those that others may see than could before."""
    stored = await store.plans(plans, session)
    newer = [plan for name, plan in plans.items() if name not in stored or plan.version > stored[name].version]
    shown = [plan.plan for plan in newer if plan.plan not in stored or _audience(stored[plan.plan]) != _audience(plan)]
    return newer, shown


def _audience(plan: PlanState) -> tuple[str, frozenset[str]]:
    return plan.visibility, frozenset(one.department for one in plan.contributors)


async def _mark(store: Store, session: Session, moved: list[tuple[str, Node | None]], now: dt.datetime) -> None:
    wanted = {mark_id(plan, cause): (plan, cause) for plan, cause in moved}
    there: dict[str, Mark] = await store.marks(wanted, session)
    await store.write(session, marks=[push(there.get(key), plan, cause, now) for key, (plan, cause) in wanted.items()])
