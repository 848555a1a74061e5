"""Activities of a file that Primavera exported: what each is, when it is, and what it waits for."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.ingest.domain.days import written_day
from services.ingest.domain.returns.model import State
from services.ingest.domain.schedules.model import NO_TIME, Length, Task, Workweek
from services.ingest.readers.remarks import Remarks
from services.ingest.readers.xer_tables import Line, number

_PLANNED, _ACTUAL = ("target_start_date", "target_end_date"), ("act_start_date", "act_end_date")
_REMAINING = (("restart_date", "reend_date"), ("early_start_date", "early_end_date"))
_HOURS = {"target_drtn_hr_cnt", "remain_drtn_hr_cnt"}
TASK = frozenset(
    {"task_id", "proj_id", "clndr_id", "task_type", "status_code", "task_code", "task_name"}
    | {*_PLANNED, *_ACTUAL, *_REMAINING[0], *_REMAINING[1], *_HOURS}
)
"""What is wanted of an activity."""

_STARTS, _FINISHES = "TT_Mile", "TT_FinMile"
SPANS = frozenset({"TT_LOE", "TT_WBS"})
"""Types of what only spans other activities, and moves none."""

_STATES: Mapping[str, State] = {"TK_NotStart": "open", "TK_Active": "open", "TK_Complete": "done"}
_SAID = {"TK_NotStart": "not started", "TK_Active": "in progress", "TK_Complete": "complete"}

UNREADABLE = "the {} cannot be read, and is left out: {{}}. Correct it in the schedule"
_UNPLANNED = "only a planned date is there, and read as the forecast: {}. Schedule the project, and export it again"
_TWICE = "in the file more than once, and only the first is read: {}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an activity is read: its row among all of them, and its project's name where the file has several."""

    row: int
    project: str | None = None


class TaskReader:
    """Reads activities; `weeks` has the weeks of their calendars by id, `default` is that of all other calendars.

    `tasks` are those that were read, and `worked` their weeks, by id.
    """

    def __init__(self, weeks: Mapping[str, Workweek], default: Workweek, remarks: Remarks) -> None:
        self._weeks, self._default, self._remarks = weeks, default, remarks
        self.tasks: dict[str, Task] = {}
        self.worked: dict[str, Workweek] = {}

    def read(self, row: Line, place: Place, baselines: Mapping[str, Mapping[str, Line]]) -> None:
        """Reads one activity; `baselines` has the rows of its project's baselines, by what they are called and code."""
        if row.get("task_type") in SPANS:
            return
        code, identifier = row.get("task_code", ""), row.get("task_id", "")
        slot = " ".join(filter(None, [place.project, code]))
        if not code or set(code) & set("/="):
            slot = f"activity {identifier}"
        if identifier in self.tasks:
            self._remarks.add(_TWICE, slot)
            return
        self.worked[identifier] = self._weeks.get(row.get("clndr_id", ""), self._default)
        dates = {**self._dates(row, slot), **dict(self._saved(slot, code, baselines))}
        self.tasks[identifier] = self._task(row, place, slot, dates)

    def _task(self, row: Line, place: Place, slot: str, dates: Mapping[str, dt.date]) -> Task:
        status, flagged = row.get("status_code", ""), row.get("task_type") in (_STARTS, _FINISHES)
        return Task(
            id=row.get("task_id", ""),
            row=place.row,
            slot=slot,
            title=" ".join(row.get("task_name", "").split()),
            state=_STATES.get(status),
            said=_SAID.get(status, status),
            key=row.get("task_code") or None,
            flagged=flagged,
            length=NO_TIME if flagged else self._length(row, slot),
            started=status in ("TK_Active", "TK_Complete"),
            dates=dates,
            project=place.project,
        )

    def _dates(self, row: Line, slot: str) -> dict[str, dt.date]:
        is_done = row.get("status_code") == "TK_Complete"
        planned = self._day(row, slot, *_PLANNED)
        finish = next(filter(None, (self._day(row, slot, *names) for names in _REMAINING)), None)
        if not is_done and finish is None and planned is not None:
            self._remarks.add(_UNPLANNED, slot)
        actual = self._day(row, slot, *_ACTUAL) if is_done else None
        said = {"Finish": None if is_done else finish or planned, "Actual finish": actual, "Planned finish": planned}
        return {name: day for name, day in said.items() if day}

    def _saved(
        self, slot: str, code: str, baselines: Mapping[str, Mapping[str, Line]]
    ) -> Iterator[tuple[str, dt.date]]:
        for called, rows in baselines.items():
            if code in rows and (day := self._day(rows[code], slot, *_PLANNED)):
                yield called, day

    def _day(self, row: Line, slot: str, start: str, finish: str) -> dt.date | None:
        """The day in one of two fields: the milestone of a start is at a start."""
        name = start if row.get("task_type") == _STARTS else finish
        try:
            return written_day(row.get(name, ""))
        except ValueError:
            self._remarks.add(UNREADABLE.format(name), slot)
            return None

    def _length(self, row: Line, slot: str) -> Length:
        names = ["remain_drtn_hr_cnt", "target_drtn_hr_cnt"]
        if row.get("status_code") != "TK_NotStart":
            names.reverse()
        said = next(((name, row[name]) for name in names if row.get(name)), None)
        hours = self._hours(*said, slot) if said else 0
        return self.worked[row.get("task_id", "")].length(hours * 60)

    def _hours(self, name: str, said: str, slot: str) -> float:
        try:
            return number(said)
        except ValueError:
            self._remarks.add(UNREADABLE.format(name), slot)
            return 0
