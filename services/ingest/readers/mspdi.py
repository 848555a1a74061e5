"""Reads a schedule from the XML that Microsoft Project and others write (MSPDI, schemas.microsoft.com/project)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from xml.parsers.expat import ExpatError

from services.ingest.domain.days import day_or_none
from services.ingest.domain.returns.model import Meaning
from services.ingest.domain.schedules.model import Schedule
from services.ingest.readers.mspdi_calendars import CALENDAR, Weeks, weeks_of
from services.ingest.readers.mspdi_tasks import SHEET, TaskReader, task_list
from services.ingest.readers.records import Record, Shape, read_records
from services.ingest.readers.refusal import LIMITS, Limits, UnreadableFile, refuse_large

MOST_TASKS = 50_000

_SAVE = "in Microsoft Project choose File, Save As, XML Format, and send that"
_MEANS: dict[str, Meaning] = {"Finish": "forecast", "Actual finish": "actual", "Baseline": "baseline"}
"""The dates that are read unless the sender says otherwise; baseline 0 is the current one by the format."""

_AS_AT = ("StatusDate", "CurrentDate", "LastSaved")
"""What says as at which date the schedule is, the plainest first."""

_HEADINGS = frozenset({"GUID", "Name", "Title", "CalendarUID", "MinutesPerDay", "MinutesPerWeek", *_AS_AT})
_EXTENSION = re.compile(r"\.(?:xml|mpp|mpt)$", re.IGNORECASE)
_HEAD = re.compile(rb"<(?:\w+:)?Project[\s>]")


def is_mspdi(head: bytes) -> bool:
    """Whether a file that begins like this is a schedule as Microsoft Project writes it."""
    plain = head.replace(b"\0", b"")  # UTF-16
    return _HEAD.search(plain) is not None and b"schemas.microsoft.com/project" in plain


def read_mspdi(content: bytes, limits: Limits = LIMITS) -> Schedule:
    """The schedule in the file. Inactive tasks, blank rows and those of other projects are left out.

    Raises UnreadableFile, whose message names the fix, for anything else and for what exceeds `limits`.
    """
    refuse_large(content, limits)
    try:
        return _schedule(content)
    except (UnreadableFile, MemoryError):
        raise
    except (ExpatError, ValueError, LookupError) as error:  # no XML, or in an encoding that is not known
        raise UnreadableFile(f"the file cannot be read as XML ({error}): {_SAVE}") from error


def _schedule(content: bytes) -> Schedule:
    records: list[Record] = []
    calendars: list[Record] = []

    def take(record: Record) -> None:
        if len(records) == MOST_TASKS:
            raise UnreadableFile(f"the schedule has more than {MOST_TASKS:,} tasks: send one for each of its parts")
        records.append(record)

    calendar = replace(CALENDAR, take=calendars.append)
    parts = {"Tasks": task_list(take), "Calendars": Shape(parts={"Calendar": calendar})}
    head = read_records(content, "Project", Shape(_HEADINGS, parts))
    return _made(head, records, weeks_of(head, calendars))


def _made(head: Record, records: Sequence[Record], weeks: Weeks) -> Schedule:
    reader = TaskReader(weeks)
    first = 0 if records and records[0].text("UID") == "0" else 1  # the project itself is row 0
    for row, record in enumerate(records, first):
        reader.read(row, record)
    relations = tuple(reader.relations())
    called = sorted({name for task in reader.tasks for name in task.dates}, key=_in_order)
    return Schedule(
        sheet=SHEET,
        identity=f"mspdi {head.text('GUID') or _named(head)}",
        project=_named(head),
        as_at=next(filter(None, (day_or_none(head.text(name)) for name in _AS_AT)), None),
        tasks=reader.tasks,
        relations=relations,
        means={name: _MEANS.get(name) for name in called},
        findings=reader.findings,
    )


def _in_order(name: str) -> tuple[str, int]:
    kind, _, number = name.partition(" ")
    return (kind, int(number)) if number.isdecimal() else (name, 0)


def _named(head: Record) -> str | None:
    """The project's title; where it has none, the name of its file."""
    return head.text("Title") or _EXTENSION.sub("", head.text("Name")) or None
