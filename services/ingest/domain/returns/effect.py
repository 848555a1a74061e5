"""Whom a return would reach, once published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.ingest.domain.returns.model import ACTUAL, BASELINE, FORECAST
from services.ingest.domain.returns.proposal import Proposed
from services.kit.words import counted

_MOVING = ("title", "state", BASELINE, FORECAST, ACTUAL)
"""The fields that can move a date, and the title by which a new milestone is called."""


@dataclass(frozen=True, slots=True)
class Effect:
    """The milestones that would move, as plan-tracking foresees it, and how many subscribers would be told.

    `hidden` counts those that the caller may not see; `superseded` names, by milestone, what has been said later than
    the return is of, and so would stay. `subscribers` is None where it is not known now.
    """

    moved: tuple[Mapping[str, Any], ...]
    hidden: int
    superseded: Mapping[str, tuple[str, ...]]
    subscribers: int | None

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments whose milestones would move, as far as the caller may see them."""
        return tuple(sorted({one["department"] for one in self.moved}))

    @property
    def sentence(self) -> str:
        """All this in words."""
        if self.subscribers is None:
            return f"You are about to move {self._what()}; how many subscribers will be told is not known now"
        return f"You are about to move {self._what()}; {counted(self.subscribers, 'subscriber')} will be told"

    def _what(self) -> str:
        if not self.moved and not self.hidden:
            return "no milestone"
        seen = counted(len(self.moved), "milestone")
        of = f"{seen} of {counted(len(self.departments), 'department')}" if self.moved else ""
        hidden = f"{counted(self.hidden, 'milestone')} that you may not see" if self.hidden else ""
        return " and ".join(filter(None, [of, hidden]))


def to_foresee(proposed: Proposed) -> list[dict[str, Any]]:
    """What plan-tracking is asked to foresee: of each row that is ready and changes something, what can move a date."""
    return [
        {"milestone": one.name, **{name: value for name, value in one.data.items() if name in _MOVING}}
        for one in proposed.ready
        if one.changes
    ]


def effect(foreseen: Mapping[str, Any], subscribers: int | None) -> Effect:
    """The effect, from plan-tracking's answer and alerting's."""
    superseded: Iterable[Mapping[str, Any]] = foreseen.get("superseded", ())
    return Effect(
        tuple(foreseen["moved"]),
        foreseen.get("hidden", 0),
        {one["milestone"]: tuple(one["registers"]) for one in superseded},
        subscribers,
    )
