"""Which rows of a return are milestones, and what they say."""

import datetime as dt

import pytest

from services.ingest.domain.returns.grid import Area, CellError, Grid, Value
from services.ingest.domain.returns.model import Choices, Link, Return, on
from services.ingest.domain.returns.read import read_return
from tests.services.ingest.domain.returns.sheets import (
    BASELINE,
    DUE,
    HEADER,
    JULY,
    MAY,
    REASON,
    STATUS,
    TITLE,
    VARIANCE,
    Line,
    approvals,
    front,
    grid,
    line,
    text,
)


def slots(read: Return) -> list[str]:
    """The slots that were read."""
    return [row.slot for row in read.rows]


def test_a_row_says_what_its_columns_mean() -> None:
    """Each column is known by its header; the variance is nothing, and what we do not know is kept by its header."""
    read = read_return([front(), approvals(line("6.01.4", "OBC  approval\n", JULY, MAY, "Live", "Held up", 2))])
    [row] = read.rows
    assert (row.sheet, row.row, row.slot) == ("6a - Milestones - Approvals", 4, "6.01.4")
    assert (row.title, row.type, row.version) == ("OBC approval", "approval", "2")
    assert (row.baseline, row.due, row.state, row.reason) == (on(JULY), on(MAY), "open", "Held up")
    assert row.others == {"Approvals and Controls": "Control - Property"}
    assert (read.project, read.as_at, read.period) == ("ARE_0024", dt.date(2019, 6, 30), "Q1 1920")
    assert read.findings == ()


def test_empty_numbered_slots_are_nothing() -> None:
    """Neither those with a number alone, nor those that the form fills in beforehand."""
    prefilled = ["6.01.3", None, None, 1, None, None, 0, "Live", None]
    assert slots(read_return([approvals(line("6.01.1"), ["6.01.2"], prefilled)])) == ["6.01.1"]


def test_tables_further_down_and_footers_are_nothing() -> None:
    """The table ends where another section begins, whatever stands below; notes without a status are no milestones."""
    read = read_return(
        [
            approvals(
                line("6.01.1"),
                [None, "Last updated", None, None, JULY, JULY],
                ["Notes: all dates are subject to approval"],
                line("6.01.2", "FBC approval"),
                [],
                ["6.01b", "Approval Points"],
                ["6.01b.1", "Latest Approval Point Stage", "Outline Business Case"],
                line("6.01.3", "In a table further down"),
                HEADER,
                line("6.04.1", "Under another header"),
            )
        ]
    )
    assert slots(read) == ["6.01.1", "6.01.2"]
    assert read.findings == ()


def test_a_section_whose_number_is_a_number_ends_the_table_too() -> None:
    """Excel keeps 6.04 as a number and 6.01b as text."""
    read = read_return([approvals(line("6.01.1"), [6.04, "Schedule - DCA"], line("6.01.2", "Not a milestone"))])
    assert slots(read) == ["6.01.1"]


def test_misspelt_headers_are_known_and_numbers_under_a_date_are_a_variance() -> None:
    """ "Miletone label" is a title; a column that is called Baseline but holds numbers is no date."""
    read = read_return(
        [
            grid(
                "6c - Milestones - Delivery",
                [None, "Miletone label", "Critical Path", "Baseline (wibble)", "Basline Date", "Forcast", "Status"],
                ["6.03.1", "Start of build", "Yes", -61, JULY, MAY, "Live"],
            )
        ]
    )
    [row] = read.rows
    assert (row.title, row.type, row.baseline, row.due) == ("Start of build", "delivery", on(JULY), on(MAY))


def test_the_label_is_the_title_even_where_other_headers_speak_of_milestones() -> None:
    """The header that names the title most plainly wins, wherever it stands."""
    header = [None, "Assurance Milestones, by Line of Defence", TITLE, "Baseline Date", "Forecast Date", STATUS]
    read = read_return([grid("6b Assurance", header, ["6.02.1", "(1) SRO", "SGAR3", MAY, MAY, "Complete"])])
    [row] = read.rows
    assert row.title == "SGAR3"
    assert row.others == {"Assurance Milestones, by Line of Defence": "(1) SRO"}


