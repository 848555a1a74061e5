"""Dates as people say them: a plain date and how precisely it was meant. Arithmetic uses the last day."""

import calendar
import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    model_serializer,
    model_validator,
)

Precision = Literal["day", "month", "quarter", "financial-year"]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_PLAIN_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _rfc_3339(value: Any) -> Any:
    if (isinstance(value, str) and _RFC_3339.fullmatch(value)) or isinstance(value, dt.datetime):
        return value
    raise ValueError("must be an RFC 3339 string with an offset, such as 2026-11-25T09:00:00Z")


def _plain_date(value: Any) -> Any:
    if (isinstance(value, str) and _PLAIN_DATE.fullmatch(value)) or (
        isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    ):
        return value
    raise ValueError("must be a plain date, such as 2027-03-01")


def _in_utc(value: dt.datetime) -> dt.datetime:
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("must lie in the years 1 to 9999, in UTC too") from None


Instant = Annotated[AwareDatetime, BeforeValidator(_rfc_3339), AfterValidator(_in_utc)]
"""A moment, kept in UTC; on the wire an RFC 3339 string with an offset."""

PlainDate = Annotated[dt.date, BeforeValidator(_plain_date)]
"""A date without a time or zone, exactly `YYYY-MM-DD` on the wire."""


def last_day(day: dt.date, precision: Precision) -> dt.date:
    """The last day of the period of this precision that holds `day` (financial years run from April to March)."""
    if precision == "day":
        return day
    year, month = day.year, day.month
    if precision == "quarter":
        month = (month + 2) // 3 * 3
    elif precision == "financial-year":
        year, month = (year if month <= 3 else year + 1), 3
    return dt.date(year, month, calendar.monthrange(year, month)[1])


class PreciseDate(BaseModel):
    """A date and its precision: `"2027-03-01"`, or `{"date": "2027-03-31", "precision": "month"}`.

    `date` is always the last day of what was said, so that arithmetic needs no precision.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: PlainDate
    precision: Precision = "day"

    @model_validator(mode="before")
    @classmethod
    def _from_plain(cls, value: Any) -> Any:
        return {"date": value} if isinstance(value, str | dt.date) else value

    @model_validator(mode="after")
    def _ends(self) -> "PreciseDate":
        if self.precision != "day":
            object.__setattr__(self, "date", last_day(self.date, self.precision))
        return self

    @model_serializer
    def _plain(self) -> str | dict[str, str]:
        said = self.date.isoformat()
        return said if self.precision == "day" else {"date": said, "precision": self.precision}
