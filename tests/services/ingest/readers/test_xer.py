"""Schedules of Primavera."""

import datetime as dt
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dates import PreciseDate
from services.ingest.domain.returns.model import Choices, Link, Return
from services.ingest.domain.schedules.milestones import milestones
from services.ingest.readers.refusal import Limits, UnreadableFile
from services.ingest.readers.xer import is_xer, read_xer
from tests.services.ingest.readers.project_files import (
    Rows,
    activity,
    calendar,
    primavera,
    project,
    said,
    slots,
    waits,
    xer,
)

DAY, LATER = dt.date(2026, 11, 25), "2027-11-25 17:00"
PLANNED = PreciseDate(date=dt.date(2026, 11, 20))


def read(activities: Rows, relations: Rows = (), ticked: frozenset[str] = frozenset(), **tables: Rows) -> Return:
    """The milestones of a file with these activities and relations."""
    return milestones(read_xer(primavera(activities, relations, **tables)), Choices(ticked=ticked))


def test_a_milestone_is_a_row() -> None:
    """Its activity id is its key; its forecast is the remaining finish, and the planned date is no baseline."""
    [row] = read([activity(1, task_name='Hand ""over""')]).rows
    assert (row.slot, row.key, row.title, row.said, row.state) == (
        "A0001",
        "A0001",
        'Hand "over"',
        "not started",
        "open",
    )
    assert (row.due, row.agreed) == (PreciseDate(date=DAY), None)
    assert row.others == {"Planned finish": "2026-11-20"}


def test_the_planned_date_can_be_the_baseline() -> None:
    """Where the sender says so."""
    found = milestones(read_xer(primavera([activity(1)])), Choices(columns={"Planned finish": "baseline"}))
    assert found.rows[0].baseline == PLANNED


def test_project_and_data_date_are_those_of_the_file() -> None:
    """And what is decided of it is remembered for the same project."""
    found = read_xer(primavera([activity(1)], PROJECT=[project(guid="CFaG")]))
    assert (found.project, found.as_at, found.identity) == ("EC0001", DAY, "xer CFaG")


def test_a_start_milestone_is_at_its_start() -> None:
    """Forecast, planned and actual."""
    starts = {"restart_date": "2026-11-26 08:00", "reend_date": "", "target_start_date": "2026-11-20 08:00"}
    done = {"status_code": "TK_Complete", "act_start_date": "2026-11-24 08:00"}
    first, second = read([activity(1, "TT_Mile", **starts), activity(2, "TT_Mile", **starts, **done)]).rows
    assert first.due == PreciseDate(date=dt.date(2026, 11, 26))
    assert (second.state, second.said, second.due) == ("done", "complete", PreciseDate(date=dt.date(2026, 11, 24)))


def test_what_was_never_scheduled_has_its_planned_date() -> None:
    """As its forecast, which is said."""
    found = read([activity(1, reend_date="", early_end_date="")])
    assert found.rows[0].due == PLANNED
    assert "only a planned date is there, and read as the forecast: A0001." in said(found)


def test_a_status_that_is_not_known_is_asked() -> None:
    """It is no row until then."""
    found = read([activity(1, status_code="TK_Odd")])
    assert found.rows == ()
    assert "the status of A0001 is 'TK_Odd'" in said(found)


def test_activities_are_candidates_and_spans_are_nothing() -> None:
    """A level of effort and the summary of a structure follow others, and move none."""
    found = read(
        [
            activity(1),
            activity(2, "TT_Task"),
            activity(3, "TT_LOE"),
            activity(4, "TT_WBS"),
            activity(5, reend_date=LATER),
        ],
        [waits(3, 1), waits(5, 3)],
    )
    assert [one.slot for one in found.candidates] == ["A0002"]
    assert found.rows[1].needs == ()
    assert "not in the file" not in said(found)


