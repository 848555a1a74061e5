"""The lines of the table under the chart, and its needs both ways: all that the chart shows, in words."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.dates import Precision
from schemas.states import MilestoneState, Need
from services.plan_tracking.domain.arrange import Groups
from services.plan_tracking.domain.directory import Directory, Step, expected, is_overdue, title_of
from services.plan_tracking.domain.sentences import Why, lag_words, room, status_words, why


@dataclass(frozen=True, slots=True)
class NeedLine:
    """A need in words: the other milestone, how much earlier it has to be met, what room it leaves."""

    other: Step
    state: MilestoneState | None
    lag: str
    room: str
    need: Need

    @property
    def pushes(self) -> bool:
        """Whether it comes too late for the owner's date."""
        return bool(self.room) and self.need.float_days is not None and self.need.float_days < 0


@dataclass(frozen=True, slots=True)
class Line:
    """A milestone in words; `calculated` where the expected date is neither its owner's nor the actual one."""

    state: MilestoneState
    title: str
    status: str
    overdue: bool
    expected: tuple[dt.date, Precision] | None
    calculated: bool
    why: Why | None
    needs: tuple[NeedLine, ...]


def line(state: MilestoneState, known: Directory, today: dt.date) -> Line:
    """The line of one milestone."""
    return Line(
        state,
        title_of(state),
        status_words(state, today),
        is_overdue(state, today),
        expected(state),
        is_calculated(state),
        why(state, known),
        tuple(_need(need, known, state) for need in state.needs),
    )


def lines(groups: Groups, known: Directory, today: dt.date) -> list[tuple[str, list[Line]]]:
    """Every milestone under the title of its group, in the order of the chart."""
    return [(title, [line(state, known, today) for state in states]) for title, states in groups]


def is_calculated(state: MilestoneState) -> bool:
    """Whether the expected date is Milepost's: later than what the owner says."""
    return state.lifecycle == "open" and state.projected is not None and state.projected != state.declared


def _need(need: Need, known: Directory, receiver: MilestoneState) -> NeedLine:
    giver = known.state(need)
    return NeedLine(known.step(need), giver, lag_words(need), room(need, giver, receiver), need)


def dependents(name: str, known: Directory) -> list[NeedLine]:
    """What waits for a milestone, by name."""
    return list(_dependents(name, known))


def _dependents(name: str, known: Directory) -> Iterable[NeedLine]:
    for other in sorted(known.milestones.values(), key=lambda state: state.milestone):
        for need in other.needs:
            if (need.plan, need.milestone) == (known.plan, name):
                giver = known.milestones.get(name)
                yield NeedLine(known.step(other), other, lag_words(need), room(need, giver, other), need)
