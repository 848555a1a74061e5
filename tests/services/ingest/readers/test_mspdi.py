"""Schedules of Microsoft Project."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Choices, Link, Return
from services.ingest.domain.schedules.milestones import milestones
from services.ingest.domain.schedules.model import Length
from services.ingest.readers.mspdi import MOST_TASKS, is_mspdi, read_mspdi
from services.ingest.readers.refusal import Limits, UnreadableFile
from tests.services.ingest.readers.project_files import mspdi, predecessor, project_task, said, slots, weekdays

DAY, LATER = dt.date(2026, 11, 25), "2027-11-25T17:00:00"
TENTHS_OF_A_DAY = 4800
"""Eight hours in the unit of a lag."""


def read(*tasks: dict[str, Any], ticked: frozenset[str] = frozenset(), **more: Any) -> Return:
    """The milestones of a file with these tasks."""
    return milestones(read_mspdi(mspdi(*tasks, **more)), Choices(ticked=ticked))


def needs(*tasks: dict[str, Any], **more: Any) -> tuple[Link, ...]:
    """What the last of these tasks needs."""
    return read(*tasks, **more).rows[-1].needs


def test_a_milestone_is_a_row() -> None:
    """Its UID is its key, whatever row it stands in; the day is the one that is written."""
    baseline = {"Number": 0, "Finish": "2026-11-20T17:00:00"}
    task = project_task(7, " Hand  over ", Baseline=baseline, Deadline="2026-12-01T17:00:00", PercentComplete=40)
    [row] = read(project_task(0, Summary=1, Milestone=0), task).rows
    assert (row.slot, row.key, row.row, row.title, row.said) == ("UID 7", "7", 1, "Hand over", "40% complete")
    assert (row.due, row.baseline) == (PreciseDate(date=DAY), PreciseDate(date=dt.date(2026, 11, 20)))
    assert row.others == {"Deadline": "2026-12-01"}


@pytest.mark.parametrize("time", ["00:00:00", "08:00:00", "17:00:00", "23:59:00"])
def test_a_time_of_day_moves_no_date(time: str) -> None:
    """Neither does midnight."""
    [row] = read(project_task(1, Finish=f"2026-11-25T{time}")).rows
    assert row.due == PreciseDate(date=DAY)


def test_what_is_complete_is_done() -> None:
    """On its actual finish; without one it is done, and its date is not known."""
    met = project_task(1, PercentComplete=100, ActualFinish="2026-11-24T17:00:00")
    first, second = read(met, project_task(2, PercentComplete=100)).rows
    assert (first.state, first.due, first.due_field) == ("done", PreciseDate(date=dt.date(2026, 11, 24)), "actual")
    assert (second.state, second.due) == ("done", None)


def test_the_head_of_the_file_says_project_and_date() -> None:
    """The title before the file's name, the status date before the day on which it was saved."""
    head: dict[str, Any] = {"Name": "plan.v3.mpp", "GUID": "6A2F", "LastSaved": "2026-11-24T09:00:00"}
    found = read_mspdi(mspdi(project_task(1), **head))
    assert (found.project, found.as_at, found.identity) == ("plan.v3", dt.date(2026, 11, 24), "mspdi 6A2F")
    found = read_mspdi(mspdi(project_task(1), Title="Bridge", StatusDate="2026-11-23T17:00:00", **head))
    assert (found.project, found.as_at) == ("Bridge", dt.date(2026, 11, 23))
    bare = read_mspdi(mspdi(project_task(1)))
    assert (bare.project, bare.as_at) == (None, None)


