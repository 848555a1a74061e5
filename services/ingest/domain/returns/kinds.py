"""Which rows of a list are milestones, and of which type: as its column of types says, where it has one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from services.ingest.domain.returns.cells import Unreadable, text
from services.ingest.domain.returns.grid import Value
from services.ingest.domain.returns.model import MilestoneType

_TYPES: dict[str, MilestoneType] = {kind: kind for kind in get_args(MilestoneType)} | {
    "approvals": "approval",
    "deliverable": "delivery",
}
_YES, _NO = {"yes", "true", "y", "x", "1"}, {"no", "false", "n", "0", ""}


@dataclass(frozen=True, slots=True)
class Kinds:
    """What a column of types says. Where it `decides`, only rows that it calls milestones are; else all are.

    `unknown` are its words that are no type of the contract, where it does not decide.
    """

    decides: bool = False
    found: bool = True
    unknown: tuple[str, ...] = ()

    def is_milestone(self, value: Value | None) -> bool:
        """Whether a row with this type is a milestone."""
        return not self.decides or _says_milestone(_plain(value))


def kinds(values: Mapping[int, Value], title: str) -> Kinds:
    """What these types of the rows of a table say; `title` is the header of its titles."""
    said = {_plain(value) for value in values.values()}
    if not said:
        return Kinds()
    if any(map(_says_milestone, said)) or said <= _NO:
        return Kinds(decides=True, found=any(map(_says_milestone, said)))
    if said & _TYPES.keys() or "milestone" in title.lower():
        return Kinds(unknown=tuple(sorted(said - _TYPES.keys() - {""})))
    return Kinds(decides=True, found=False, unknown=tuple(sorted(said)))


def type_of(value: Value | None) -> MilestoneType | None:
    """The type of the contract that a cell says; None where it says none."""
    return _TYPES.get(_plain(value))


def _plain(value: Value | None) -> str:
    try:
        return (text(value) or "").lower()
    except Unreadable:
        return ""


def _says_milestone(said: str) -> bool:
    return said in _YES or "milestone" in said.split()
