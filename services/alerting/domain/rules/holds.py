"""What a rule answers with, and the limits by which rules judge."""

from dataclasses import dataclass

from schemas.alerts import Rule
from schemas.states import Node

CAUSE = "{cause}"
"""Stands in a reason for the name of the cause, which not every reader may see."""

UNNAMED = "another milestone"


@dataclass(frozen=True, slots=True)
class Holds:
    """A rule that holds: by how many days, whether only the passing of days drives it, why, and because of whom.

    `says` is the reason and what to do; in it CAUSE is to be replaced by a name. `path` leads from the cause to what
    suffers; it is empty where these are one.
    """

    rule: Rule
    days: int
    by_day: bool
    says: str
    cause: Node
    path: tuple[Node, ...] = ()


def reason(says: str, cause: str = UNNAMED) -> str:
    """The reason for a reader to whom the cause has this name."""
    return says.replace(CAUSE, cause)


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds that are Milepost's own: a milestone may be blocked for `blocked_days`.

    What nobody has answered for `patience` working days goes to the lead.
    """

    blocked_days: int = 10
    patience: int = 5


LIMITS = Limits()
"""What holds where nobody has set another."""
