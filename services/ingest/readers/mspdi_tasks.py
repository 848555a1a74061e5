"""Tasks of a Microsoft Project file: what each is, when it is, and what it waits for."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping

from services.ingest.domain.days import written_day
from services.ingest.domain.returns.model import Finding
from services.ingest.domain.returns.phrases import shortened
from services.ingest.domain.schedules.model import NO_TIME, Kind, Length, Relation, Task, Workweek
from services.ingest.readers.mspdi_calendars import Weeks
from services.ingest.readers.records import Record, Shape
from services.ingest.readers.remarks import Remarks

_DATES = {"Finish": "Finish", "ActualFinish": "Actual finish", "Deadline": "Deadline"}
"""Elements of a task with a date, and what the tool calls them."""

_LINK = Shape(frozenset({"PredecessorUID", "Type", "CrossProject", "LinkLag", "LagFormat"}))
_BASELINE = Shape(frozenset({"Number", "Finish"}))
_FLAGS = frozenset({"IsNull", "Milestone", "Summary", "Active", "ExternalTask", "IsSubproject"})
_OTHERS = {
    *("UID", "Name", "OutlineLevel", "CalendarUID", "Duration", "DurationFormat"),
    *("PercentComplete", "ActualStart", "FinishText"),
}
_FIELDS = _FLAGS | _DATES.keys() | _OTHERS
_PARTS = {"PredecessorLink": _LINK, "Baseline": _BASELINE}

SHEET = "Tasks"
"""What the file calls its list of tasks."""

_KINDS: Mapping[str, Kind] = {"0": "FF", "1": "FS", "2": "SF", "3": "SS", "": "FS"}
_ELAPSED = frozenset({"4", "6", "8", "10", "12", "20", "36", "38", "40", "42", "44", "52"})
_PERCENT, _ELAPSED_PERCENT = frozenset({"19", "51"}), frozenset({"20", "52"})
"""Formats of lengths by their numbers in the schema: elapsed ones, and lags in percent of what is waited for."""

_DURATION = re.compile(r"PT(\d{1,9})H(\d{1,9})M\d{1,9}(?:\.\d+)?S")
_NUMBER = re.compile(r"[-+]?\d{1,12}")
_TENTHS, _DAY = 10, 24 * 60

_UNREADABLE = "the {} cannot be read, and is left out: {{}}. Correct it in the schedule"
_ELSEWHERE = "tasks of other projects are waited for by {}. Declare those dependencies yourself, if they are milestones"
_UNKNOWN = "tasks that are not in the file are waited for by {}. Those dependencies are left out"
_TWICE = "in the file more than once, and only the first is read: {}"
_INACTIVE = "milestones that are inactive are not read: {}. Say that they are cancelled, if they are"
_FOREIGN = "milestones of other projects are not read: {}"
_INSERTED = "the tasks of inserted projects are not read: {}. Send each by itself"


class TaskReader:
    """Reads the tasks of a file, in its order, and then the relations between them."""

    def __init__(self, weeks: Weeks) -> None:
        self._weeks, self._remarks = weeks, Remarks()
        self._tasks: dict[str, Task] = {}
        self._waiting: list[tuple[Task, Record]] = []
        self._left_out: dict[str, str] = {}
        self._summaries: list[tuple[int, str]] = []

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks so far."""
        return tuple(self._tasks.values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know of them."""
        return self._remarks.findings(SHEET)

    def read(self, row: int, record: Record) -> None:
        """Reads one task; blank rows, inactive tasks and those of other projects are left out."""
        if _is(record, "IsNull"):
            return
        task = self._task(row, record)
        if task.id in self._tasks or task.id in self._left_out:
            self._remarks.add(_TWICE, task.slot)
            return
        if why := _left_out(record):
            self._left_out[task.id] = why
            if task.flagged:
                self._remarks.add(why, f"{task.slot} ({shortened(task.title)})")
            return
        if _is(record, "IsSubproject"):
            self._remarks.add(_INSERTED, shortened(task.title))
        self._tasks[task.id] = task
        self._waiting += [(task, link) for link in record.every("PredecessorLink")]

    def relations(self) -> Iterator[Relation]:
        """The relations between the tasks that were read."""
        for taker, link in self._waiting:
            giver = self._tasks.get(link.text("PredecessorUID"))
            if _is(link, "CrossProject") or self._left_out.get(link.text("PredecessorUID")) == _FOREIGN:
                self._remarks.add(_ELSEWHERE, f"{taker.slot} ({shortened(taker.title)})")
            elif giver is not None:
                yield self._relation(giver, taker, link)
            elif link.text("PredecessorUID") not in self._left_out:
                self._remarks.add(_UNKNOWN, f"{taker.slot} ({shortened(taker.title)})")

    def _task(self, row: int, record: Record) -> Task:
        uid, percent = record.text("UID"), record.text("PercentComplete") or "0"
        slot = f"UID {uid}" if _NUMBER.fullmatch(uid) else f"row {row}"
        is_done = bool(record.text("ActualFinish")) or percent == "100"
        is_summary = _is(record, "Summary") or _is(record, "IsSubproject")
        return Task(
            id=uid or slot,
            row=row,
            slot=slot,
            title=" ".join(record.text("Name").split()),
            state="done" if is_done else "open",
            said=f"{shortened(percent)}% complete",
            key=uid or None,
            flagged=_is(record, "Milestone"),
            summary=is_summary,
            parent=self._parent(record, uid or slot, is_summary),
            length=self._duration(slot, record),
            started=is_done or percent != "0" or bool(record.text("ActualStart")),
            dates=dict(self._dates(slot, record)),
            others={"FinishText": text} if (text := record.text("FinishText")) else {},
        )

    def _parent(self, record: Record, identifier: str, is_summary: bool) -> str | None:
        level = int(said) if _NUMBER.fullmatch(said := record.text("OutlineLevel")) else 0
        while self._summaries and self._summaries[-1][0] >= level:
            self._summaries.pop()
        parent = self._summaries[-1][1] if self._summaries else None
        if is_summary:
            self._summaries.append((level, identifier))
        return parent

    def _dates(self, slot: str, record: Record) -> Iterator[tuple[str, dt.date]]:
        said = [(called, record.text(name)) for name, called in _DATES.items()]
        said += [(_baseline(saved), saved.text("Finish")) for saved in record.every("Baseline")]
        for called, text in said:
            try:
                day = written_day(text)
            except ValueError:
                self._remarks.add(_UNREADABLE.format(called.lower()), slot)
            else:
                yield from [(called, day)] if day else []

    def _duration(self, slot: str, record: Record) -> Length:
        said = record.text("Duration")
        found = _DURATION.fullmatch(said)
        if not found:
            if said:
                self._remarks.add(_UNREADABLE.format("duration"), slot)
            return NO_TIME
        minutes = int(found[1]) * 60 + int(found[2])
        return _length(minutes, record.text("DurationFormat"), self._weeks.of(record.text("CalendarUID")))

    def _relation(self, giver: Task, taker: Task, link: Record) -> Relation:
        kind, said = _KINDS.get(link.text("Type")), link.text("LinkLag") or "0"
        if kind is None or not _NUMBER.fullmatch(said):
            self._remarks.add(_UNREADABLE.format("kind or lag of a link"), taker.slot)
            return Relation(giver.id, taker.id)
        return Relation(giver.id, taker.id, kind, self._lag(giver, int(said), link.text("LagFormat")))

    def _lag(self, giver: Task, lag: int, form: str) -> Length:
        """A lag in tenths of a minute, or in percent of what is waited for."""
        if form in _PERCENT:
            return giver.length.times(lag / 100)
        if form in _ELAPSED_PERCENT:
            return Length(elapsed=giver.length.days * lag / 100)
        return _length(lag / _TENTHS, form, self._weeks.project)


def _is(record: Record, flag: str) -> bool:
    return record.text(flag) in ("1", "true")


def _left_out(record: Record) -> str | None:
    if _is(record, "ExternalTask"):
        return _FOREIGN
    return _INACTIVE if record.text("Active") in ("0", "false") else None


def _baseline(saved: Record) -> str:
    number = saved.text("Number")
    return "Baseline" if number in ("", "0") else f"Baseline {shortened(number)}"


def _length(minutes: float, form: str, week: Workweek) -> Length:
    return Length(elapsed=minutes / _DAY) if form in _ELAPSED else week.length(minutes)


def task_list(take: Callable[[Record], None]) -> Shape:
    """What is wanted of a list of tasks; `take` is handed each of them."""
    return Shape(parts={"Task": Shape(_FIELDS, _PARTS, take)})