@pytest.mark.parametrize(
    ("hours", "link"),
    [(16, 2), ("16.0", 2), ("7,5", 1), (-8, -1), ("0", 0), ("", 0), ("1.600,0", 200)],
)
def test_lags_count_hours_of_a_day(hours: Any, link: int) -> None:
    """With a point or a comma, as the exporting machine writes numbers."""
    found = read([activity(1), activity(2, reend_date=LATER)], [waits(2, 1, hours)])
    [need] = found.rows[1].needs
    assert (need.slot, need.lag) == ("A0001", link)


@pytest.mark.parametrize(("kind", "days"), [("PR_FS", 8), ("PR_SS", 3), ("PR_FF", 6), ("PR_SF", 1)])
def test_chains_go_through_activities(kind: str, days: int) -> None:
    """From an activity of five days to a ticked one of two, with a lag of a day."""
    work = activity(2, "TT_Task", remain_drtn_hr_cnt=40, target_drtn_hr_cnt=99)
    last = activity(3, "TT_Task", remain_drtn_hr_cnt="", target_drtn_hr_cnt=16, reend_date=LATER)
    found = read([activity(1), work, last], [waits(2, 1), waits(3, 2, 8, kind)], ticked=frozenset({"A0003"}))
    assert found.rows[1].needs == (Link("A0001", days, "working"),)


@pytest.mark.parametrize(
    ("rule", "link"),
    [
        ("rcal_Predecessor", Link("A0001", 3, "working")),
        ("", Link("A0001", 3, "working")),
        ("rcal_Successor", Link("A0002", 1, "calendar")),
        ("rcal_ProjDefault", Link("A0002", 2, "working")),
        ("rcal_24Hour", Link("A0002", 1, "calendar")),
    ],
)
def test_lags_are_in_the_calendar_that_the_project_says(rule: str, link: Link) -> None:
    """24 hours: three days of eight hours, two of twelve, or one around the clock."""
    calendars = [
        calendar(1),
        calendar(2, (24,) * 7, day_hr_cnt=24, week_hr_cnt=168),
        calendar(3, (0, 12, 12, 12, 12, 12, 0), day_hr_cnt=12, week_hr_cnt=60),
    ]
    found = read(
        [activity(1), activity(2, clndr_id=2, reend_date=LATER)],
        [waits(2, 1, 24)],
        PROJECT=[project(clndr_id=3)],
        CALENDAR=calendars,
        SCHEDOPTIONS=[{"proj_id": 1, "sched_calendar_on_relationship_lag": rule}],
    )
    [need] = found.rows[1].needs
    assert (need.lag, need.unit) == (link.lag, link.unit)


def test_what_cannot_be_read_is_left_out_by_name() -> None:
    """A date, an hour count, a kind of relation, an activity twice; and what is not in the file."""
    activities = [
        activity(1, reend_date="soon", target_end_date=""),
        activity(2, "TT_Task", remain_drtn_hr_cnt="long"),
        activity(3),
        activity(3, task_code="A0004"),
    ]
    found = read(activities, [waits(3, 1, "much"), waits(3, 1, kind="PR_XX"), waits(1, 99), waits(99, 1)])
    assert slots(found.rows) == ["A0001", "A0003"]
    assert found.rows[0].due is None
    for what in ("the reend_date", "the remain_drtn_hr_cnt", "the kind or lag of a link", "more than once"):
        assert what in said(found)
    assert "activities that are not in the file are waited for by A0001 (Activity 1)." in said(found)


def test_slots_can_stand_in_answers() -> None:
    """An activity id with a slash or an equals sign cannot, and none cannot either."""
    found = read([activity(1, task_code="A/1"), activity(2, task_code="a=b"), activity(3, task_code="")])
    assert [(row.slot, row.key) for row in found.rows] == [
        ("activity 1", "A/1"),
        ("activity 2", "a=b"),
        ("activity 3", None),
    ]