def test_a_header_may_take_two_rows_with_merged_cells() -> None:
    """What is merged across stands over each of its columns, and what is merged down is not lost."""
    read = read_return(
        [
            grid(
                "Delivery",
                ["No.", TITLE, "Baseline", None, "Expected", STATUS],
                [None, None, "Original", "Latest approved", "Forecast / Actual", None],
                ["6.03.1", "Start", MAY, JULY, JULY, "Live"],
                merged=(Area(1, 2, 2, 2), Area(1, 3, 1, 4), Area(1, 6, 2, 6)),
            )
        ]
    )
    [row] = read.rows
    assert (row.title, row.state) == ("Start", "open")
    assert (row.original_baseline, row.baseline, row.due) == (on(MAY), on(JULY), on(JULY))


def test_the_first_row_is_no_second_header_whatever_it_says() -> None:
    """A row with a slot is a milestone, even where its words could be those of a header."""
    first: Line = ["6.01.1", "OBC", "Version 2, latest approved", MAY, JULY, "Live"]
    header: Line = [None, TITLE, "Approvals and Controls", "Baseline", "Forecast", STATUS]
    assert slots(read_return([grid("Approvals", header, first, ["6.01.2", *first[1:]])])) == ["6.01.1", "6.01.2"]


def test_forecast_and_actual_may_have_a_column_each() -> None:
    """A complete milestone is dated by its actual date, any other by its forecast."""
    header = [None, TITLE, "Original baseline", "Forecast date", "Actual date", STATUS]
    read = read_return(
        [
            grid(
                "Delivery",
                header,
                ["6.03.1", "A", None, JULY, MAY, "Complete"],
                ["6.03.2", "B", MAY, JULY, MAY, "Live"],
            )
        ]
    )
    done, live = read.rows
    assert (done.due, done.due_field) == (on(MAY), "actual")
    assert (live.due, live.due_field, live.agreed) == (on(JULY), "forecast", on(MAY))
    assert [(f.slot, f.field) for f in read.findings] == [("6.03.2", "actual"), ("6.03.2", "baseline")]


def test_a_status_column_is_known_by_what_stands_in_it() -> None:
    """Where the header's word was replaced, values that are all statuses tell."""
    read = read_return([grid("Delivery", [None, TITLE, "Baseline", "Wibble"], ["6.03.1", "A", MAY, "Complete"])])
    assert [row.state for row in read.rows] == ["done"]


def test_of_two_columns_that_say_the_same_the_left_one_is_read() -> None:
    """And the other is pointed out."""
    read = read_return(
        [grid("Delivery", [None, TITLE, "Baseline", STATUS, "Baseline"], ["6.1.1", "A", MAY, "Live", JULY])]
    )
    assert [row.baseline for row in read.rows] == [on(MAY)]
    [finding] = read.findings
    assert finding.message.startswith("column E (Baseline)")


