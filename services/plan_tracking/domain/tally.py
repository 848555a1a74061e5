"""Counts of a plan's milestones by department, kept as they move instead of counted anew."""

import bisect
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from schemas.names import owner
from schemas.states import SLIP_BUCKETS, STATUSES, Status
from services.plan_tracking.domain.schedule import Given, Scheduled


def slip(given: Given, scheduled: Scheduled) -> int | None:
    """Calendar days of projected after baseline; None without either."""
    if given.baseline is None or scheduled.projected is None:
        return None
    return scheduled.projected - given.baseline


def status(given: Given, scheduled: Scheduled, tolerance: int) -> Status:
    """The schedule status."""
    if given.lifecycle != "open":
        return given.lifecycle
    if scheduled.projected is None:
        return "undated"
    days = slip(given, scheduled) or 0
    if days > tolerance:
        return "late"
    return "slipping" if days > 0 else "on-track"


@dataclass
class Tally:
    """One department's counts. `dates` counts its milestones by projected date, `opened` those that are open."""

    number: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    slips: Counter[int] = field(default_factory=Counter)
    slip_sum: int = 0
    dates: Counter[int] = field(default_factory=Counter)
    opened: Counter[int] = field(default_factory=Counter)

    def copy(self) -> "Tally":
        """The same counts, to be changed apart."""
        counters = (self.statuses.copy(), self.slips.copy(), self.slip_sum, self.dates.copy(), self.opened.copy())
        return Tally(self.number, *counters)

    def count(self, given: Given, scheduled: Scheduled, tolerance: int, by: int) -> None:
        """Adds a milestone (`by` 1) or takes it away (-1)."""
        self.number += by
        self.statuses[status(given, scheduled, tolerance)] += by
        days = slip(given, scheduled)
        if days is not None and given.lifecycle != "cancelled":
            self.slips[bisect.bisect_left(SLIP_BUCKETS, days)] += by
            self.slip_sum += by * days
        if scheduled.projected is not None:
            _count(self.dates, scheduled.projected, by)
            if given.lifecycle == "open":
                _count(self.opened, scheduled.projected, by)

    def counts(self) -> dict[str, Any]:
        """The counts as the contract has them (schemas.states.DepartmentCounts), as JSON values."""
        return {
            "statuses": {name: self.statuses[name] for name in STATUSES},
            "slips": [self.slips[bucket] for bucket in range(len(SLIP_BUCKETS) + 1)],
            "slip_sum": self.slip_sum,
        }


def _count(dates: Counter[int], date: int, by: int) -> None:
    dates[date] += by
    if not dates[date]:
        del dates[date]


Tallies = Mapping[str, Tally]
"""By department."""


class Counted(Protocol):
    """What is counted."""

    @property
    def given(self) -> Mapping[str, Given]:
        """What each milestone brings."""

    @property
    def scheduled(self) -> Mapping[str, Scheduled]:
        """Where each stands."""


def recount(
    tallies: Tallies, before: Counted, after: Counted, affected: Iterable[str], tolerances: tuple[int, int]
) -> Tallies:
    """The tallies after a batch that affected these milestones; all are counted anew once the tolerance differs."""
    was, now = tolerances
    if was != now:
        tallies, affected, before = {}, after.given, after
    changed: dict[str, Tally] = {}
    for name in affected:
        department = owner(name)
        if department not in changed:
            changed[department] = tallies[department].copy() if department in tallies else Tally()
        if was == now and name in before.given:
            changed[department].count(before.given[name], before.scheduled[name], was, -1)
        changed[department].count(after.given[name], after.scheduled[name], now, 1)
    return {**tallies, **changed}


def latest(tallies: Tallies, departments: set[str]) -> int | None:
    """The last projected date of these departments' milestones."""
    return max((max(t.dates) for name, t in tallies.items() if name in departments and t.dates), default=None)


def earliest_open(tallies: Tallies) -> int | None:
    """The first projected date of an open milestone: when the plan's day must move."""
    return min((min(tally.opened) for tally in tallies.values() if tally.opened), default=None)