@pytest.mark.parametrize(
    ("lag", "form", "link"),
    [
        (2 * TENTHS_OF_A_DAY, 7, Link("UID 1", 2, "working")),
        (10 * TENTHS_OF_A_DAY, 9, Link("UID 1", 10, "working")),
        (-TENTHS_OF_A_DAY, 5, Link("UID 1", -1, "working")),
        (TENTHS_OF_A_DAY // 2, 5, Link("UID 1", 1, "working")),
        (3 * 14_400, 8, Link("UID 1", 3, "calendar")),
        (14_400, 40, Link("UID 1", 1, "calendar")),
        (0, 7, Link("UID 1", 0, "calendar")),
        ("", "", Link("UID 1", 0, "calendar")),
    ],
)
def test_lags_count_tenths_of_a_minute(lag: Any, form: Any, link: Link) -> None:
    """Of working time by the day that the project counts, or elapsed, whatever unit they are shown in."""
    assert needs(project_task(1), project_task(2, Finish=LATER, PredecessorLink=predecessor(1, lag, form))) == (link,)


def test_a_day_is_what_the_project_counts_as_one() -> None:
    """Seven hours and a half."""
    taker = project_task(2, Finish=LATER, PredecessorLink=predecessor(1, 5 * 4500))
    assert needs(project_task(1), taker, MinutesPerDay=450, MinutesPerWeek=2250) == (Link("UID 1", 5, "working"),)


def test_lags_in_percent_are_of_what_is_waited_for() -> None:
    """Half of a task of four days; of elapsed time, in calendar days."""
    task = project_task(2, Milestone=0, Duration="PT32H0M0S", DurationFormat=7, PredecessorLink=predecessor(1))
    for form, link in ((19, Link("UID 1", 6, "working")), (20, Link("UID 1", 9, "calendar"))):
        last = project_task(3, Finish=LATER, PredecessorLink=predecessor(2, 50, form))
        assert needs(project_task(1), task, last) == (link,)


@pytest.mark.parametrize(("kind", "days"), [(1, 8), (3, 3), (0, 6), (2, 1)])
def test_the_kinds_of_links_are_those_of_the_schema(kind: int, days: int) -> None:
    """0 is FF, 1 FS, 2 SF and 3 SS: from a task of five days to a ticked one of two, with a lag of a day."""
    link = predecessor(2, TENTHS_OF_A_DAY, kind=kind)
    tasks = [
        project_task(1),
        project_task(2, Milestone=0, Duration="PT40H0M0S", PredecessorLink=predecessor(1)),
        project_task(3, Milestone=0, Duration="PT16H0M0S", Finish=LATER, PredecessorLink=link),
    ]
    assert needs(*tasks, ticked=frozenset({"UID 3"})) == (Link("UID 1", days, "working"),)


def test_tasks_of_a_calendar_without_rest_take_elapsed_time() -> None:
    """The calendar of a task counts, not that of the project: 48 hours around the clock are two calendar days."""
    calendars = [
        {"UID": 1, "BaseCalendarUID": -1, "WeekDays": weekdays([0, 480, 480, 480, 480, 480, 0])},
        {"UID": 2, "BaseCalendarUID": -1, "WeekDays": weekdays([1440] * 7)},
        {"UID": 3, "BaseCalendarUID": 2},
    ]
    for calendar, link in (
        (2, Link("UID 1", 2, "calendar")),
        (3, Link("UID 1", 2, "calendar")),
        (-1, Link("UID 1", 6, "working")),
    ):
        work = project_task(2, Milestone=0, Duration="PT48H0M0S", CalendarUID=calendar, PredecessorLink=predecessor(1))
        last = project_task(3, Finish=LATER, PredecessorLink=predecessor(2))
        assert needs(project_task(1), work, last, CalendarUID=1, calendars=calendars) == (link,)


def test_elapsed_durations_are_elapsed() -> None:
    """48 hours shown as two elapsed days."""
    found = read_mspdi(mspdi(project_task(1, Duration="PT48H0M0S", DurationFormat=8)))
    assert found.tasks[0].length == Length(elapsed=2)


def test_summaries_lead_to_what_lies_in_them() -> None:
    """By their outline levels: the task in the summary follows what the summary waits for."""
    tasks = [
        project_task(1),
        project_task(2, Summary=1, Milestone=0, PredecessorLink=predecessor(1)),
        project_task(3, OutlineLevel=2, Milestone=0, Duration="PT16H0M0S"),
        project_task(4, OutlineLevel=2, Milestone=0, Duration="PT8H0M0S"),
        project_task(5, Finish=LATER, PredecessorLink=predecessor(2)),
    ]
    assert needs(*tasks) == (Link("UID 1", 2, "working"),)


def test_several_baselines_are_kept_apart() -> None:
    """Number 0 is the current one."""
    saved = [{"Number": number, "Finish": f"2026-11-1{number}T17:00:00"} for number in (2, 0, 1)]
    found = read(project_task(1, Baseline=saved))
    assert found.rows[0].baseline == PreciseDate(date=dt.date(2026, 11, 10))
    assert found.rows[0].others == {"Baseline 1": "2026-11-11", "Baseline 2": "2026-11-12"}
    assert [column.header for column in found.columns] == ["Baseline", "Baseline 1", "Baseline 2", "Finish"]
    assert "the baselines Baseline, Baseline 1 and Baseline 2: Baseline has the agreed dates" in said(found)


def test_what_is_inactive_or_of_another_project_is_left_out() -> None:
    """And said where it is a milestone; blank rows are nothing."""
    tasks = [
        project_task(1, Active=0),
        project_task(2, ExternalTask=1),
        project_task(3, IsNull=1),
        project_task(4, PredecessorLink=[predecessor(1), predecessor(2)]),
        project_task(5, Milestone=0, Active=0),
    ]
    found = read(*tasks)
    assert slots(found.rows) == ["UID 4"]
    assert found.candidates == ()
    assert "inactive are not read: UID 1 (Task 1)." in said(found)
    assert "of other projects are not read: UID 2 (Task 2)" in said(found)
    assert "tasks of other projects are waited for by UID 4 (Task 4)." in said(found)


def test_links_to_other_files_and_to_nothing_are_said() -> None:
    """A UID in another project is no UID here."""
    links = [predecessor(1, CrossProject=1, CrossProjectName="other.mpp"), predecessor(99)]
    found = read(project_task(1), project_task(2, PredecessorLink=links))
    assert found.rows[1].needs == ()
    assert "tasks of other projects are waited for by UID 2 (Task 2)" in said(found)
    assert "tasks that are not in the file are waited for by UID 2 (Task 2)" in said(found)


def test_inserted_projects_are_said() -> None:
    """Their tasks are not taken for those of this one."""
    inner = {"Tasks": {"Task": [project_task(1, "inside")]}}
    found = read(project_task(1, "outside"), project_task(2, "inserted", IsSubproject=1, Milestone=0, Project=inner))
    assert [row.title for row in found.rows] == ["outside"]
    assert "the tasks of inserted projects are not read: inserted." in said(found)


def test_what_cannot_be_read_is_left_out_by_name() -> None:
    """A date, a duration, a lag; and a UID that is there twice. The rest of the task goes on."""
    tasks = [
        project_task(1, Finish="soon", Duration="3 days", Baseline={"Number": 0, "Finish": "2026-02-30T00:00:00"}),
        project_task(2, PredecessorLink=[predecessor(1, "much"), predecessor(1, kind=9)]),
        project_task(2, "again"),
        project_task(3, Baseline={"Number": "{x}", "Finish": "never"}),
    ]
    found = read(*tasks)
    assert [row.title for row in found.rows] == ["Task 1", "Task 2", "Task 3"]
    assert (found.rows[0].due, found.rows[0].baseline) == (None, None)
    for what in (
        "the finish",
        "the baseline",
        "the baseline {x}",
        "the duration",
        "the kind or lag of a link",
        "more than once",
    ):
        assert what in said(found)


def test_a_file_is_known_by_how_it_begins() -> None:
    """Whatever its encoding."""
    content = mspdi(project_task(1))
    utf_16 = content.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    for good in (content, utf_16, content.replace(b"<Project", b'<p:Project xmlns:p="x"')):
        assert is_mspdi(good[:4096])
    for other in (b"", b"<html/>", b'<Projects xmlns="http://schemas.microsoft.com/project"/>', b"PK\x03\x04"):
        assert not is_mspdi(other)
    assert slots(milestones(read_mspdi(utf_16)).rows) == ["UID 1"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be read as XML"),
        (b"<Project><Tasks>", "cannot be read as XML"),
        (b"<html></html>", "XML of another kind"),
        (b'<!DOCTYPE Project [<!ENTITY a "b">]><Project/>', "document type"),
        (b'<?xml version="1.0" encoding="x-nothing"?><Project/>', "cannot be read as XML"),
        (b'<?xml version="1.0" encoding="cp932"?><Project/>', "cannot be read as XML"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, why: str) -> None:
    """With the reason and the fix."""
    with pytest.raises(UnreadableFile, match=why):
        read_mspdi(content)


def test_large_files_are_refused() -> None:
    """By their bytes, and by their tasks."""
    with pytest.raises(UnreadableFile, match="bytes"):
        read_mspdi(mspdi(project_task(1)), Limits(sent=100))
    tasks = b"<Tasks>" + b"<Task/>" * (MOST_TASKS + 1) + b"</Tasks>"
    with pytest.raises(UnreadableFile, match="more than 50,000 tasks"):
        read_mspdi(mspdi().replace(b"<Tasks></Tasks>", tasks))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    """They are refused."""
    with pytest.raises(UnreadableFile):
        read_mspdi(content)


texts = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=12).map(
    lambda said: said.replace("<", "").replace("&", "")
)
fields = st.sampled_from(
    ["UID", "Name", "OutlineLevel", "Summary", "Milestone", "Duration", "DurationFormat", "Finish", "CalendarUID"]
)
numbers = st.sampled_from(["0", "1", "2", "-1", "999999999999", "PT1H0M0S", "PT999999999H0M0S", "2026-11-25T00:00:00"])


@given(
    st.lists(st.dictionaries(fields, texts | numbers)),
    st.dictionaries(st.sampled_from(["MinutesPerDay", "StatusDate"]), texts),
)
def test_no_content_breaks_the_reader(tasks: list[dict[str, str]], head: dict[str, Any]) -> None:
    """Whatever stands in the elements, it is read or said."""
    links = [{**one, "PredecessorLink": predecessor(1, 999_999_999_999)} for one in tasks]
    found = read_mspdi(mspdi(*links, **head))
    milestones(found, Choices(ticked=frozenset(one.slot for one in found.tasks)))
