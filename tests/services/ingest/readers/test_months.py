"""Cells that hold a day but show a month."""

import datetime as dt

import pytest

from services.ingest.readers.months import as_month, remarks, shows_month


@pytest.mark.parametrize("form", ["mmm-yy", "MMMM YYYY", "[$-809]mmm\\-yy;@", 'mm"."yyyy', "yyyy-mm"])
def test_formats_that_show_a_month_and_no_day_are_known(form: str) -> None:
    """Whatever locale, literal or section stands beside it."""
    assert shows_month(form)


@pytest.mark.parametrize(
    "form", ["dd/mm/yyyy", "[$-809]DD\\-MMM", "mmm", "yyyy", "General", "[h]:mm", '"my" 0', "d mmm yy", ""]
)
def test_formats_that_show_a_day_or_no_date_are_others(form: str) -> None:
    """So do those that show a month without its year."""
    assert not shows_month(form)


def test_only_the_first_of_a_month_stands_for_the_month() -> None:
    """It is what a spreadsheet keeps for "Mar-27"; any other day was written by somebody."""
    assert as_month(dt.date(2027, 3, 1)) == "2027-03"
    assert as_month(dt.date(2027, 3, 15)) is None


def test_the_cells_are_named() -> None:
    """The first of them, where they are many."""
    assert remarks({}) == ()
    assert "(B2, C2)" in remarks({(2, 3): "2027-03", (2, 2): "2027-03"})[0]
    assert "(A1, A2, A3, A4, A5 and 4 more)" in remarks({(row, 1): "2027-03" for row in range(1, 10)})[0]
