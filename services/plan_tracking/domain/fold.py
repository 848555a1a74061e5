"""The fold: records into registers, registers into the network, and which milestones are affected."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from schemas.names import owner
from schemas.network import Link
from services.kit.words import LONDON
from services.plan_tracking.domain.about import FUNDING, IN, LINKED, OUT, PLAN, about, is_fact
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject, given, port_of
from services.plan_tracking.domain.money import heard_anew, paying, repaid
from services.plan_tracking.domain.network import Moves, Network, Renewed, renew
from services.plan_tracking.domain.ports import Due, due
from services.plan_tracking.domain.registers import Register, Registers, Stamp, merge, microseconds, said, stamp
from services.plan_tracking.domain.tally import Tallies, recount
from services.plan_tracking.domain.trajectories import UNGROUPED
from services.plan_tracking.domain.writes import LINKS, writes


@dataclass(frozen=True, slots=True)
class Remembered:
    """A record as history keeps it: what it is about (domain/about.py), the registers it won, itself as JSON values."""

    entry: Entry
    stamp: Stamp
    about: str
    won: tuple[str, ...]
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Folded:
    """A plan after the fold: its touched milestones and facts, its network, whose state may differ, what is to be told.

    `network` and `tallies` lie over those before the fold, which stay as they were.
    """

    plan: Plan
    network: Network
    tallies: Tallies
    touched: Mapping[str, Subject]
    facts: Mapping[str, Subject]
    affected: frozenset[str]
    history: tuple[Remembered, ...]
    due: Due = field(default_factory=Due)


def fold(loaded: Loaded, entries: Sequence[Entry]) -> Folded:
    """Folds entries (those at or below the plan's version are skipped) into a plan."""
    plan, touched, history = _merged(loaded, entries)
    facts = {name: subject for name, subject in touched.items() if is_fact(name)}
    milestones = {name: subject for name, subject in touched.items() if name not in facts}
    renewed = _renewed(loaded, plan, milestones, facts)
    tolerances = (loaded.plan.tolerance, plan.tolerance)
    tallies = recount(loaded.tallies, loaded.network, renewed.network, renewed.affected, tolerances)
    affected = renewed.affected | milestones.keys() | _restated(loaded.plan, plan, renewed.network, tallies)
    affected |= _repaid(loaded, plan, renewed.network, facts)
    withdrawn = bool(plan.said("withdrawn")) != bool(loaded.plan.said("withdrawn"))
    told = due(loaded.network, renewed, withdrawn=withdrawn)
    return Folded(plan, renewed.network, tallies, milestones, facts, affected, history, told)


def _merged(loaded: Loaded, entries: Sequence[Entry]) -> tuple[Plan, dict[str, Subject], tuple[Remembered, ...]]:
    """Registers of the plan and of what was spoken about, and the records as history keeps them."""
    fresh = [entry for entry in entries if entry.offset > loaded.plan.version]
    if not fresh:
        return loaded.plan, {}, ()
    merged, heard = dict[str, dict[str, Register]](), dict[str, dt.datetime]()
    history = []
    for entry in fresh:
        event = entry.event
        as_json, name = said(event), about(event)
        data = as_json.get("data") or {}
        at = stamp(event, data)
        if name not in merged:
            merged[name], heard[name] = dict(_before(loaded, name).registers), event.time
        elif event.time > heard[name]:
            heard[name] = event.time
        won = merge(merged[name], writes(event, data), at)
        history.append(Remembered(entry, at, name, won, as_json))
    accepted = max(entry.event.acceptedtime or _NEVER for entry in fresh)
    day = max(loaded.plan.day, london_day(accepted))
    registers = merged.pop(PLAN, loaded.plan.registers)
    plan = replace(loaded.plan, version=fresh[-1].offset, day=day, registers=registers)
    touched = {name: _heard(loaded, name, own, heard[name]) for name, own in merged.items()}
    return plan, touched, tuple(history)


def _before(loaded: Loaded, name: str) -> Subject:
    return Subject(name, loaded.plan.registers) if name == PLAN else loaded.subjects.get(name, Subject(name))


def _heard(loaded: Loaded, name: str, registers: Registers, at: dt.datetime) -> Subject:
    return Subject(name, registers, max(_before(loaded, name).last_heard, microseconds(at)))


_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def london_day(instant: dt.datetime) -> int:
    """The ordinal of the date in London at an instant; no later instant has an earlier one."""
    return instant.astimezone(LONDON).date().toordinal()


def _renewed(loaded: Loaded, plan: Plan, milestones: Mapping[str, Subject], facts: Mapping[str, Subject]) -> Renewed:
    between = network_moves(facts.items())
    moves = replace(between, given={name: given(one.registers, plan.name) for name, one in milestones.items()})
    terms = plan.terms if plan.registers is not loaded.plan.registers else replace(loaded.network.terms, day=plan.day)
    return renew(loaded.network, moves, terms)


def network_moves(facts: Iterable[tuple[str, Subject]]) -> Moves:
    """What facts about dependencies across plans, money and outcomes bring to the network."""
    ports, wanted, links, money, outcomes = {}, {}, {}, {}, {}
    for name, fact in facts:
        if name.startswith(IN):
            ports[name.removeprefix(IN)] = port_of(fact.registers)
        elif name.startswith(OUT):
            plans = (by for by, register in fact.registers.items() if register.value)
            wanted[name.removeprefix(OUT)] = tuple(sorted(plans))
        elif name.startswith(LINKED):
            links[name.removeprefix(LINKED)] = tuple(map(Link.model_validate, fact.registers[LINKS].value))
        elif name.startswith(FUNDING):
            money[name] = paying(name, fact.registers)
        elif re.match(UNGROUPED, name):
            outcomes[name] = fact.registers
    return Moves(ports=ports, wanted=wanted, links=links, money=money, outcomes=outcomes)


def _repaid(before: Loaded, plan: Plan, network: Network, facts: Collection[str]) -> set[str]:
    """The milestones whose money may be at risk otherwise by what is said of money, or of who may speak."""
    found = repaid(before.network.money, network.money, facts)
    if plan.registers is not before.plan.registers:
        found |= heard_anew(network.money, before.plan.listed, plan.listed)
    return {name for name in found if name in network.given}


def _restated(before: Plan, plan: Plan, network: Network, tallies: Tallies) -> frozenset[str]:
    """The milestones whose states differ by what the lead says: of its tolerance, or of their department."""
    if plan.registers is before.registers:
        return frozenset()
    if plan.tolerance != before.tolerance:
        return frozenset(network.given)
    relisted = {name for name in tallies if _listing(plan, name) != _listing(before, name)}
    return frozenset(name for name in network.given if owner(name) in relisted) if relisted else frozenset()


def _listing(plan: Plan, department: str) -> tuple[bool, dt.date | None]:
    return plan.listed(department), plan.unlisted(department)
