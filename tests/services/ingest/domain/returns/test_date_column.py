"""How the dates of a column are read, decided for the column as a whole."""

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate
from services.ingest.domain.returns.cells import Unreadable
from services.ingest.domain.returns.date_column import DateColumn, about, date_column, is_month_first, told
from services.ingest.domain.returns.grid import Value
from services.ingest.domain.returns.model import Order, Year, on


def column(*values: Value, order: Order | None = None, year: Year | None = None, beside: bool = False) -> DateColumn:
    """A column with these values from row 2 on."""
    return date_column(told(dict(enumerate(values, 2))), order, year, beside)


def days(found: DateColumn, values: Sequence[Value]) -> list[dt.date | None]:
    """What each value is read as."""
    return [date.date if (date := found.read(value)) else None for value in values]


def said(found: DateColumn) -> list[tuple[str, str]]:
    """What is to be known of the column."""
    return list(about(found, "column D (Due)"))


def test_dates_are_day_first_where_a_row_proves_it() -> None:
    """And nothing needs to be said of it."""
    values = ["03/04/2026", "13/04/2026", "TBC", None]
    found = column("03/04/2026", "13/04/2026", "TBC")
    assert [found.read(value) for value in values] == [on(dt.date(2026, 4, 3)), on(dt.date(2026, 4, 13)), None, None]
    assert said(found) == []


def test_dates_that_could_be_either_are_day_first_and_that_is_said() -> None:
    """With an example, so that its sender can object."""
    found = column("03/04/2026")
    assert days(found, ["03/04/2026"]) == [dt.date(2026, 4, 3)]
    [(kind, message)] = said(found)
    assert kind == "noted"
    assert "03/04/2026 in row 2 is 3 April 2026" in message
    assert said(column("03/04/2026", order="day-first")) == []


def test_one_row_to_the_contrary_stops_the_whole_column() -> None:
    """No date of it is read, not even one that is clear, and the question names the rows."""
    values: list[Value] = ["03/04/2026", "25/12/2026", "04/13/2026", "5 June 2026", dt.date(2026, 7, 1)]
    found = column(*values)
    assert days(found, values) == [None] * 5
    [(kind, message)] = said(found)
    assert kind == "question"
    assert "row 4 cannot be day-first ('04/13/2026' in row 4)" in message
    assert "month-first or day-first" in message


def test_an_answer_is_obeyed_and_rows_that_contradict_it_are_refused() -> None:
    """Each by itself; a day is never turned to fit."""
    found = column("03/04/2026", "25/12/2026", "04/13/2026", order="month-first")
    assert days(found, ["03/04/2026", "04/13/2026"]) == [dt.date(2026, 3, 4), dt.date(2026, 4, 13)]
    with pytest.raises(Unreadable, match="'25/12/2026', and month-first there is no such day: correct it"):
        found.read("25/12/2026")
    with pytest.raises(Unreadable, match="day-first there is no such day"):
        column("04/13/2026", order="day-first").read("04/13/2026")


def test_a_column_beside_it_that_is_month_first_is_evidence_too() -> None:
    """For dates that could be either; where a row proves day-first, the column speaks for itself."""
    assert days(column("03/04/2026", beside=True), ["03/04/2026"]) == [None]
    assert said(column("03/04/2026", beside=True))[0][0] == "question"
    assert days(column("03/04/2026", "13/04/2026", beside=True), ["03/04/2026"]) == [dt.date(2026, 4, 3)]
    assert days(column("2026-04-03", beside=True), ["2026-04-03"]) == [dt.date(2026, 4, 3)]
    assert is_month_first(["x", "04/13/2026"])
    assert not is_month_first(["03/04/2026", "13/04/2026", dt.date(2026, 4, 13)])


def test_cells_that_excel_may_have_turned_are_refused_where_the_texts_beside_them_are_month_first() -> None:
    """It turns those of American texts that it can into dates with day and month exchanged, and leaves the others."""
    found = column(dt.date(2026, 4, 3), "04/13/2026", order="month-first")
    with pytest.raises(Unreadable, match="write 2026-04-03 or 2026-03-04 as text"):
        found.read(dt.date(2026, 4, 3))
    sound = column(dt.date(2026, 4, 30), "04/13/2026", order="month-first")
    assert days(sound, [dt.date(2026, 4, 30)]) == [dt.date(2026, 4, 30)]


def test_the_same_mixture_day_first_is_pointed_out() -> None:
    """The dates are read as they show: texts such as 25/12/2026 among them may come from the other direction."""
    found = column(dt.date(2026, 4, 3), "25/12/2026")
    assert days(found, [dt.date(2026, 4, 3)]) == [dt.date(2026, 4, 3)]
    [(kind, message)] = said(found)
    assert kind == "noted"
    assert "row 3 as texts, row 2 as dates" in message


def test_quarters_and_years_of_an_unknown_kind_wait_for_an_answer_and_the_rest_is_read() -> None:
    """The question says what either answer would mean."""
    values: list[Value] = ["Q3 2026", "2027", 2028, "Q3 2026/27", "2026-04-03"]
    found = column(*values)
    assert days(found, values) == [None, None, None, dt.date(2026, 12, 31), dt.date(2026, 4, 3)]
    [(kind, message)] = said(found)
    assert kind == "question"
    assert "(rows 2, 3 and 4)" in message
    assert "calendar makes Q3 2026 July-September 2026, financial makes Q3 2026 October-December 2026" in message


def test_the_kind_of_year_is_as_answered() -> None:
    """A calendar year alone is nothing that could be published, so it is refused by its row."""
    financial, calendar = column("Q3 2026", "2027", year="financial"), column("Q3 2026", "2027", year="calendar")
    assert financial.read("2027") == PreciseDate(date=dt.date(2028, 3, 31), precision="financial-year")
    assert days(financial, ["Q3 2026"]) == [dt.date(2026, 12, 31)]
    assert days(calendar, ["Q3 2026"]) == [dt.date(2026, 9, 30)]
    with pytest.raises(Unreadable, match="'2027': a calendar year is no date: write the quarter or the month"):
        calendar.read("2027")
    assert said(financial) == said(calendar) == []


@pytest.mark.parametrize("value", ["Spring", 43570, 43570.5, True, "30 February 2026"])
def test_what_is_no_date_is_refused_by_its_row(value: Value) -> None:
    """A number is how Excel keeps a date that lost its format: it is not guessed."""
    with pytest.raises(Unreadable, match=r"write|correct|format"):
        column(value).read(value)


CELLS = st.one_of(
    st.dates(dt.date(1950, 1, 1), dt.date(2150, 1, 1)),
    st.from_regex(r"(0?[1-9]|[12]\d|3[01])/(0?[1-9]|[12]\d|3[01])/20[2-4]\d", fullmatch=True),
    st.sampled_from(["TBC", "Q3 2026", "2027", "Mar-27", "x"]),
)


@given(st.lists(CELLS, max_size=6), st.sampled_from([None, "day-first", "month-first"]))
def test_a_column_is_never_read_in_two_orders(values: list[Value], order: Order | None) -> None:
    """Whatever is read of its numbers was read in one order; and unanswered, that order is day-first."""
    found = column(*values, order=order)
    for value in values:
        try:
            read = found.read(value)
        except Unreadable:
            continue
        if isinstance(value, str) and value.count("/") == 2 and read:
            first, second, year = map(int, value.split("/"))
            month, day = (first, second) if order == "month-first" else (second, first)
            assert read == on(dt.date(year, month, day))
