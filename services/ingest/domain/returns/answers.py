"""What the sender says of a return and its rows."""

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answers:
    """What the sender says of a return. `project` and `as_at` confirm or replace what stands in it.

    `include` names doubtful dates to publish all the same, by slot ("6.01.6") or slot and field ("6.01.6/forecast");
    `rename` gives titles by slot; `leave_out` are slots that are not published. `same` gives, by slot, the name of the
    milestone that a row continues; rows at the slots in `new` continue none.
    """

    plan: str
    department: str
    project: str | None = None
    as_at: dt.date | None = None
    include: AbstractSet[str] = frozenset()
    rename: Mapping[str, str] = field(default_factory=dict)
    leave_out: AbstractSet[str] = frozenset()
    same: Mapping[str, str] = field(default_factory=dict)
    new: AbstractSet[str] = frozenset()
