"""The domain's values: a plan and its milestones as registers, and what is loaded of a plan to fold records into it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.events import LogRecord
from schemas.names import owner
from services.kit.words import LONDON
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.registers import Registers, instant
from services.plan_tracking.domain.schedule import Edge, Given, Port, Terms
from services.plan_tracking.domain.tally import Tallies
from services.plan_tracking.domain.writes import ABSORBED, ANSWER, CONTRIBUTOR, CUTS, NEEDS, ONCE_LISTED, PORT

DEFAULT_TOLERANCE = 14
"""Days of slip above which a milestone is late, where the plan states none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted record of the log: its offset in the plan's partition and what it says."""

    offset: int
    event: LogRecord


@dataclass(frozen=True, slots=True)
class Subject:
    """What is spoken about: a milestone or a fact; its registers, and when it was last spoken of (microseconds)."""

    name: str
    registers: Registers = field(default_factory=dict)
    last_heard: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's registers, the offset of its last record, and its day (an ordinal; 0 before any record).

    `stuck`: its records could not be folded, and enter history unfolded until it is rebuilt.
    """

    name: str
    version: int = -1
    day: int = 0
    registers: Registers = field(default_factory=dict)
    stuck: bool = False

    def said(self, register: str, default: Any = None) -> Any:
        """What the lead last said of this, or the default."""
        return self.registers[register].value if register in self.registers else default

    @property
    def lead(self) -> str:
        """The department that the plan is named under."""
        return owner(self.name)

    @property
    def tolerance(self) -> int:
        """Days of slip above which a milestone is late."""
        return int(self.said("tolerance", DEFAULT_TOLERANCE))

    @property
    def terms(self) -> Terms:
        """What the plan as a whole brings to the schedule."""
        holidays = map(dt.date.fromisoformat, (self.said("calendar") or {}).get("holidays", ()))
        return Terms(
            day=self.day,
            holidays=tuple(sorted(day.toordinal() for day in holidays if day.weekday() < 5)),
            cuts=frozenset((cut["needs"], cut["milestone"]) for cut in self.said(CUTS, ())),
        )

    def listed(self, department: str) -> bool:
        """Whether the department is the lead, or the lead has listed it at some time: what was public stays visible."""
        return department == self.lead or ONCE_LISTED + department in self.registers

    def unlisted(self, department: str) -> dt.date | None:
        """The date on which the lead took the department off the list; None while it is on it, or never was."""
        register = self.registers.get(CONTRIBUTOR + department)
        gone = self.listed(department) and register is not None and register.value is None
        return london_date(register.stamp[0]) if register and gone else None

    def contributors(self) -> list[str]:
        """The departments that the lead has listed at some time, by name."""
        return sorted(name.removeprefix(ONCE_LISTED) for name in self.registers if name.startswith(ONCE_LISTED))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is known of a plan before a fold: network and counts whole, registers of the subjects that are touched."""

    plan: Plan
    network: Network
    subjects: Mapping[str, Subject]
    tallies: Tallies = field(default_factory=dict)


def given(registers: Registers, plan: str) -> Given:
    """What a milestone of the plan brings to the schedule."""

    def said(name: str) -> Any:
        return registers[name].value if name in registers else None

    lifecycle = said("lifecycle") or {"state": "open", "actual": None}
    baseline = ordinal(said("baseline"))
    forecast = ordinal(said("forecast"))
    answered = sorted(name for name in registers if name.startswith(ANSWER))
    return Given(
        lifecycle=lifecycle["state"],
        baseline=baseline,
        declared=baseline if forecast is None else forecast,
        actual=ordinal(lifecycle["actual"]),
        needs=_edges(registers, plan),
        answers=tuple([(name.removeprefix(ANSWER), registers[name].value["answer"]) for name in answered]),
    )


def _edges(registers: Registers, plan: str) -> tuple[Edge, ...]:
    names = [n.removeprefix(NEEDS) for n, r in registers.items() if n.startswith(NEEDS) and r.value is not None]
    return tuple(sorted([_edge(key, registers, plan) for key in names], key=lambda edge: edge.giver))


def _edge(key: str, registers: Registers, plan: str) -> Edge:
    need, absorbed = registers[NEEDS + key].value, registers.get(ABSORBED + key)
    until = ordinal(absorbed.value["until"]) if absorbed else None
    return Edge(key.removeprefix(f"{plan}|"), need["lag"], need["unit"], until)


def port_of(registers: Registers) -> Port:
    """What another plan last said of a milestone that is needed here."""
    said = registers[PORT].value
    return Port(
        known=said["known"],
        lifecycle=said["lifecycle"],
        projected=ordinal(said["projected"]),
        by_day=said["by_day"],
        withdrawn=said["withdrawn"],
        path=tuple(said["path"]),
        chain=tuple(said["chain"]),
        answers=tuple(sorted(said["answers"].items())),
    )


def london_date(microseconds: int) -> dt.date:
    """The date in London at an instant, given in microseconds since 1970."""
    return instant(microseconds).astimezone(LONDON).date()


def ordinal(said: Any) -> int | None:
    """The ordinal of a date as a register keeps it: an ISO date, or a mapping with `date` and `precision`."""
    if said is None:
        return None
    return dt.date.fromisoformat(said["date"] if isinstance(said, dict) else said).toordinal()
