"""The fold: records into registers, registers into the schedule, and which milestones are affected."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from schemas.names import owner
from services.plan_tracking.domain.model import Entry, Loaded, Milestone, Network, Plan, given
from services.plan_tracking.domain.registers import Stamp, merge, stamp
from services.plan_tracking.domain.schedule import schedule
from services.plan_tracking.domain.writes import writes

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Remembered:
    """A record as history keeps it: the milestone it speaks of (None: the plan) and the registers it won."""

    entry: Entry
    stamp: Stamp
    milestone: str | None
    won: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """A plan after the fold: its touched milestones, its network, and every milestone whose state may differ."""

    plan: Plan
    network: Network
    touched: Mapping[str, Milestone]
    affected: frozenset[str]
    history: tuple[Remembered, ...]


def fold(loaded: Loaded, entries: Sequence[Entry]) -> Folded:
    """Folds entries (those at or below the plan's version are skipped) into a plan."""
    fresh = [entry for entry in entries if entry.offset > loaded.plan.version]
    plan, milestones = loaded.plan, dict(loaded.milestones)
    history = []
    touched: dict[str, Milestone] = {}
    for entry in fresh:
        at = stamp(entry.event)
        plan = replace(plan, version=entry.offset, day=max(plan.day, london_day(entry.event.acceptedtime)))
        subject = entry.event.subject
        if subject == plan.name:
            registers, won = merge(plan.registers, writes(entry.event), at)
            plan = replace(plan, registers=registers)
            history.append(Remembered(entry, at, None, won))
        else:
            before = milestones.get(subject, Milestone(subject))
            registers, won = merge(before.registers, writes(entry.event), at)
            milestones[subject] = touched[subject] = Milestone(subject, registers, max(before.last_heard, at[0]))
            history.append(Remembered(entry, at, subject, won))
    network = _reschedule(plan, loaded, touched)
    return Folded(plan, network, touched, _affected(loaded, plan, network, touched), tuple(history))


def london_day(instant: dt.datetime | None) -> int:
    """The ordinal of the date in London at an instant."""
    assert instant is not None  # noqa: S101 - an entry without acceptedtime has no stamp
    return instant.astimezone(LONDON).date().toordinal()


def _reschedule(plan: Plan, loaded: Loaded, touched: Mapping[str, Milestone]) -> Network:
    changed = {name: brought for name, m in touched.items() if (brought := given(m.registers)) != _before(loaded, name)}
    if not changed and plan.day == loaded.plan.day:
        return loaded.network
    everything = {**loaded.network.given, **changed}
    return Network(everything, schedule(plan.name, everything, plan.day))


def _before(loaded: Loaded, name: str) -> object:
    return loaded.network.given.get(name)


def _affected(loaded: Loaded, plan: Plan, network: Network, touched: Iterable[str]) -> frozenset[str]:
    if plan.tolerance != loaded.plan.tolerance:
        return frozenset(network.given)
    before = loaded.network.scheduled
    moved = {name for name, now in network.scheduled.items() if now is not before.get(name) and now != before.get(name)}
    relisted = {name for name in network.given if plan.listed(owner(name)) != loaded.plan.listed(owner(name))}
    return frozenset(moved | relisted | set(touched))
