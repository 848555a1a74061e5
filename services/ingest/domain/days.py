"""The day that a program wrote, with or without a time behind it."""

import datetime as dt

from schemas.dates import PreciseDate
from services.ingest.domain.returns.written_dates import meant


def written_day(said: str) -> dt.date | None:
    """The day in a text such as `2018-10-10T00:00:00+04:30`, as it is written there; None for no text.

    No time zone moves it. Raises ValueError for what is no day.
    """
    if not said.strip():
        return None
    found = meant(said)
    if not isinstance(found, PreciseDate) or found.precision != "day":
        raise ValueError(f"{said!r} is no day")
    return found.date


def day_or_none(said: str) -> dt.date | None:
    """The same; None for what is no day too."""
    try:
        return written_day(said)
    except ValueError:
        return None
