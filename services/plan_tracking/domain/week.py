"""What moved lately, over all plans: whose date, by how many days since a moment, and whom that reaches."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.dates import PreciseDate
from schemas.states import MilestoneState, PlanState
from services.kit.words import london_day
from services.plan_tracking.domain.directory import title_of
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.lines import department_title
from services.plan_tracking.domain.sentences import LastMove

DAYS = 7
"""How many days back is lately."""


@dataclass(frozen=True, slots=True)
class Move:
    """A milestone whose owner's date has moved: by how many days, to which date, why, and when that was last said."""

    plan: PlanState
    state: MilestoneState
    days: int
    said: dt.datetime

    @property
    def title(self) -> str:
        """The milestone's title."""
        return title_of(self.state)

    @property
    def department(self) -> str:
        """The title of its department."""
        return department_title(self.state.department, [self.plan])


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a move reaches inside its plan: what is later than agreed because of it, and the departments of these."""

    milestones: int
    departments: tuple[str, ...]


def move(plan: PlanState, state: MilestoneState, entries: Sequence[HistoryEntry], since: dt.datetime) -> Move | None:
    """How far the owner's date has gone since a moment, or since its first if that is later; None where it stands."""
    before = _declared(entry for entry in entries if entry.accepted < since) or _first(entries)
    now = state.actual or state.declared
    said = max((entry.accepted for entry in entries if _date(entry)), default=None)
    if before is None or now is None or said is None or state.lifecycle == "cancelled" or now == before:
        return None
    return Move(plan, state, (now - before).days, said)


def last_move(entries: Iterable[HistoryEntry]) -> LastMove | None:
    """The last move of an owner's date; None where the first date still stands."""
    said = sorted((entry for entry in entries if entry.won), key=lambda entry: (entry.time, entry.accepted))
    dated = [(date, entry) for entry in said if (date := _date(entry))]
    moves = [(after - before, entry) for (before, _), (after, entry) in pairwise(dated) if after != before]
    return LastMove(moves[-1][0].days, london_day(moves[-1][1].time)) if moves else None


def furthest(moves: Iterable[Move]) -> list[Move]:
    """Those that went furthest first, later before earlier."""
    return sorted(moves, key=lambda one: (-one.days, one.plan.plan, one.state.milestone))


def reached(of: Move, states: Iterable[MilestoneState]) -> Reached:
    """Whom a move reaches, among the milestones of its plan that the reader may see."""
    later = [state for state in states if _driven(state, of.state) and state.listed]
    names = dict.fromkeys(state.department for state in sorted(later, key=lambda state: state.department))
    return Reached(len(later), tuple(department_title(name, [of.plan]) for name in names))


def _driven(state: MilestoneState, by: MilestoneState) -> bool:
    cause = state.cause
    drives = cause is not None and (cause.plan, cause.milestone) == (by.plan, by.milestone)
    return drives and state.milestone != by.milestone and state.lifecycle == "open" and (state.slip or 0) > 0


def _declared(entries: Iterable[HistoryEntry]) -> dt.date | None:
    """The owner's date after these records: of those that gave one, the latest to be so."""
    said = sorted((entry for entry in entries if entry.won), key=lambda entry: (entry.time, entry.accepted))
    return next((date for entry in reversed(said) if (date := _date(entry))), None)


def _first(entries: Iterable[HistoryEntry]) -> dt.date | None:
    said = sorted((entry for entry in entries if entry.won), key=lambda entry: (entry.time, entry.accepted))
    return next((date for entry in said if (date := _date(entry))), None)


def _date(entry: HistoryEntry) -> dt.date | None:
    said = entry.data.get("actual") or entry.data.get("forecast") or entry.data.get("baseline")
    return PreciseDate.model_validate(said).date if said else None
