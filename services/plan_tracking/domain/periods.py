"""Periods of observations as people write them, and their order in time."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from schemas.dates import last_day

Kind = Literal["month", "quarter", "year", "financial-year"]
"""Only periods of one kind are compared: a calendar year overlaps two financial ones."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period by its first day and its kind, however it was written."""

    first: dt.date
    kind: Kind

    @property
    def last(self) -> dt.date:
        """Its last day."""
        if self.kind == "month":
            return last_day(self.first, "month")
        if self.kind == "quarter":
            return last_day(self.first, "quarter")
        return self.first.replace(year=self.first.year + 1) - dt.timedelta(days=1)

    @property
    def recency(self) -> tuple[dt.date, int]:
        """The greater is the more recent: what ends later; of two that end together, the longer."""
        return self.last, -self.first.toordinal()


_YEARS = re.compile(r"([0-9]{4})(?:/([0-9]{2})|-([0-9]{2}))?")
_QUARTER = re.compile(r"Q([1-4])")


def period(text: str) -> Period | None:
    """The period of a text; None where it is none that can be put in order.

    `2026-03` is a month, `2026` a calendar year, `2025/26` a financial one (from April). `2026 Q1` begins in January,
    `2025/26 Q1` in April; the quarter may come first.
    """
    parts = text.upper().replace("-Q", " Q").split()
    years = [found for part in parts if (found := _YEARS.fullmatch(part))]
    quarters = [int(found[1]) for part in parts if (found := _QUARTER.fullmatch(part))]
    if len(years) != 1 or len(quarters) > 1 or len(parts) > 1 + len(quarters):
        return None
    try:
        return _period(years[0], quarters[0] if quarters else None)
    except ValueError:  # a month or year that no calendar has
        return None


def _period(years: re.Match[str], quarter: int | None) -> Period | None:
    year, ends, month = years.groups()
    begins, april = int(year), 3 if ends else 0
    if (month and quarter) or (ends and int(ends) != (begins + 1) % 100):
        return None
    if month:
        return Period(dt.date(begins, int(month), 1), "month")
    if quarter:
        later, months = divmod(april + 3 * (quarter - 1), 12)
        return Period(dt.date(begins + later, months + 1, 1), "quarter")
    return Period(dt.date(begins, april + 1, 1), "financial-year" if ends else "year")
