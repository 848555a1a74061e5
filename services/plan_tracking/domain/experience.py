"""What people report, as counts by theme and period, published so that no small count can be worked out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.payloads import ExperienceData
from services.plan_tracking.domain.facts import Fact
from services.plan_tracking.domain.periods import period
from services.plan_tracking.domain.registers import Stamp
from services.plan_tracking.domain.writes import REPORTED

LEAST = 5
"""A count below this is withheld."""
ROUNDED_TO = 10
"""What is published is rounded to the nearest multiple, halves up."""


def published(count: int) -> int | None:
    """A count as everyone may see it: rounded to the nearest ten; None (withheld) below five, for nought too.

    *Source.* NHS Digital's disclosure control for Hospital Episode Statistics (September 2018) gave up secondary
    suppression, in which a second cell is hidden so that a total does not give the first away: it has to be done for
    each output by hand, and differs between them. It withholds small counts and rounds every other, so that neither
    totals nor repeated outputs lead back to one. Milepost answers whenever it is asked, also as known on an earlier
    day, so it does the same, with halves of ten instead of five for a threshold of five: what is withheld is exactly
    what would round to nought.

    *Why it holds.* The published form depends on the one count and nothing else: not on other cells, so that no view,
    door, day or later correction can show in what another was hidden. Totals are sums of what is published, and leave
    out what is withheld, so they say nothing new. Publishers may send numbers that include others: a year beside its
    quarters, a county beside its districts, before or after them. Whatever is subtracted from such a number, rounded
    parts leave it uncertain: its possible values run from a number ending in 5 to one ending in 4, so that of a
    withheld count at least 3 and 4 both remain possible. (Rounding to five would not do: 30 - 10 - 10 with 2 lost
    on each leaves only 4.)
    """
    return (count + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO if count >= LEAST else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What one source counted of a theme in a period at a place; `count` as published, None where it is withheld."""

    place: str
    source: str
    department: str
    theme: str
    period: str
    count: int | None


@dataclass(frozen=True, slots=True)
class PeriodTotal:
    """What one source counted in a period, over its themes: the sum of what is published, and how many are withheld."""

    source: str
    period: str
    count: int
    withheld: int


@dataclass(frozen=True, slots=True)
class Experience:
    """The counts at a place: the latest periods first, then by theme; and their totals."""

    counts: tuple[Counted, ...]
    totals: tuple[PeriodTotal, ...]
    least: int = LEAST
    rounded_to: int = ROUNDED_TO


def experience(facts: Iterable[Fact]) -> Experience:
    """What these facts count; what one source said twice of a place, theme and period counts once, as last said."""
    latest: dict[tuple[str, str, str, str], tuple[Stamp, Counted]] = {}
    for fact in facts:
        for value, stamp in fact.said(REPORTED):
            data = ExperienceData.model_validate(value)
            key = (fact.name, data.place, data.theme, data.period)
            counted = Counted(data.place, fact.name, fact.department, data.theme, data.period, published(data.count))
            latest[key] = max(latest.get(key, (stamp, counted)), (stamp, counted), key=lambda said: said[0])
    counts = sorted((counted for _, counted in latest.values()), key=_order)
    return Experience(tuple(counts), tuple(_totals(counts)))


def _order(counted: Counted) -> tuple[bool, int, str, str, str, str]:
    at = period(counted.period)
    recent = -at.last.toordinal() if at else 0
    return at is None, recent, counted.period, counted.theme.casefold(), counted.source, counted.place


def _totals(counts: Iterable[Counted]) -> Iterable[PeriodTotal]:
    of: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    for one in counts:
        of[one.source, one.period].append(one.count)
    for (source, at), published_counts in of.items():
        shown = [count for count in published_counts if count is not None]
        yield PeriodTotal(source, at, sum(shown), len(published_counts) - len(shown))
