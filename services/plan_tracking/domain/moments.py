"""Moments that a reader asks about: a date in London, or an instant."""

import datetime as dt

from pydantic import TypeAdapter, ValidationError

from schemas.dates import Instant, PlainDate
from services.kit.words import london_day
from services.plan_tracking.domain.known import end_of

FIRST_YEAR = 1970
"""Milepost counts instants from its beginning."""

_MOMENT: TypeAdapter[dt.date] = TypeAdapter(PlainDate | Instant)


def moment(said: str, now: dt.datetime) -> dt.datetime:
    """The moment that is meant; of a date, its end in London. Raises ValueError for anything else, and for the future.

    Today is no future: it is known as far as it has come.
    """
    try:
        at = _MOMENT.validate_python(said)
    except ValidationError:
        raise ValueError(f"{said!r} is no date (2026-11-25) and no instant (2026-11-25T09:00:00Z)") from None
    if at.year < FIRST_YEAR:
        raise ValueError(f"{said} is before {FIRST_YEAR}: nothing was known")
    if (at > now) if isinstance(at, dt.datetime) else (at > london_day(now)):
        raise ValueError(f"{said} has not come yet")
    return at if isinstance(at, dt.datetime) else end_of(at)
