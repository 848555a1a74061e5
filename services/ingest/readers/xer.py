"""Reads a schedule from the file that Oracle Primavera P6 exports (XER)."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from services.ingest.domain.days import written_day
from services.ingest.domain.returns.model import Finding, Meaning
from services.ingest.domain.returns.phrases import several_projects, shortened
from services.ingest.domain.schedules.model import Schedule, Task, Workweek
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile, refuse_large
from services.ingest.readers.remarks import Remarks
from services.ingest.readers.text import text_of
from services.ingest.readers.xer_calendars import CALENDAR, Calendar, read_calendars
from services.ingest.readers.xer_projects import PROJECT, Project, projects_in
from services.ingest.readers.xer_relations import RELATION, Clocks, RelationReader
from services.ingest.readers.xer_tables import Line, read_tables
from services.ingest.readers.xer_tasks import SPANS, TASK, Place, TaskReader
from services.kit.words import counted

MOST_TASKS = 50_000

SHEET = "Activities"
"""What the list of its tasks is called."""

_SAVE = "in Primavera choose File, Export, Primavera PM (XER), and send that"
_MEANS: dict[str, Meaning] = {"Finish": "forecast", "Actual finish": "actual", "Baseline": "baseline"}
"""The dates that are read unless the sender says otherwise."""

_WANTED = {
    "PROJECT": PROJECT,
    "CALENDAR": CALENDAR,
    "SCHEDOPTIONS": frozenset({"proj_id", "sched_calendar_on_relationship_lag"}),
    "TASK": TASK,
    "TASKPRED": RELATION,
}
_MARK = b"ERMHDR\t"

Tables = Mapping[str, Sequence[Line]]


def is_xer(head: bytes) -> bool:
    """Whether a file that begins like this is one that Primavera exported."""
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").startswith(_MARK)


def read_xer(content: bytes, limits: Limits = LIMITS) -> Schedule:
    """The schedule in the file: its projects without their baselines, which give the dates of `Baseline`.

    Activities that only span others are left out. Raises UnreadableFile, whose message names the fix, for anything else
    and for what exceeds `limits`.
    """
    refuse_large(content, limits)
    if not is_xer(content[:100]):
        raise UnreadableFile(f"the file is no export of Primavera: {_SAVE}")
    try:
        text = text_of(content)
    except UnreadableFile as error:
        raise UnreadableFile(f"the file is in an encoding that is not known: {_SAVE}, with Unicode text") from error
    return _schedule(read_tables(text, _WANTED), text.remarks)


def _schedule(tables: Tables, assumed: Sequence[str]) -> Schedule:
    projects = projects_in(tables["PROJECT"]) or [Project("", "", {}, {})]
    calendars = list(read_calendars(tables["CALENDAR"]))
    weeks = {calendar.id: calendar.week for calendar in calendars}
    remarks = Remarks()
    reader = TaskReader(weeks, next((one.week for one in calendars if one.default), Workweek()), remarks)
    _read_tasks(reader, projects, tables["TASK"])
    relations = RelationReader(reader.tasks, reader.worked, _clocks(tables, projects, weeks), _spans(tables), remarks)
    tasks = tuple(reader.tasks.values())
    return Schedule(
        sheet=SHEET,
        identity=f"xer {projects[0].row.get('guid') or projects[0].name}",
        project=projects[0].name or None if len(projects) == 1 else None,
        as_at=_as_at(projects),
        tasks=tasks,
        relations=tuple(relations.read(tables["TASKPRED"])),
        means={name: _MEANS.get(name) for name in dict.fromkeys(name for task in tasks for name in task.dates)},
        findings=(
            *_about_text(assumed, tasks),
            *_about_projects(projects),
            *_about_calendars(calendars, tables["TASK"]),
            *remarks.findings(SHEET),
        ),
    )


def _read_tasks(reader: TaskReader, projects: Sequence[Project], rows: Sequence[Line]) -> None:
    lines = defaultdict(list)
    for row in rows:
        lines[row.get("proj_id", "")].append(row)
    for project in projects:
        saved = {called: _by_code(lines[one]) for called, one in project.baselines.items()}
        for row in lines[project.id]:
            if len(reader.tasks) == MOST_TASKS:
                raise UnreadableFile(f"the file has more than {MOST_TASKS:,} activities: export one project at a time")
            place = Place(len(reader.tasks) + 1, project.name if len(projects) > 1 else None)
            reader.read(row, place, saved)


def _by_code(rows: Sequence[Line]) -> dict[str, Line]:
    return {row.get("task_code", ""): row for row in reversed(rows)}


def _clocks(tables: Tables, projects: Sequence[Project], weeks: Mapping[str, Workweek]) -> Clocks:
    rules = {
        row.get("proj_id", ""): row.get("sched_calendar_on_relationship_lag", "") for row in tables["SCHEDOPTIONS"]
    }
    own = {one.id: weeks[calendar] for one in projects if (calendar := one.row.get("clndr_id", "")) in weeks}
    return Clocks(rules, own)


def _spans(tables: Tables) -> frozenset[str]:
    return frozenset(row.get("task_id", "") for row in tables["TASK"] if row.get("task_type") in SPANS)


def _as_at(projects: Sequence[Project]) -> dt.date | None:
    """The data date, where all projects have the same."""
    said = {project.row.get("last_recalc_date", "") for project in projects}
    try:
        return written_day(said.pop()) if len(said) == 1 else None
    except ValueError:
        return None


def _about_text(assumed: Sequence[str], tasks: Sequence[Task]) -> Iterator[Finding]:
    if not all(task.title.isascii() and task.slot.isascii() for task in tasks):
        yield from (Finding("noted", remark, sheet=SHEET) for remark in assumed)


def _about_projects(projects: Sequence[Project]) -> Iterator[Finding]:
    if len(projects) > 1:
        yield Finding("noted", several_projects([project.name for project in projects]), field="project")


def _about_calendars(calendars: Sequence[Calendar], tasks: Sequence[Line]) -> Iterator[Finding]:
    using = Counter(row.get("clndr_id", "") for row in tasks)
    for calendar in calendars:
        if not calendar.whole:
            name, used = shortened(calendar.name or calendar.id), counted(using[calendar.id], "activity", "activities")
            week = f"{counted(calendar.week.days, 'day')} of {calendar.week.day / 60:g} hours"
            message = f"the calendar {name} (used by {used}) is damaged: a week of {week} was taken from its settings"
            yield Finding("noted", message, sheet=SHEET)
