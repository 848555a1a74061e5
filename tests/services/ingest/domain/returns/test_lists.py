"""Exports of trackers and tables of a department's own, read as returns."""

import dataclasses
import datetime as dt

from services.ingest.domain.returns.model import Candidate, Choices, Link, on
from services.ingest.domain.returns.read import read_return
from tests.services.ingest.domain.returns.lists import (
    JIRA,
    OPEN_PROJECT,
    PLAN,
    REDMINE,
    SCHEDULE,
    of_kind,
    only,
    read,
)
from tests.services.ingest.domain.returns.sheets import MAY, grid, text


def test_an_export_of_jira_is_read() -> None:
    """Milestones by type, keys as ids, due dates as forecasts, resolved ones as done, and what blocks them as needs."""
    found = read(JIRA)
    done, open_, dropped = found.rows
    assert [(row.slot, row.key, row.title) for row in found.rows] == [
        ("DIG-1", "DIG-1", "OBC approved"),
        ("DIG-2", "DIG-2", "FBC approved"),
        ("DIG-4", "DIG-4", "Rejected idea"),
    ]
    assert (done.state, done.due, done.said) == ("done", on(dt.date(2026, 3, 10)), "Done")
    assert (open_.state, open_.due) == ("open", on(dt.date(2026, 6, 30)))
    assert open_.needs == (Link("DIG-1"), Link("DIG-3"))
    assert (dropped.state, dropped.said) == ("cancelled", "Won't Do")
    assert found.candidates == (Candidate("DIG-3", "Build it", dt.date(2026, 5, 15)),)
    assert found.project == "DIG"
    assert of_kind(found, "question") == of_kind(found, "refused") == []


def test_nobody_is_named_in_what_is_read() -> None:
    """Neither from columns of people, nor from comments, which say who wrote them."""
    for content in (JIRA, OPEN_PROJECT, PLAN):
        found = repr(read(content))
        assert not any(name in found for name in ("jsmith", "Jane", "'Jo'"))


def test_an_export_of_open_project_is_read() -> None:
    """Rows of type Milestone are milestones; a task is one if it is ticked."""
    found = read(OPEN_PROJECT)
    assert [(row.slot, row.state, row.due) for row in found.rows] == [
        ("31", "open", on(dt.date(2026, 4, 1))),
        ("40", "done", on(dt.date(2026, 5, 1))),
    ]
    assert found.candidates == (Candidate("32", "Write it", dt.date(2026, 3, 31)),)
    ticked = read(OPEN_PROJECT, Choices(ticked=frozenset({"32"})))
    assert [row.slot for row in ticked.rows] == ["31", "32", "40"]
    assert ticked.candidates == ()


def test_where_no_row_is_called_a_milestone_that_is_asked() -> None:
    """None is published until some are ticked, or the column of types is not to be read."""
    found = read(REDMINE, separator=";")
    assert found.rows == ()
    assert [candidate.slot for candidate in found.candidates] == ["row 2", "row 3", "row 4"]
    assert "no milestone found: column B (tracker) of sheet CSV calls no row one, but bug" in only(found, "question")
    every = read(REDMINE, Choices(columns={"tracker": None}), ";")
    assert [row.title for row in every.rows] == ["Second child", "First child", "Parent"]
    assert every.rows[0].needs == (Link("row 3", 1, "working"),)
    assert of_kind(every, "question") == []


def test_a_schedule_as_a_table_is_read() -> None:
    """Milestones by their flag; ids that only count the rows are none that outlive a new row between them."""
    found = read(SCHEDULE)
    done, open_ = found.rows
    assert (done.slot, done.key, done.state, done.due) == ("2", None, "done", on(dt.date(2026, 3, 3)))
    assert (open_.baseline, open_.due) == (on(dt.date(2026, 5, 11)), on(dt.date(2026, 5, 18)))
    assert open_.needs == (Link("3", 5, "working"),)
    assert any("column A (ID) of sheet CSV only counts the rows" in finding.message for finding in found.findings)
    unique = read(SCHEDULE.replace("ID,Name", "Unique ID,Name"))
    assert [row.key for row in unique.rows] == ["2", "4"]


