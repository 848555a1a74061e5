"""Outcomes off their path: the value observed last beside the straight way to the target; kept with the network."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote

from schemas.names import owner
from schemas.payloads import ObservedData, OutcomeData
from schemas.states import OffPath
from services.plan_tracking.domain.periods import Period, period
from services.plan_tracking.domain.registers import Register, Registers
from services.plan_tracking.domain.writes import DEFINED, OBSERVED

MOST_OFF_PATH = 20
"""Series off their path that a plan's state names; the rest is counted."""

UNGROUPED = r"^outcome\|[^@]*(@[^@]*@)?$"
"""The facts that are judged: an outcome's definition, and its series of everybody at a place, or of all places."""


@dataclass(frozen=True, slots=True)
class Point:
    """A final value: its period as it was written, the last day of that, and the value in the outcome's unit."""

    period: str
    day: dt.date
    value: Decimal


Ends = tuple[Point, Point]
"""The first and the last point of a series."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of a plan: definitions by outcome, ends of its series by outcome and place, and what is off its path.

    It never changes.
    """

    defined: Mapping[str, OutcomeData] = field(default_factory=dict)
    series: Mapping[str, Mapping[str, Ends]] = field(default_factory=dict)
    off: tuple[OffPath, ...] = ()

    def after(self, moves: Mapping[str, Registers]) -> "Outcomes":
        """The outcomes once these facts say this."""
        if not moves:
            return self
        defined, series = dict(self.defined), dict(self.series)
        for fact, registers in moves.items():
            name, _, place = fact.partition("|")[2].partition("@")
            if DEFINED in registers:
                defined[name] = OutcomeData.model_validate(registers[DEFINED].value)
            elif ends := _ends(registers):
                series[name] = {**series.get(name, {}), unquote(place[:-1]): ends}
            else:
                series[name] = {at: known for at, known in series.get(name, {}).items() if at != unquote(place[:-1])}
        judged = {fact.partition("|")[2].partition("@")[0] for fact in moves}
        off = [one for one in self.off if one.outcome not in judged]
        off += (one for name in judged if name in defined for one in _off(name, defined[name], series.get(name, {})))
        return Outcomes(defined, series, tuple(sorted(off, key=lambda one: (one.outcome, one.place or ""))))

    def off_path(self, listed: Callable[[str], bool]) -> tuple[OffPath, ...]:
        """The series off their path of departments that the lead has listed, by outcome and place."""
        return tuple(one for one in self.off if listed(one.department)) if self.off else ()


def _ends(registers: Registers) -> Ends | None:
    """The ends of a series: its final values, of the kind of period (month, year) of the most recent; None of one."""
    known: dict[Period, Point] = {}
    for register in sorted(_said(registers), key=lambda one: one.stamp):
        data = ObservedData.model_validate(register.value)
        if (at := period(data.period)) and data.value is not None and not data.provisional:
            known[at] = Point(data.period, at.last, data.value)
    if not known:
        return None
    newest = max(known, key=lambda at: at.recency)
    first = min(at for at in known if at.kind == newest.kind)
    return (known[first], known[newest]) if first != newest else None


def _said(registers: Registers) -> Iterator[Register]:
    return (register for name, register in registers.items() if name.startswith(OBSERVED))


def _off(name: str, defined: OutcomeData, series: Mapping[str, Ends]) -> Iterable[OffPath]:
    """The series whose last value is worse than its path has it on the last day of its period.

    A baseline has no date, so the path begins where the series does: it leads straight from the first final value to
    the target on the target's date, and stays there. So Eurostat's monitoring of the Sustainable Development Goals
    compares the pace since a first year with the pace that the target requires. What has reached its target is never
    off its path; without a target and its date, or with one period, nothing is judged. A provisional value is none.
    """
    if defined.target is None or defined.target_date is None:
        return
    for place, (first, last) in series.items():
        wanted = _wanted(first, last.day, defined.target, defined.target_date.date)
        wanted = min(wanted, defined.target) if defined.direction == "increase" else max(wanted, defined.target)
        if last.value < wanted if defined.direction == "increase" else last.value > wanted:
            yield OffPath(
                outcome=name,
                department=owner(name),
                title=defined.title,
                unit=defined.unit,
                place=place or None,
                period=last.period,
                value=last.value,
                wanted=round(wanted, 4),
                target=defined.target,
                target_date=defined.target_date.date,
            )


def _wanted(first: Point, day: dt.date, target: Decimal, ends: dt.date) -> Decimal:
    if day >= ends or first.day >= ends:
        return target
    share = Decimal((day - first.day).days) / (ends - first.day).days
    return first.value + (target - first.value) * share
