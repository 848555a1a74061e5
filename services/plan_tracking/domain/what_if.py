"""What if this were said: who would move, how far and along which path, in every plan; the fold, nothing written."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from schemas.events import MilestoneReported
from schemas.names import owner
from schemas.payloads import ReportedData
from schemas.topics import milestone_key
from services.plan_tracking.domain.model import Plan, Subject, given
from services.plan_tracking.domain.money import money_said
from services.plan_tracking.domain.network import Moves, Network, renew
from services.plan_tracking.domain.ports import due, port
from services.plan_tracking.domain.registers import FIRST_ACCEPTED, FIRST_SAID, Registers, merge, stamp
from services.plan_tracking.domain.schedule import Port, path
from services.plan_tracking.domain.writes import writes


@dataclass(frozen=True, slots=True)
class Moved:
    """A milestone whose projected date would be another; dates are ordinals, None where there is none.

    `path` (each step as `plan|milestone`) leads to it from one of the milestones that something would be said of;
    `money_at_risk` is what its state would say of the money that pays for it.
    """

    plan: str
    milestone: str
    before: int | None
    after: int | None
    path: tuple[str, ...]
    money_at_risk: dict[str, Any] | None = None

    @property
    def days(self) -> int | None:
        """How much later; None when there is no date before, or none after."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Tried:
    """A plan as it is on a day, and as it would be."""

    plan: Plan
    before: Network
    after: Network


def as_it_is(plan: Plan, moves: Moves, day: int) -> Tried:
    """A plan on a day, with nothing tried; `moves` are everything that its network is made of."""
    network = renew(Network(plan.name), moves, replace(plan.terms, day=max(plan.day, day))).network.kept()
    return Tried(plan, network, network)


def tried(at: Tried, moves: Moves) -> tuple[Tried, dict[str, dict[str, Port]]]:
    """The plan with these moves too, and what other plans would then hear, by plan and port."""
    renewed = renew(at.after, moves, at.after.terms)
    heard: dict[str, dict[str, Port]] = {}
    for name, other in due(at.after, renewed, withdrawn=False).moved:
        now = replace(port(renewed.network, name, other), withdrawn=bool(at.plan.said("withdrawn")))
        heard.setdefault(other, {})[milestone_key(at.plan.name, name)] = now
    return replace(at, after=renewed.network.apart()), heard


def reports(
    plan: str, said: Mapping[str, ReportedData], time: dt.datetime, now: dt.datetime
) -> list[MilestoneReported]:
    """The events that would be accepted `now`, of what was so at `time`, by milestone."""
    return [
        MilestoneReported(
            specversion="1.0",
            id="what-if",
            source=f"/{owner(milestone)}",
            type="org.milepost.milestone.reported.v1",
            subject=milestone,
            plan=plan,
            time=time,
            acceptedtime=now,
            data=data,
        )
        for milestone, data in said.items()
    ]


def words(subjects: Mapping[str, Subject], events: Iterable[MilestoneReported]) -> tuple[Moves, dict[str, list[str]]]:
    """What these events change, at most one of each milestone; and, by milestone, what was said later otherwise.

    `subjects` are the milestones that the events are about. The second are the registers that would not change.
    """
    changed, superseded = {}, dict[str, list[str]]()
    for event in events:
        registers = dict(subjects.get(event.subject, Subject(event.subject)).registers)
        merge(registers, writes(event), stamp(event))
        changed[event.subject] = given(registers, event.plan)
        if lost := _lost(event, registers):
            superseded[event.subject] = lost
    return Moves(given=changed), superseded


def _lost(event: MilestoneReported, registers: Registers) -> list[str]:
    firsts = (FIRST_SAID, FIRST_ACCEPTED)
    said = {name: value for name, value in writes(event).items() if name not in firsts}
    return sorted(name for name, value in said.items() if registers[name].value != value)


def moved(plans: Iterable[Tried], changed: frozenset[str]) -> list[Moved]:
    """Who moved in these plans, the greatest move first, and nobody who was not planned before.

    `changed` are the milestones that something was said of, as `plan|milestone`.
    """
    return sorted((one for plan in plans for one in _moved(plan, changed)), key=_greatest_first)


def _moved(at: Tried, changed: frozenset[str]) -> Iterator[Moved]:
    for name, was in at.before.scheduled.items():
        now = at.after.scheduled[name]
        if now.projected != was.projected:
            money = money_said(at.after.money, name, now.projected, at.plan.listed)
            yield Moved(at.plan.name, name, was.projected, now.projected, _path(at, name, changed), money)


def _path(at: Tried, name: str, changed: frozenset[str]) -> tuple[str, ...]:
    """What pushes it now; else what has pushed it until now, and lets go."""
    ways = [_keys(network, name) for network in (at.after, at.before)]
    return next((way for way in ways if not changed.isdisjoint(way)), ways[0])


def _keys(network: Network, name: str) -> tuple[str, ...]:
    return tuple(step if "|" in step else milestone_key(network.plan, step) for step in path(network, name))


def _greatest_first(one: Moved) -> tuple[bool, int, str, str]:
    return one.days is None, -(one.days or 0), one.plan, one.milestone
