"""Cells that hold a day but show a month: what their owner sees, and said, is the month."""

import datetime as dt
import re
from collections.abc import Mapping

from services.ingest.domain.returns.grid import Position, letters

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_MOST_NAMED = 5


def shows_month(number_format: str) -> bool:
    """Whether a number format shows a month and a year, and no day: "mmm-yy"."""
    shown = _LITERAL.sub("", number_format).partition(";")[0].lower()
    return "m" in shown and "y" in shown and not set(shown) & set("dhs")


def as_month(date: dt.date) -> str | None:
    """The month as a text, "2027-03"; None of a day that is not the first: somebody wrote that day."""
    return f"{date:%Y-%m}" if date.day == 1 else None


def remarks(months: Mapping[Position, str]) -> tuple[str, ...]:
    """What to say of the cells that were read as months."""
    if not months:
        return ()
    named = [f"{letters(column)}{row}" for row, column in sorted(months)]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    shown = f"{', '.join(named[:_MOST_NAMED])}{more}"
    return (f"dates that show no day are read as whole months ({shown}): show the day where it is meant",)
