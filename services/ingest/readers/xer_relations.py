"""Relations of a file that Primavera exported, with lags in hours of the calendar that each project says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.ingest.domain.returns.phrases import shortened
from services.ingest.domain.schedules.model import NO_TIME, Kind, Length, Relation, Task, Workweek
from services.ingest.readers.remarks import Remarks
from services.ingest.readers.xer_tables import Line, number
from services.ingest.readers.xer_tasks import UNREADABLE

RELATION = frozenset({"task_id", "pred_task_id", "proj_id", "pred_proj_id", "pred_type", "lag_hr_cnt"})
"""What is wanted of a relation."""

_KINDS: Mapping[str, Kind] = {"PR_FS": "FS", "PR_SS": "SS", "PR_FF": "FF", "PR_SF": "SF", "": "FS"}
_DAY = 24

_ELSEWHERE = (
    "activities that are not in the file are waited for by {}. Declare those dependencies yourself, if they are "
    "milestones of other projects"
)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Which calendar the lags of each project are in: `rules` as its options say, `own` its default week, by its id."""

    rules: Mapping[str, str]
    own: Mapping[str, Workweek]


@dataclass(frozen=True, slots=True)
class RelationReader:
    """Reads relations between these activities; `worked` has the weeks of these, `spans` are ids of what moves none."""

    tasks: Mapping[str, Task]
    worked: Mapping[str, Workweek]
    clocks: Clocks
    spans: frozenset[str]
    remarks: Remarks

    def read(self, rows: Iterable[Line]) -> Iterator[Relation]:
        """The relations in these rows."""
        for row in rows:
            giver, taker = self.tasks.get(row.get("pred_task_id", "")), self.tasks.get(row.get("task_id", ""))
            if taker is None:
                continue
            if giver is not None:
                yield self._relation(giver, taker, row)
            elif row.get("pred_task_id") not in self.spans:
                self.remarks.add(_ELSEWHERE, f"{taker.slot} ({shortened(taker.title)})")

    def _relation(self, giver: Task, taker: Task, row: Line) -> Relation:
        kind = _KINDS.get(row.get("pred_type", ""))
        try:
            hours = number(row.get("lag_hr_cnt") or "0")
        except ValueError:
            kind = None
        if kind is None:
            self.remarks.add(UNREADABLE.format("kind or lag of a link"), taker.slot)
            return Relation(giver.id, taker.id)
        return Relation(giver.id, taker.id, kind, self._lag(giver, taker, row, hours) if hours else NO_TIME)

    def _lag(self, giver: Task, taker: Task, row: Line, hours: float) -> Length:
        project = row.get("proj_id", "")
        rule = self.clocks.rules.get(project, "")
        if rule == "rcal_24Hour":
            return Length(elapsed=hours / _DAY)
        week = self.worked[taker.id if rule == "rcal_Successor" else giver.id]
        if rule == "rcal_ProjDefault":
            week = self.clocks.own.get(project, week)
        return week.length(hours * 60)