def test_encodings_are_recognised() -> None:
    """Windows-1252, which is assumed and said; UTF-8 with and without mark; UTF-16."""
    content = primavera([activity(1, task_name="Café – £")])
    assert "read as Windows-1252" in said(milestones(read_xer(content)))
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        other = content.decode("cp1252").encode(encoding)
        assert is_xer(other[:100])
        found = milestones(read_xer(other))
        assert found.rows[0].title == "Café – £"
        assert found.findings == ()
    assert milestones(read_xer(primavera([activity(1)]).replace(b"GBP", b"\xa3"))).findings == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_those_of_any_machine(end: str) -> None:
    """And what follows %E is nothing."""
    content = xer(("PROJECT", [project()]), ("TASK", [activity(1)]), end=end) + b"%T\tTASK\n"
    assert slots(milestones(read_xer(content)).rows) == ["A0001"]


def test_a_line_break_inside_a_text_ends_no_row() -> None:
    """The cells after it are those of the row."""
    content = primavera([activity(1, task_name="Hand\nover")])
    assert milestones(read_xer(content)).rows[0].title == "Hand over"
    assert milestones(read_xer(content)).rows[0].due == PreciseDate(date=DAY)


@pytest.mark.parametrize("content", [b"", b"ERMHDRS\t1", b"%T\tTASK", b"PK\x03\x04", b"<Project/>"])
def test_what_is_no_such_file_is_refused(content: bytes) -> None:
    """With the fix."""
    assert not is_xer(content)
    with pytest.raises(UnreadableFile, match="no export of Primavera: in Primavera choose File, Export"):
        read_xer(content)


def test_what_is_no_text_is_refused() -> None:
    """As is what has too many bytes, or activities."""
    for content in (b"ERMHDR\t\x00\x00", b"ERMHDR\t\x81\x8d"):
        with pytest.raises(UnreadableFile, match="encoding that is not known"):
            read_xer(content)
    with pytest.raises(UnreadableFile, match="bytes"):
        read_xer(primavera([activity(1)]), Limits(sent=10))
    many = primavera([activity(1)]).replace(b"%T\tTASKPRED", b"".join(b"%%R\t%d\t1\n" % n for n in range(50_001)))
    with pytest.raises(UnreadableFile, match="more than 50,000 activities"):
        read_xer(many)


def test_a_file_without_tables_has_no_milestones() -> None:
    """That is said."""
    found = milestones(read_xer(b"ERMHDR\t8.4\n"))
    assert [finding.kind for finding in found.findings] == ["refused"]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    """They are read, or refused."""
    for whole in (content, b"ERMHDR\t" + content, b"ERMHDR\t\n%T\tTASK\n" + content):
        with suppress(UnreadableFile):
            milestones(read_xer(whole))


cells = st.sampled_from(
    ["", "1", "2", "-1", "9" * 13, "2026-11-25 00:00", "TT_Mile", "TK_Complete", "x", "PR_SS", "1,5"]
)
names = st.sampled_from(
    [
        *("task_id", "proj_id", "clndr_id", "task_type", "status_code", "task_code", "task_name", "reend_date"),
        *("pred_task_id", "lag_hr_cnt", "remain_drtn_hr_cnt", "sum_base_proj_id", "orig_proj_id", "proj_short_name"),
        *("clndr_data", "day_hr_cnt", "sched_calendar_on_relationship_lag"),
    ]
)
tables = st.sampled_from(["PROJECT", "CALENDAR", "SCHEDOPTIONS", "TASK", "TASKPRED"])


@given(st.lists(st.tuples(tables, st.lists(st.dictionaries(names, cells, min_size=1), max_size=4)), max_size=6))
def test_no_content_breaks_the_reader(content: list[tuple[str, list[dict[str, str]]]]) -> None:
    """Whatever stands in the tables, it is read or said."""
    found = read_xer(xer(*content))
    milestones(found, Choices(ticked=frozenset(one.slot for one in found.tasks)))