def test_a_plan_with_a_title_above_and_notes_below_is_read() -> None:
    """What was planned is the baseline where the date was revised since; totals and notes are no milestones."""
    found = read(PLAN)
    first, second = found.rows
    assert (found.project, found.as_at) == ("ARE_0024", dt.date(2026, 6, 30))
    assert (first.key, first.baseline, first.due) == ("M1", on(dt.date(2026, 4, 1)), on(dt.date(2026, 4, 13)))
    assert (second.title, second.baseline, second.due) == ("Finish", on(dt.date(2026, 4, 30)), None)
    notes = [finding.message for finding in of_kind(found, "noted")]
    assert any("row 9 (Total) is not read as a milestone" in message for message in notes)
    assert any("column C (Target date) is read as the baseline" in message for message in notes)
    assert any("column D (Revised date) is read as the forecast" in message for message in notes)


def test_an_unknown_status_is_asked_once_for_all_its_rows() -> None:
    """Nothing of them is read until it is answered; a blank one is asked too, and the other rows go on."""
    content = """
Milestone,Due,Status
A,2026-04-03,With Treasury
B,2026-04-03,Open
C,2026-04-03,with treasury
D,2026-04-03,
"""
    found = read(content)
    assert [row.title for row in found.rows] == ["B"]
    asked = [finding.message for finding in of_kind(found, "question")]
    assert [message.partition(":")[0] for message in asked] == [
        "rows 2 and 4 of sheet CSV have the status 'With Treasury'",
        "row 5 of sheet CSV has no status",
    ]
    answered = read(content, Choices(statuses={"With-Treasury": "open", "": "cancelled"}))
    assert [row.state for row in answered.rows] == ["open", "open", "open", "cancelled"]
    assert of_kind(answered, "question") == []


def test_types_of_the_contract_are_read() -> None:
    """A word that is none of them is pointed out, and the row has no type."""
    found = read("Milestone,Type,Due\nA,Approval,2026-04-03\nB,Decision,2026-04-03\n")
    assert [row.type for row in found.rows] == ["approval", None]
    assert any("says decision, which is no type of milestone" in finding.message for finding in found.findings)


def test_where_a_table_speaks_of_milestones_others_are_not_taken_for_them() -> None:
    """A log of tasks in the same workbook has titles and dates too; it is pointed out."""
    plan, log = grid("Plan", ["Milestone", "Due"], ["A", MAY]), grid("Log", ["Task", "Due"], ["Call them", MAY])
    found = read_return([log, plan])
    assert [row.title for row in found.rows] == ["A"]
    assert any(finding.sheet == "Log" and "is not read" in finding.message for finding in found.findings)
    assert [row.title for row in read_return([log]).rows] == ["Call them"]


def test_rows_of_several_projects_are_pointed_out() -> None:
    """Each row is named under its own."""
    found = read("Project,Milestone,Due\nNorth,A,2026-04-03\nSouth,B,2026-04-03\n")
    assert [row.project for row in found.rows] == ["North", "South"]
    assert found.project is None
    assert any("2 projects (North and South), and each milestone is named" in one.message for one in found.findings)


def test_needs_that_name_no_row_are_pointed_out() -> None:
    """Titles name rows too."""
    found = read("Milestone,Due,Depends on\nA,2026-04-03,Board decision\nB,2026-05-03,a\n")
    assert [row.needs for row in found.rows] == [(), (Link("row 2"),)]
    assert any("'board decision' names no row of the file" in finding.message for finding in found.findings)


def test_remarks_of_the_reader_are_passed_on() -> None:
    """Whether a table was found or not."""
    for content in ("Milestone,Due\nA,2026-04-03\n", "x,y\n1,2\n"):
        found = read(dataclasses.replace(text(content), remarks=("read as Windows-1252",)))
        assert "read as Windows-1252" in [finding.message for finding in of_kind(found, "noted")]
