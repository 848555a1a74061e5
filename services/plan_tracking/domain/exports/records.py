"""The records of a plan's history that one reader may see, as the CloudEvents that they are."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from schemas.names import RESERVED, owner
from schemas.states import Node
from services.plan_tracking.domain.masks import Sees

Record = Mapping[str, Any]
"""An accepted record in the JSON format of CloudEvents."""

_DATED = "org.milepost.plan.dated.v1"
_COUNTED = "org.milepost.experience.reported.v1"
_MENTIONS = (("needs", "needs_plan"), ("needed_by", "needed_by_plan"), ("replaced_by", ""))
"""Fields that name another milestone, and those that name its plan where it is another."""


def mentions(record: Record) -> Iterator[Node]:
    """The milestones that a record names besides its subject."""
    data = record["data"]
    for name, plan in _MENTIONS:
        if data.get(name):
            yield Node(plan=data.get(plan) or record["plan"], milestone=data[name])
    for name in data.get("pays_for") or ():
        yield Node(plan=record["plan"], milestone=name)


def is_told(record: Record, departments: Collection[str]) -> bool:
    """Whether a record is for readers at all.

    Milepost's own records are not (but for the days that it marks): they name other plans. What people report is
    published as rounded counts only: the records themselves are for those who made them.
    """
    if owner(record["source"].removeprefix("/")) == RESERVED:
        return bool(record["type"] == _DATED)
    return record["type"] != _COUNTED or owner(record["subject"]) in departments


def may_see(record: Record, sees: Sees, departments: Collection[str]) -> bool:
    """Whether the reader may see a record of a plan that it may see, whole, and so every milestone that it names."""
    plan, subject = record["plan"], record["subject"]
    named = [] if subject == plan else [Node(plan=plan, milestone=subject)]
    known = all(sees(plan, node.plan, node.milestone) for node in (*named, *mentions(record)))
    return known and is_told(record, departments)
