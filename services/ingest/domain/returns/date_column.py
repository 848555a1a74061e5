"""How the dates of a column are read: decided for the column as a whole, day-first, and never turned in silence."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from schemas.dates import PreciseDate
from services.ingest.domain.returns.cells import Unreadable, meant_date, says_no_date
from services.ingest.domain.returns.grid import Value
from services.ingest.domain.returns.model import Kind, Order, Year, on
from services.ingest.domain.returns.phrases import listed, period, rows
from services.ingest.domain.returns.written_dates import NoSuchDate, Numbers, OpenYear

_Tells = Literal["day-first", "month-first", "either", "date", "year"]
"""What a cell tells of its column: its two numbers are a day in one order only, or in both; it holds a date; or a
quarter or year whose kind is open."""

_MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class DateColumn:
    """The cells with a date of one column, and how they are read.

    Without an order none of them is read, without a year no "Q3 2026" is: both wait for the sender. `assumed` says that
    the order is not the sender's, `turned` that cells with a date, not a text, may have day and month exchanged.
    """

    cells: Mapping[_Tells, Mapping[int, Value]]
    order: Order | None
    year: Year | None
    assumed: bool = True
    turned: bool = False

    def read(self, value: Value | None) -> PreciseDate | None:
        """The date of a cell; None when it says none, or waits for the sender. Raises Unreadable for anything else."""
        if value is None or says_no_date(value) or self.order is None:
            return None
        if isinstance(value, dt.date):
            return on(self._held(value))
        found = meant_date(value)
        if isinstance(found, PreciseDate):
            return found
        if isinstance(found, OpenYear):
            return _resolved(found, self.year, value) if self.year else None
        if (date := found.day(self.order)) is None:
            raise Unreadable(f"says {value!r}, and {self.order} there is no such day: correct it")
        return on(date)

    def _held(self, date: dt.date) -> dt.date:
        if self.turned:
            raise Unreadable(
                f"is the date {date}, but Excel seems to have made it from a month-first text, and may have exchanged "
                f"day and month: write {date} or {date:%Y-%d-%m} as text"
            )
        return date


def _resolved(found: OpenYear, year: Year, value: Value) -> PreciseDate:
    try:
        return found.meant(year)
    except NoSuchDate as error:
        raise Unreadable(f"says {str(value)!r}: {error}") from error


def date_column(
    cells: Mapping[_Tells, Mapping[int, Value]], order: Order | None, year: Year | None, month_first_beside: bool
) -> DateColumn:
    """The column as it is read: as the sender says, else day-first unless a row of it contradicts.

    Where each of its dates could be read either way, a column beside it that is month-first contradicts too.
    """
    contradicted = bool(cells["month-first"]) or (
        month_first_beside and bool(cells["either"]) and not cells["day-first"]
    )
    decided = order or (None if contradicted else "day-first")
    return DateColumn(cells, decided, year, order is None, order == "month-first" and _converted(cells))


def told(values: Mapping[int, Value]) -> dict[_Tells, dict[int, Value]]:
    """The cells of a column, by their rows, under what each tells of it."""
    found: dict[_Tells, dict[int, Value]] = {"day-first": {}, "month-first": {}, "either": {}, "date": {}, "year": {}}
    for row, value in values.items():
        if tells := _tells(value):
            found[tells][row] = value
    return found


def is_month_first(values: Iterable[Value]) -> bool:
    """Whether a text among these can be a day with its month first alone."""
    return any(isinstance(value, str) and _tells(value) == "month-first" for value in values)


def _tells(value: Value) -> _Tells | None:
    if isinstance(value, dt.date):
        return "date"
    try:
        found = meant_date(value)
    except Unreadable:
        return None
    if isinstance(found, OpenYear):
        return "year"
    return _order(found) if isinstance(found, Numbers) else None


def _order(found: Numbers) -> _Tells | None:
    day_first, month_first = found.day("day-first"), found.day("month-first")
    if day_first == month_first:
        return None
    if day_first and month_first:
        return "either"
    return "day-first" if day_first else "month-first"


def _converted(cells: Mapping[_Tells, Mapping[int, Value]]) -> bool:
    """Whether a program seems to have made dates of the texts that it could, and so may have exchanged day and month.

    It leaves as texts those that cannot be read its way; and no day that it made is after the 12th.
    """
    left = (cells["day-first"] or cells["month-first"]) and not cells["either"]
    dates = [value for value in cells["date"].values() if isinstance(value, dt.date)]
    return bool(left and dates) and all(date.day <= 12 for date in dates)


def about(column: DateColumn, place: str) -> Iterator[tuple[Kind, str]]:
    """What a person should know of how the column is read; `place` names it ("column D (Due) of sheet Plan")."""
    cells = column.cells
    if column.order is None:
        yield "question", _unordered(cells, place)
    elif column.assumed and cells["either"] and not cells["day-first"]:
        row, value = next(iter(cells["either"].items()))
        date = column.read(value)
        message = f"{place} is read day-first: {value} in row {row} is {period(date) if date else value}"
        yield "noted", f"{message}. Say month-first if it is not"
    if column.assumed and column.order and _converted(cells):
        message = f"{place}: {rows(cells['day-first'])} as texts, {rows(cells['date'])} as dates, none after a 12th"
        yield "noted", f"{message}: if Excel made these of texts too, it may have exchanged day and month. Check them"
    if column.order and column.year is None and cells["year"]:
        yield "question", _open_year(cells["year"], place)


def _unordered(cells: Mapping[_Tells, Mapping[int, Value]], place: str) -> str:
    contrary = cells["month-first"]
    said = listed([f"{value!r} in row {row}" for row, value in [*contrary.items()][:_MOST_SHOWN]])
    if contrary:
        why = f"{rows(contrary)} cannot be day-first ({said})"
    else:
        why = f"{rows(cells['either'])} can be read either way, and another column of the sheet is month-first"
    return f"{place}: {why}, so none of its dates is read. Say whether it is month-first or day-first"


def _open_year(cells: Mapping[int, Value], place: str) -> str:
    written = listed(list(dict.fromkeys(f"{value!r}" for value in cells.values())))
    quarters = [found for value in cells.values() if isinstance(found := meant_date(value), OpenYear) and found.quarter]
    return (
        f"{place} says {written} ({rows(cells)}). Say whether its years are calendar or financial{_either(quarters)}. "
        "These dates are not read until then; a calendar year alone is no date, so write its month or quarter"
    )


def _either(quarters: Sequence[OpenYear]) -> str:
    if not quarters:
        return ""
    first = quarters[0]
    meanings = [f"{kind} makes Q{first.quarter} {first.year} {period(first.meant(kind))}" for kind in get_args(Year)]
    return f": {', '.join(meanings)}"
