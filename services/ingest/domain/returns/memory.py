"""What is remembered of a department's returns about a project: which milestone each of their rows was."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

MOST_BINDINGS = 5_000
"""Milestones of one project that are remembered; beyond it those longest absent are forgotten."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A milestone as the last return that had it stated it, by the publisher's own key where it has one.

    `receipt` is that return's id.
    """

    name: str
    title: str
    version: str | None
    key: str | None
    receipt: str


@dataclass(frozen=True, slots=True)
class Memory:
    """The returns about a project: the first and the last as-at date, the last one's receipt, and their milestones."""

    first: dt.date | None = None
    last: dt.date | None = None
    receipt: str | None = None
    bindings: tuple[Binding, ...] = ()

    def after(self, stated: Sequence[Binding], receipt: str, as_at: dt.date) -> "Memory":
        """The memory once a return is published; one as at an earlier date than the last adds only what is missing."""
        if self.last and as_at < self.last:
            missing = [one for one in stated if one.name not in {known.name for known in self.bindings}]
            return replace(self, first=min(as_at, self.first or as_at), bindings=_kept([*missing, *self.bindings]))
        names, keys = {one.name for one in stated}, {one.key for one in stated if one.key}
        others = [
            replace(known, key=None) if known.key in keys else known
            for known in self.bindings
            if known.name not in names
        ]
        return Memory(self.first or as_at, as_at, receipt, _kept([*others, *stated]))


def _kept(bindings: Sequence[Binding]) -> tuple[Binding, ...]:
    return tuple(bindings[-MOST_BINDINGS:])