def test_hidden_columns_are_not_read_and_hidden_rows_are_pointed_out() -> None:
    """Previous quarters stand in hidden columns; a filtered row is still one of the return."""
    header = [None, "Baseline", TITLE, "Forecast", STATUS]
    sheet = grid("Delivery", header, ["6.03.1", MAY, "A", JULY, "Live"], hidden_rows={2, 9}, hidden_columns={1, 2})
    read = read_return([sheet])
    [row] = read.rows
    assert (row.slot, row.baseline, row.due) == ("6.03.1", None, on(JULY))
    [finding] = read.findings
    assert (finding.kind, finding.slot, finding.row) == ("noted", "6.03.1", 2)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("baseline", "Spring 2020", "baseline (cell E5) says 'Spring 2020', which is no date: write a date"),
        ("due", CellError("#REF!"), "forecast or actual (cell F5) shows #REF!: mend the cell"),
        ("due", 43570, "forecast or actual (cell F5) says '43570', which is no date"),
        ("status", "On hold", "status (cell H5) says 'On hold': choose Live, Complete, Superceded or Redundant"),
        ("status", None, "status (cell H5) is blank: choose Live"),
        ("title", None, "title (cell B5) is blank: write the milestone's name in it, or clear the row"),
        ("title", "x" * 301, "title (cell B5) has 301 letters: shorten it to 300"),
        ("title", MAY, "title (cell B5) is the date 2019-05-01: write it as text"),
        ("reason", CellError("a formula without a saved result"), "reason (cell I5) shows a formula"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_by_name_and_the_others_go_on(field: str, value: Value, says: str) -> None:
    """The finding names slot, sheet, row, cell and the fix."""
    bad = line("6.01.2", **({"title": "Bad row"} | {field: value}))
    read = read_return([approvals(line("6.01.1"), bad, line("6.01.3"))])
    assert slots(read) == ["6.01.1", "6.01.3"]
    [finding] = read.findings
    assert (finding.kind, finding.slot, finding.sheet, finding.row) == (
        "refused",
        "6.01.2",
        "6a - Milestones - Approvals",
        5,
    )
    assert says in finding.message


def test_a_milestone_without_a_number_is_refused_and_not_lost() -> None:
    """A row that somebody squeezed in between is named, with the cell that lacks its number."""
    read = read_return([approvals(line("6.01.1"), line(None, "Squeezed in"))])
    assert slots(read) == ["6.01.1"]
    [finding] = read.findings
    assert (finding.kind, finding.row) == ("refused", 5)
    assert "row 5 (Squeezed in) has no number: give it one in cell A5" in finding.message


def test_a_date_that_is_to_be_confirmed_is_noted() -> None:
    """The rest of the row is read."""
    read = read_return([approvals(line("6.01.1", due="TBC"))])
    assert [row.due for row in read.rows] == [None]
    assert [(f.kind, f.field) for f in read.findings] == [("noted", "forecast_or_actual")]


def summary(due: dt.date) -> Grid:
    """A summary sheet, which repeats a few milestones of the form by formulas."""
    header = ["", "Milestone", "Baseline", "Forecast", "Ginga (days)", "Status", "Comment"]
    return grid("Report Summary", ["Milestones"], header, [], ["6.01.2", "FBC", JULY, due, 0, "Live"])


def test_a_summary_that_repeats_rows_of_the_form_is_nothing() -> None:
    """The form is the table with the most numbered slots, filled or not."""
    read = read_return([summary(JULY), approvals(line("6.01.1"), line("6.01.2", "FBC"), ["6.01.3"])])
    assert [(row.sheet, row.slot) for row in read.rows] == [
        ("6a - Milestones - Approvals", "6.01.1"),
        ("6a - Milestones - Approvals", "6.01.2"),
    ]
    assert read.findings == ()


def test_a_summary_that_says_otherwise_is_pointed_out() -> None:
    """The form is read, and the finding names both places."""
    read = read_return([summary(MAY), approvals(line("6.01.1"), line("6.01.2", "FBC"))])
    assert [row.due for row in read.rows] == [on(JULY), on(JULY)]
    [finding] = read.findings
    assert (finding.slot, finding.sheet, finding.row) == ("6.01.2", "6a - Milestones - Approvals", 5)
    assert "row 4 of sheet Report Summary" in finding.message


def test_a_workbook_without_milestones_says_what_was_looked_for() -> None:
    """Costs with baselines and forecasts in money are no milestones."""
    costs = grid(
        "9 - Costs", [None, "Name", "Baseline", "Forecast"], ["9.01.1", "Bricks", 12.5, 13], ["9.01.2", "Sand", 1, 2]
    )
    read = read_return([front(), costs])
    assert read.rows == ()
    [finding] = read.findings
    assert (finding.kind, finding.slot) == ("refused", None)
    assert "no visible sheet has a table of milestones" in finding.message


def test_milestones_without_any_numbers_are_pointed_out() -> None:
    """A sheet is not passed over in silence because its rows are not numbered."""
    unnumbered = grid("Extra", [TITLE, "Baseline", "Forecast", STATUS], ["OBC", MAY, JULY, "Live"])
    read = read_return([approvals(line("6.01.1")), unnumbered])
    assert slots(read) == ["6.01.1"]
    [finding] = read.findings
    assert (finding.kind, finding.sheet) == ("noted", "Extra")


def test_a_sheet_without_a_status_is_refused_as_a_whole() -> None:
    """Without it nobody knows whether a date is a forecast; the other sheets go on."""
    bare = grid("6c - Delivery", [None, TITLE, "Baseline", "Forecast / Actual"], ["6.03.1", "A", MAY, MAY])
    read = read_return([bare, approvals(line("6.01.1"))])
    assert slots(read) == ["6.01.1"]
    assert [(f.kind, f.sheet, f.field) for f in read.findings] == [("refused", "6c - Delivery", "status")]


def test_a_sheet_that_does_not_say_its_type_is_noted() -> None:
    """The rows are read without one."""
    header = [None, TITLE, None, None, BASELINE.replace("Approval Point", ""), DUE, VARIANCE, STATUS, REASON]
    read = read_return([grid("Sheet1", header, line("6.01.1"))])
    assert [row.type for row in read.rows] == [None]
    assert [(f.kind, f.field) for f in read.findings] == [("noted", "type")]


FORM_AS_TEXT = """
6.01,Approval History (covers all approvals),,,,,,,
,Milestone label,Approvals and Controls,Version No.,Baseline Date,Forecast / Actual Date,Ginga (Days),Status,Needs
6.01.1,OBC,Property,1,01/02/2026,13/02/2026,12,Live,
6.01.2,FBC,Property,1,Mar-27,TBC,,On hold,6.01.1FS+5d
6.01.3,End,Property,1,01/02/2027,,,Live,6.01.2
6.01b,Approval Points,,,,,,,
6.01b.1,Latest Approval Point Stage,Outline Business Case,,,,,,
"""


def test_a_form_saved_as_text_is_read_as_the_form_is() -> None:
    """Dates by their column, days of variance as nothing, and the table ends where another section begins."""
    read = read_return([text(FORM_AS_TEXT)])
    assert [(row.slot, row.title, row.version) for row in read.rows] == [("6.01.1", "OBC", "1"), ("6.01.3", "End", "1")]
    assert [(row.baseline, row.due) for row in read.rows] == [
        (on(dt.date(2026, 2, 1)), on(dt.date(2026, 2, 13))),
        (on(dt.date(2027, 2, 1)), None),
    ]
    assert "status (cell H4) says 'On hold'" in "".join(f.message for f in read.findings if f.kind == "refused")


def test_choices_hold_for_a_form_too() -> None:
    """What its columns and statuses mean, how its dates are written, and which columns are complete."""
    choices = Choices(
        columns={"Approvals and Controls": "id"},
        statuses={"On hold": "open"},
        order={"Baseline Date": "day-first"},
        complete=frozenset({"Forecast / Actual Date"}),
    )
    read = read_return([text(FORM_AS_TEXT)], choices)
    assert [(row.slot, row.state, row.key) for row in read.rows] == [
        ("6.01.1", "open", "Property"),
        ("6.01.2", "open", "Property"),
        ("6.01.3", "open", "Property"),
    ]
    assert [row.blank for row in read.rows] == [frozenset(), {"forecast"}, {"forecast"}]
    assert [row.needs for row in read.rows] == [(), (Link("6.01.1", 5, "working"),), (Link("6.01.2"),)]
    assert {column.header: column.means for column in read.columns}["Baseline Date"] == "baseline"


def test_the_columns_of_a_form_are_shown() -> None:
    """With what each means; nothing is shown of a column of people."""
    header = [*HEADER, "Milestone owner"]
    read = read_return([grid("Approvals", header, [*line("6.01.1"), "Jane Doe"])])
    assert [(column.letters, column.means) for column in read.columns] == [
        *(("B", "title"), ("C", None), ("D", "version"), ("E", "baseline"), ("F", "forecast_or_actual")),
        *(("G", None), ("H", "status"), ("I", "reason"), ("J", None)),
    ]
    assert "Jane" not in repr(read)
    assert read.layout == read_return([grid("Approvals", header, [*line("6.01.2", "Other"), "X"])]).layout
