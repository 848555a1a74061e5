"""Lists and dates as sentences of findings have them."""

import datetime as dt
from collections.abc import Iterable, Sequence

from schemas.dates import PreciseDate

_MOST_NAMED = 6
_LONGEST = 60


def rows(numbers: Iterable[int]) -> str:
    """Rows by number: "row 5", or "rows 5, 7 and 9"; of many, the first and how many more."""
    named = [str(number) for number in sorted(set(numbers))]
    return f"row{'s' if len(named) > 1 else ''} {listed(named)}"


def listed(words: Sequence[str]) -> str:
    """Words as a list: "a, b and c"; of many, the first and how many more."""
    if len(words) > _MOST_NAMED:
        words = [*words[: _MOST_NAMED - 1], f"{len(words) - _MOST_NAMED + 1} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def shortened(text: str) -> str:
    """The text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def day(date: dt.date) -> str:
    """A date in words: "3 April 2026"."""
    return f"{date.day} {date:%B %Y}"


def period(date: PreciseDate) -> str:
    """A date of any precision in words: "July-September 2026", "the financial year 2026/27"."""
    last = date.date
    if date.precision == "day":
        return day(last)
    if date.precision == "financial-year":
        return f"the financial year {last.year - 1}/{last:%y}"
    first = f"{last.replace(day=1, month=last.month - 2):%B}-" if date.precision == "quarter" else ""
    return f"{first}{last:%B %Y}"


def several_projects(names: Sequence[str]) -> str:
    """What is said of a file about several projects."""
    named = listed([shortened(name) for name in names])
    return (
        f"the file is about {len(names)} projects ({named}), and each milestone is named under its own. Leave the "
        "project reference empty: one that you give holds for all of them"
    )
