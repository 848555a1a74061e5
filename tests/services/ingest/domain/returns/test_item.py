"""What a row of a list is."""

import datetime as dt

import pytest

from services.ingest.domain.returns.grid import Area, CellError
from services.ingest.domain.returns.model import Choices, on
from tests.services.ingest.domain.returns.lists import (
    of_kind,
    only,
    read,
)
from tests.services.ingest.domain.returns.sheets import MAY, grid


def test_without_a_status_what_has_an_actual_date_is_done() -> None:
    """And that this was assumed is said; a date that is to be confirmed has not happened."""
    found = read("Milestone,Forecast,Actual\nA,2026-04-03,2026-04-01\nB,2026-05-03,TBC\nC,2026-06-03,\n")
    assert [(row.state, row.due) for row in found.rows] == [
        ("done", on(dt.date(2026, 4, 1))),
        ("open", on(dt.date(2026, 5, 3))),
        ("open", on(dt.date(2026, 6, 3))),
    ]
    assert any("has no status that can be read" in finding.message for finding in of_kind(found, "noted"))


def test_blank_says_nothing_unless_its_column_is_complete() -> None:
    """Then it says "no longer known", and so does a date that is to be confirmed."""
    content = "Milestone,Forecast,Baseline,Type,Actual\nA,,2026-04-03,,\nB,TBC,,Approval,2026-04-01\n"
    assert [row.blank for row in read(content).rows] == [frozenset(), frozenset()]
    complete = Choices(complete=frozenset({"Forecast", "Baseline", "Type", "Actual"}))
    assert [row.blank for row in read(content, complete).rows] == [
        {"forecast", "type", "actual"},
        {"forecast", "baseline"},
    ]


def test_a_row_with_more_cells_than_its_header_is_refused_by_its_line() -> None:
    """A separator in an unquoted text shifts its values; too few cells are pointed out, and blank ends are nothing."""
    found = read("Milestone,Due,Status\nOBC, phase 1,2026-04-03,Open\nFBC,2026-05-03,Open\nEnd,2026-06-03\n")
    assert [row.title for row in found.rows] == ["FBC"]
    assert "it (line 2 of the file) has 4 cells and the header 3" in only(found, "refused")
    assert any("row 4 of sheet CSV: fewer cells than the header" in finding.message for finding in found.findings)
    trailing = read("Milestone,Due,Status\nOBC,2026-04-03,Open,\nFBC,2026-05-03,Open,\n")
    assert [row.title for row in trailing.rows] == ["OBC", "FBC"]


def test_a_title_over_several_lines_of_a_text_file_is_pointed_out() -> None:
    """A quotation mark that was forgotten may have drawn the next row into it."""
    found = read('Milestone,Due\n"OBC\n2026-04-03,FBC",2026-05-03\n')
    assert [row.title for row in found.rows] == ["OBC 2026-04-03,FBC"]
    assert any("check that its quotation marks are closed" in finding.message for finding in found.findings)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("in spring", "forecast (cell B2) says 'in spring', which is no date"),
        (CellError("#REF!"), "forecast (cell B2) shows #REF!: mend the cell"),
        (43570, "forecast (cell B2) says '43570', which is no date"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_name_and_the_others_go_on(
    value: str | int | CellError, says: str
) -> None:
    """The finding names slot, cell and fix."""
    found = read(grid("Plan", ["Milestone", "Forecast"], ["A", value], ["B", MAY]))
    assert [(row.slot, row.due) for row in found.rows] == [("row 3", on(MAY))]
    assert says in only(found, "refused")


def test_headings_among_the_rows_are_no_milestones() -> None:
    """A row with nothing but a title is one only where the others have no more to say of how they stand."""
    found = read("Ref,Milestone,Due\n,Approvals,\nA1,OBC,2026-04-03\n,Delivery,\nD1,Start,2026-05-03\n")
    assert [row.slot for row in found.rows] == ["A1", "D1"]
    assert [finding.row for finding in found.findings if "not read as a milestone" in finding.message] == [2, 4]
    assert [row.title for row in read("Milestone,Due\nOBC,2026-04-03\nFBC,\nEnd,2026-05-03\n").rows] == [
        "OBC",
        "FBC",
        "End",
    ]
    merged = grid("Plan", ["Milestone", "Due"], ["Delivery"], ["A", MAY], merged=(Area(2, 1, 2, 2),))
    assert [row.title for row in read(merged).rows] == ["A"]
