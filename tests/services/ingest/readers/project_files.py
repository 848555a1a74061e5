"""Small files of planning tools and open contracting data for tests."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.ingest.domain.returns.model import Return, Row

_NAMESPACE = "http://schemas.microsoft.com/project"


def element(name: str, value: Any) -> str:
    """An element: of a mapping its children, of a list one for each of its values, of anything else its text."""
    if isinstance(value, list):
        return "".join(element(name, one) for one in value)
    inside = "".join(element(*pair) for pair in value.items()) if isinstance(value, Mapping) else str(value)
    return f"<{name}>{inside}</{name}>"


def mspdi(*tasks: Mapping[str, Any], calendars: Sequence[Mapping[str, Any]] = (), **head: Any) -> bytes:
    """A file of Microsoft Project with these tasks."""
    lists = {"Calendars": {"Calendar": list(calendars)}, "Tasks": {"Task": list(tasks)}}
    inside = "".join(element(*pair) for pair in {**head, **lists}.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Project xmlns="{_NAMESPACE}">{inside}</Project>'.encode()


def project_task(uid: int, name: str = "", **more: Any) -> dict[str, Any]:
    """A task of such a file: a milestone on 25 November 2026 unless it is said otherwise."""
    given = {"UID": uid, "ID": uid, "Name": name or f"Task {uid}", "OutlineLevel": 1, "Milestone": 1, "Summary": 0}
    return {**given, "Finish": "2026-11-25T17:00:00", "PercentComplete": 0, **more}


def predecessor(uid: int, lag: Any = 0, form: Any = 7, kind: int = 1, **more: Any) -> dict[str, Any]:
    """A link to what a task waits for: `lag` is in tenths of a minute."""
    return {"PredecessorUID": uid, "Type": kind, "LinkLag": lag, "LagFormat": form, **more}


def weekdays(minutes: Sequence[int]) -> dict[str, Any]:
    """The week of a calendar: minutes of work on each day from Sunday, in one shift from midnight."""
    days = [
        {
            "DayType": number,
            "DayWorking": int(bool(worked)),
            "WorkingTimes": {"WorkingTime": {"FromTime": "00:00:00", "ToTime": _clock(worked)}} if worked else "",
        }
        for number, worked in enumerate(minutes, 1)
    ]
    return {"WeekDay": days}


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}:00"


Rows = Sequence[Mapping[str, Any]]
Table = tuple[str, Rows]


def xer(*tables: Table, end: str = "\r\n") -> bytes:
    """A file of Primavera with these tables."""
    lines = ["\t".join(["ERMHDR", "19.12", "2026-11-25", "Project", "admin", "admin", "db", "PM", "GBP"])]
    for name, rows in tables:
        fields = list(dict.fromkeys(field for row in rows for field in row))
        lines += [f"%T\t{name}", "\t".join(["%F", *fields])]
        lines += ["\t".join(["%R", *(str(row.get(field, "")) for field in fields)]) for row in rows]
    return end.join([*lines, "%E", ""]).encode("cp1252")


def project(identifier: int = 1, **more: Any) -> dict[str, Any]:
    """A project of such a file, with 25 November 2026 as its data date."""
    given = {"proj_id": identifier, "proj_short_name": f"EC{identifier:04}", "clndr_id": 1}
    return {**given, "last_recalc_date": "2026-11-25 00:00", **more}


def activity(number: int, kind: str = "TT_FinMile", **more: Any) -> dict[str, Any]:
    """An activity: a finish milestone of project 1, not started, on 25 November 2026."""
    given = {"task_id": number, "proj_id": 1, "clndr_id": 1, "task_type": kind, "status_code": "TK_NotStart"}
    named = {"task_code": f"A{number:04}", "task_name": f"Activity {number}"}
    return {**given, **named, "reend_date": "2026-11-25 17:00", "target_end_date": "2026-11-20 17:00", **more}


def waits(taker: int, giver: int, hours: Any = 0, kind: str = "PR_FS", **more: Any) -> dict[str, Any]:
    """A relation between two activities of project 1, with a lag in hours."""
    given = {"task_id": taker, "pred_task_id": giver, "proj_id": 1, "pred_proj_id": 1}
    return {**given, "pred_type": kind, "lag_hr_cnt": hours, **more}


def calendar(identifier: int = 1, hours: Sequence[int] = (0, 8, 8, 8, 8, 8, 0), **more: Any) -> dict[str, Any]:
    """A calendar of Primavera: hours of work on each day from Sunday, in one shift from midnight."""
    given = {"clndr_id": identifier, "default_flag": "N", "clndr_name": f"Calendar {identifier}"}
    return {**given, "day_hr_cnt": 8, "week_hr_cnt": 40, "clndr_data": week_data(hours), **more}


def week_data(hours: Sequence[int]) -> str:
    """The week of a calendar as Primavera writes it."""
    shifts = [f"(0||0(s|00:00|f|{worked % 24:02}:00)())" if worked else "" for worked in hours]
    days = "".join(f"(0||{number}()({shift}))" for number, shift in enumerate(shifts, 1))
    return f"(0||CalendarData()((0||DaysOfWeek()({days}))(0||Exceptions()((0||0(d|41519)())))))"


def primavera(activities: Rows, relations: Rows = (), **tables: Rows) -> bytes:
    """A file of Primavera with these activities and relations; of what is not given, it has one of each."""
    given = {"PROJECT": [project()], "CALENDAR": [calendar()], **tables}
    return xer(*given.items(), ("TASK", activities), ("TASKPRED", relations))


def released(*milestones: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A release of a contracting process whose one contract has these milestones of its implementation."""
    contract = {"id": "C1", "implementation": {"milestones": list(milestones)}}
    return {"ocid": "ocds-1", "date": "2026-11-25T09:00:00Z", "contracts": [contract], **more}


def package(*releases: Mapping[str, Any], **more: Any) -> bytes:
    """A package of releases."""
    return json.dumps({"version": "1.1", "releases": list(releases), **more}).encode()


def handover(**more: Any) -> dict[str, Any]:
    """A milestone of a contract, due on 10 October 2026 in Kabul."""
    given = {"id": "m1", "title": "Handover", "type": "delivery", "status": "scheduled"}
    return {**given, "dueDate": "2026-10-10T00:00:00+04:30", **more}


def slots(rows: Iterable[Row]) -> list[str]:
    """The slots of rows."""
    return [row.slot for row in rows]


def said(read: Return) -> str:
    """All findings in one text."""
    return " | ".join(finding.message for finding in read.findings)
