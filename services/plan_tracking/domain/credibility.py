"""How much a forecast is worth: how often it has moved, and how far, by what its owner said."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from schemas.dates import PreciseDate
from schemas.names import owner
from services.plan_tracking.domain.history import HistoryEntry
from services.plan_tracking.domain.layers import base, changed
from services.plan_tracking.domain.schedule import Given


@dataclass(frozen=True, slots=True)
class Credibility:
    """How often the owner's date has moved, and how many days later it went each time, on average."""

    moves: int
    average_days: int | None


def credibility(entries: Iterable[HistoryEntry]) -> Credibility:
    """Of everything said about one milestone, in the order in which it was so: a date said again is no move."""
    said = sorted(entries, key=lambda entry: (entry.time, entry.accepted, entry.source, entry.id))
    dates = [date for entry in said if (date := _declared(entry)) is not None]
    steps = [(after - before).days for before, after in pairwise(dates) if after != before]
    return Credibility(len(steps), round(sum(steps) / len(steps)) if steps else None)


def restated(given: Mapping[str, Given]) -> Iterator[tuple[str, int]]:
    """The owners' dates that a fold has moved: the department of each, and by how many days (below zero: earlier).

    `given` lies over what was there before. The first word on a milestone is no move, nor is a new baseline.
    """
    before = base(given)
    for name, now in changed(given).items() if before else ():
        was = before.get(name)
        if was is None or now.lifecycle != "open" or was.declared is None or now.declared is None:
            continue
        if was.declared != now.declared and not _rebaselined(was, now):
            yield owner(name), now.declared - was.declared


def _rebaselined(was: Given, now: Given) -> bool:
    return was.baseline != now.baseline and now.declared == now.baseline


def _declared(entry: HistoryEntry) -> dt.date | None:
    """The date that a record declares: its forecast, else its baseline (the first promise)."""
    said = entry.data.get("forecast") or entry.data.get("baseline")
    return PreciseDate.model_validate(said).date if said and not entry.type.endswith("rebaselined.v1") else None
