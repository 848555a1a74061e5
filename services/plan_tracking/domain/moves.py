"""What each record moved: the plan's history folded one record at a time."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from services.plan_tracking.domain.fold import Folded
from services.plan_tracking.domain.layers import changed
from services.plan_tracking.domain.model import Entry
from services.plan_tracking.domain.network import Network
from services.plan_tracking.domain.replay import Replay

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
    """What the records at these offsets moved, as the plan was when each was accepted; `entries` in that order."""
    return moved_by(Replay(plan), entries, wanted)


def moved_by(replay: Replay, entries: Iterable[Entry], wanted: Container[int]) -> dict[int, Moved]:
    """What those moved that are wanted among the next entries of a replay.

    A milestone is moved by whatever changes its projected date: its owner's word, a need, another plan's date, the day.
    """
    found = dict[int, Moved]()
    for some in _runs(entries, wanted):
        folded = replay.tried(some)
        if some[0].offset in wanted:
            found[some[0].offset] = _moved(replay.loaded.network, folded)
        replay.settle(folded)
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
