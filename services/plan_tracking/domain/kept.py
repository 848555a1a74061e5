"""How a department's dates have held: what was first agreed, against what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.plan_tracking.domain.lines import Seen


@dataclass(frozen=True, slots=True)
class Kept:
    """Milestones with a first agreed date: how many are done, or open; and how many of these came, or come, later.

    The averages are days after the first agreed date, of those that are later only; None where none is.
    """

    done: int
    done_later: int
    done_average_days: int | None
    open: int
    open_later: int
    open_average_days: int | None


def kept(milestones: Iterable[Seen]) -> Kept:
    """Of all milestones that are done or open and have a date; what was cancelled counts as neither."""
    days: dict[str, list[int]] = {"done": [], "open": [], "cancelled": []}
    for state in (seen.state for seen in milestones):
        if state.projected and state.original_baseline:
            days[state.lifecycle].append((state.projected - state.original_baseline.date).days)
    return Kept(*_of(days["done"]), *_of(days["open"]))


def _of(days: Sequence[int]) -> tuple[int, int, int | None]:
    later = [one for one in days if one > 0]
    return len(days), len(later), round(sum(later) / len(later)) if later else None
