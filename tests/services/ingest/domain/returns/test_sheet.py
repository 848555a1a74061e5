"""How the dates of a sheet are read."""

import datetime as dt

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Choices, on
from tests.services.ingest.domain.returns.lists import (
    only,
    read,
)


def test_a_column_with_dates_that_contradict_day_first_stops_until_it_is_answered() -> None:
    """The other columns and rows go on; answered month-first, a row that cannot be so is refused."""
    content = "Milestone,Baseline,Forecast\nA,03/04/2026,03/04/2026\nB,13/04/2026,04/13/2026\nC,,25/12/2026\n"
    found = read(content)
    assert [(row.baseline, row.due) for row in found.rows] == [
        (on(dt.date(2026, 4, 3)), None),
        (on(dt.date(2026, 4, 13)), None),
        (None, None),
    ]
    assert "column C (Forecast) of sheet CSV: row 3 cannot be day-first" in only(found, "question")
    answered = read(content, Choices(order={"Forecast": "month-first"}))
    assert [row.due for row in answered.rows] == [on(dt.date(2026, 3, 4)), on(dt.date(2026, 4, 13))]
    assert "row 4: forecast (cell C4) says '25/12/2026', and month-first there is no such day" in only(
        answered, "refused"
    )


def test_dates_of_a_column_that_is_not_read_are_evidence_too() -> None:
    """One program wrote them all: Created says month-first, so the due dates that could be either are asked about."""
    content = "Summary,Due date,Created\nA,03/04/2026,04/13/2026 9:05 AM\n"
    assert "another column of the sheet is month-first" in only(read(content), "question")
    assert "another column" in only(read("Milestone,Due (mm/dd/yyyy)\nA,03/04/2026\n"), "question")
    answered = read(content, Choices(order={"Due date": "day-first"}))
    assert [row.due for row in answered.rows] == [on(dt.date(2026, 4, 3))]


def test_quarters_are_read_as_said_or_asked() -> None:
    """With the kind of year answered, all are read."""
    content = "Milestone,Forecast\nA,Q3 2026/27\nB,Q3 2026\nC,Mar-27\nD,2026/27\n"
    quarter, month = PreciseDate(date=dt.date(2026, 12, 31), precision="quarter"), dt.date(2027, 3, 31)
    year = PreciseDate(date=month, precision="financial-year")
    found = read(content)
    assert [row.due for row in found.rows] == [quarter, None, PreciseDate(date=month, precision="month"), year]
    assert "Say whether its years are calendar or financial" in only(found, "question")
    assert read(content, Choices(year={"Forecast": "financial"})).rows[1].due == quarter
