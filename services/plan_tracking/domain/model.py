"""The domain's values: a plan and its milestones as registers, and what is loaded of a plan to fold records into it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.events import LogRecord
from schemas.names import owner
from services.plan_tracking.domain.registers import Registers
from services.plan_tracking.domain.schedule import Edge, Given, Scheduled
from services.plan_tracking.domain.writes import CONTRIBUTOR, NEEDS

DEFAULT_TOLERANCE = 14
"""Days of slip above which a milestone is late, where the plan states none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted record of the log: its offset in the plan's partition and what it says."""

    offset: int
    event: LogRecord


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone's registers and when it was last spoken of (microseconds since 1970)."""

    name: str
    registers: Registers = field(default_factory=dict)
    last_heard: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's registers, the offset of its last record, and its day (an ordinal; 0 before any record)."""

    name: str
    version: int = -1
    day: int = 0
    registers: Registers = field(default_factory=dict)

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

    def listed(self, department: str) -> bool:
        """Whether the department is the lead or one that the lead has listed."""
        return department == self.lead or self.said(CONTRIBUTOR + department) is not None

    def contributors(self) -> dict[str, str | None]:
        """The listed departments and the titles that the lead gave them."""
        named = {n.removeprefix(CONTRIBUTOR): r.value for n, r in self.registers.items() if n.startswith(CONTRIBUTOR)}
        return {name: value["title"] for name, value in sorted(named.items()) if value is not None}


@dataclass(frozen=True, slots=True)
class Network:
    """A plan's dependency network and the schedule that follows from it."""

    given: Mapping[str, Given] = field(default_factory=dict)
    scheduled: Mapping[str, Scheduled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is known of a plan before a fold: its network whole, registers only of the milestones that are touched."""

    plan: Plan
    network: Network
    milestones: Mapping[str, Milestone]


def given(registers: Registers) -> Given:
    """What a milestone brings to the schedule."""

    def said(name: str) -> Any:
        return registers[name].value if name in registers else None

    lifecycle = said("lifecycle") or {"state": "open", "actual": None}
    baseline = ordinal(said("baseline"))
    forecast = ordinal(said("forecast"))
    return Given(
        lifecycle=lifecycle["state"],
        baseline=baseline,
        declared=baseline if forecast is None else forecast,
        actual=ordinal(lifecycle["actual"]),
        needs=_edges(registers),
    )


def _edges(registers: Registers) -> tuple[Edge, ...]:
    names = sorted(n for n, r in registers.items() if n.startswith(NEEDS) and r.value is not None)
    keys = [name.removeprefix(NEEDS).partition("|") for name in names]
    values = [registers[name].value for name in names]
    return tuple(Edge(plan, ms, v["lag"], v["unit"]) for (plan, _, ms), v in zip(keys, values, strict=True))


def ordinal(said: Any) -> int | None:
    """The ordinal of a date as a register keeps it: an ISO date, or a mapping with `date` and `precision`."""
    if said is None:
        return None
    return dt.date.fromisoformat(said["date"] if isinstance(said, dict) else said).toordinal()


def title_of(milestone: Milestone) -> str:
    """The title as said, else the last part of the name."""
    register = milestone.registers.get("title")
    return register.value if register and register.value else milestone.name.rpartition("/")[2]
