"""What each record moved: the plan's history folded one record at a time."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from services.plan_tracking.domain.fold import Folded, fold
from services.plan_tracking.domain.layers import changed
from services.plan_tracking.domain.model import Entry, Loaded, Plan, Subject
from services.plan_tracking.domain.network import Network

MOST_NAMED = 500
"""Milestones that are named for one record; a move may reach thousands."""


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone that a record moved: its projected date (an ordinal) before and after; None where it had none."""

    milestone: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The milestones that one record moved, by name, and how many more it moved than are named."""

    steps: tuple[Step, ...]
    more: int


def moved(plan: str, entries: Iterable[Entry], wanted: Container[int]) -> dict[int, Moved]:
    """What the records at these offsets moved, as the plan was when each was accepted; `entries` in that order.

    A milestone is moved by whatever changes its projected date: its owner's word, a need, another plan's date, the day.
    """
    subjects, found = dict[str, Subject](), dict[int, Moved]()
    loaded = Loaded(Plan(plan), Network(plan), subjects)
    for some in _runs(entries, wanted):
        folded = fold(loaded, some)
        if some[0].offset in wanted:
            found[some[0].offset] = _moved(loaded.network, folded)
        subjects |= {**folded.touched, **folded.facts}
        loaded = Loaded(folded.plan, folded.network.kept(), subjects, folded.tallies)
    return found


def _runs(entries: Iterable[Entry], wanted: Container[int]) -> Iterator[list[Entry]]:
    """Each wanted entry alone; those between them together, which costs less and comes to the same."""
    for is_wanted, run in groupby(entries, lambda entry: entry.offset in wanted):
        some = list(run)
        yield from ([entry] for entry in some) if is_wanted else [some]


def _moved(before: Network, folded: Folded) -> Moved:
    steps = []
    for name, stands in sorted(changed(folded.network.scheduled).items()):
        was = before.scheduled.get(name)
        if (was.projected if was else None) != stands.projected:
            steps.append(Step(name, was.projected if was else None, stands.projected))
    return Moved(tuple(steps[:MOST_NAMED]), max(0, len(steps) - MOST_NAMED))
