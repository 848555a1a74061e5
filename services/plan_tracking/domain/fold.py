"""The fold: records into registers, registers into the schedule, and which milestones are affected."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.names import owner
from services.plan_tracking.domain.about import PLAN, about, is_fact
from services.plan_tracking.domain.model import LONDON, Entry, Loaded, Network, Plan, Subject, given
from services.plan_tracking.domain.registers import Stamp, merge, stamp
from services.plan_tracking.domain.schedule import schedule
from services.plan_tracking.domain.writes import writes


@dataclass(frozen=True, slots=True)
class Remembered:
    """A record as history keeps it: what it is about (domain/about.py) and the registers it won."""

    entry: Entry
    stamp: Stamp
    about: str
    won: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """A plan after the fold: its touched milestones and facts, its network, and whose state may differ."""

    plan: Plan
    network: Network
    touched: Mapping[str, Subject]
    facts: Mapping[str, Subject]
    affected: frozenset[str]
    history: tuple[Remembered, ...]


def fold(loaded: Loaded, entries: Sequence[Entry]) -> Folded:
    """Folds entries (those at or below the plan's version are skipped) into a plan."""
    plan, history, touched = loaded.plan, [], dict[str, Subject]()
    for entry in entries:
        if entry.offset <= loaded.plan.version:
            continue
        at, name = stamp(entry.event), about(entry.event)
        plan = replace(plan, version=entry.offset, day=max(plan.day, london_day(entry.event.acceptedtime)))
        if name == PLAN:
            registers, won = merge(plan.registers, writes(entry.event), at)
            plan = replace(plan, registers=registers)
        else:
            before = touched.get(name) or loaded.subjects.get(name) or Subject(name)
            registers, won = merge(before.registers, writes(entry.event), at)
            touched[name] = Subject(name, registers, max(before.last_heard, at[0]))
        history.append(Remembered(entry, at, name, won))
    facts = {name: subject for name, subject in touched.items() if is_fact(name)}
    milestones = {name: subject for name, subject in touched.items() if name not in facts}
    network = _reschedule(plan, loaded, milestones)
    affected = _affected(loaded, plan, network, milestones)
    return Folded(plan, network, milestones, facts, affected, tuple(history))


def london_day(instant: dt.datetime | None) -> int:
    """The ordinal of the date in London at an instant."""
    assert instant is not None  # noqa: S101 - an entry without acceptedtime has no stamp
    return instant.astimezone(LONDON).date().toordinal()


def _reschedule(plan: Plan, loaded: Loaded, touched: Mapping[str, Subject]) -> Network:
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
    relisted = {name for name in network.given if _listing(plan, name) != _listing(loaded.plan, name)}
    return frozenset(moved | relisted | set(touched))


def _listing(plan: Plan, milestone: str) -> tuple[bool, dt.date | None]:
    department = owner(milestone)
    return plan.listed(department), plan.unlisted(department)
