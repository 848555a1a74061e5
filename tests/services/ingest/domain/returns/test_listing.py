"""Where the tables of a sheet are."""

import datetime as dt

from services.ingest.domain.returns.grid import Area
from services.ingest.domain.returns.model import Choices, on
from services.ingest.domain.returns.read import read_return
from tests.services.ingest.domain.returns.lists import means, of_kind, only, read
from tests.services.ingest.domain.returns.sheets import JULY, MAY, grid


def test_a_table_in_another_language_is_read_once_its_columns_are_explained() -> None:
    """The headers are shown, and the layout is the same before and after, so that answers hold for the next file."""
    content = "Nr;Vorgang;Termin;Stand\n1;Baubeginn;03.04.2026;offen\n2;Bauende;30.09.2026;fertig\n"
    unread = read(content, separator=";")
    assert "Its headers are Nr, Vorgang, Termin and Stand: say what they mean" in only(unread, "refused")
    assert means(unread) == dict.fromkeys(("Nr", "Vorgang", "Termin", "Stand"))
    choices = Choices(
        columns={"Vorgang": "title", "Termin": "forecast", "Stand": "status"},
        statuses={"offen": "open", "fertig": "done"},
    )
    found = read(content, choices, ";")
    assert [(row.title, row.state) for row in found.rows] == [("Baubeginn", "open"), ("Bauende", "done")]
    assert found.rows[0].due == on(dt.date(2026, 4, 3))
    assert found.layout == unread.layout


def test_the_layout_does_not_depend_on_what_was_chosen() -> None:
    """Even where only one of several sheets is read under it."""
    sheets = [grid("A", ["Vorgang", "Termin"], ["Bau", MAY]), grid("B", ["Kosten", "Summe"], ["Sand", 3])]
    chosen = read_return(sheets, Choices(columns={"Vorgang": "title", "Termin": "forecast"}))
    assert [row.title for row in chosen.rows] == ["Bau"]
    assert chosen.layout == read_return(sheets).layout


def test_a_file_that_is_no_table_of_milestones_is_refused_and_its_headers_are_named() -> None:
    """A mapping of keys to cells has types and dates in words, and is none."""
    found = read("cell_key,template_sheet,cellreference,type\nSnapshot Date,Introduction,C18,DATE\n")
    assert found.rows == ()
    assert "cell_key, template_sheet, cellreference and type" in only(found, "refused")
    assert read_return([]).findings[0].kind == "refused"


def test_the_layout_is_that_of_the_headers() -> None:
    """Whatever stands under and above them, and in whichever order they come."""
    one, other = read("Milestone,Due\nA,2026-04-03\n"), read("A plan\n\nDue,MILESTONE\n2027-04-03,B\n2027-05-03,C\n")
    assert one.layout == other.layout
    assert one.layout != read("Milestone,Forecast\nA,2026-04-03\n").layout


def test_headers_may_take_several_rows_with_merged_cells() -> None:
    """A group stands over each of its columns, wherever the titles are headed."""
    found = read(
        grid(
            "Plan",
            ["Programme plan"],
            [None, None, "Baseline", None, "Forecast", None],
            ["Ref", "Milestone", "Start", "Finish", "Start", "Finish"],
            ["M1", "A", MAY, JULY, MAY, JULY],
            merged=(Area(2, 3, 2, 4), Area(2, 5, 2, 6)),
        )
    )
    [row] = found.rows
    assert (row.slot, row.title, row.baseline, row.due) == ("M1", "A", on(JULY), on(JULY))
    assert [column.means for column in found.columns] == ["id", "title", None, "baseline", None, "forecast"]


def test_in_a_text_file_a_heading_reaches_up_to_the_next_one() -> None:
    """It is what is left of merged cells; the title of the table reaches nowhere."""
    found = read("""
Plan,,,,
,Milestone,Baseline,,Expected
Ref,,Original,Latest approved,Forecast
M1,A,2026-04-03,2026-05-03,2026-06-03
""")
    [row] = found.rows
    assert (row.original_baseline, row.baseline) == (on(dt.date(2026, 4, 3)), on(dt.date(2026, 5, 3)))


def test_every_table_of_a_sheet_is_read_and_a_repeated_header_is_nothing() -> None:
    """Headings between them are pointed out."""
    found = read(
        "Approvals,\nMilestone,Due\nA,2026-04-03\nMilestone,Due\nB,2026-04-13\n,\nDelivery,\nMilestone,Forecast\nC,2026-05-03\n"
    )
    assert [(row.slot, row.title) for row in found.rows] == [("row 3", "A"), ("row 5", "B"), ("row 9", "C")]
    assert any("row 7 (Delivery) is not read as a milestone" in finding.message for finding in found.findings)
    assert of_kind(found, "refused") == []


def test_a_line_above_the_header_that_speaks_of_dates_is_not_taken_for_it() -> None:
    """The header is the row that names most."""
    found = read("Milestone tracker,Date,June\nRef,Milestone,Due,Status\nA1,OBC,2026-04-03,Open\n")
    assert [(row.slot, row.title, row.due) for row in found.rows] == [("A1", "OBC", on(dt.date(2026, 4, 3)))]


def test_more_tables_than_are_read_are_not_lost_in_silence() -> None:
    """The row from which nothing is read is named."""
    found = read("\n".join(f"Milestone,Due\nA{number},2026-04-03\n," for number in range(60)))
    assert len(found.rows) == 50
    assert "from row 151 on nothing is read" in only(found, "refused")


def test_hidden_columns_are_not_read_and_hidden_rows_are_pointed_out() -> None:
    """What nobody is shown is not published; a filtered row still is one of the list."""
    sheet = grid("Plan", ["Milestone", "Forecast", "Due"], ["A", MAY, JULY], hidden_columns={2}, hidden_rows={2})
    found = read(sheet)
    assert [row.due for row in found.rows] == [on(JULY)]
    assert means(found) == {"Milestone": "title", "Due": "forecast"}
    assert any("its row is hidden, and was read" in finding.message for finding in found.findings)
