"""What was read of a file: its milestones, how its columns were understood, and findings for a person."""

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from schemas.dates import PreciseDate
from schemas.payloads import Unit

Kind = Literal["doubtful", "question", "noted", "duplicate", "refused"]
"""doubtful: a date is left out until confirmed; question: what it is about is left out until answered; noted: to be
looked at, but published; duplicate: neither is published until resolved; refused: it cannot be read, or not be
published without an answer."""

MilestoneType = Literal["approval", "assurance", "delivery", "engagement"]
State = Literal["open", "done", "cancelled"]

Meaning = Literal[
    "id",
    "title",
    "version",
    "original_baseline",
    "baseline",
    "forecast_or_actual",
    "forecast",
    "actual",
    "status",
    "resolution",
    "reason",
    "type",
    "project",
    "needs",
]
"""What a column of a table can mean."""

Order = Literal["day-first", "month-first"]
Year = Literal["calendar", "financial"]

LONGEST_TITLE = 300
"""The letters that the contract gives a title."""

BASELINE, FORECAST, ACTUAL = "baseline", "forecast", "actual"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know of a return, in a sentence that names the fix.

    Without a slot or row it is about the whole sheet, without a sheet about the whole return.
    """

    kind: Kind
    message: str
    slot: str | None = None
    sheet: str | None = None
    row: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The row needs the row at `slot`, at least `lag` days earlier."""

    slot: str
    lag: int = 0
    unit: Unit = "calendar"


@dataclass(frozen=True, slots=True)
class Row:
    """A milestone as one row of a file states it.

    `slot` points at the row in findings and answers: "6.01.4" of a form, else the row's id, else "row 7"; it is never
    an id. `key` is an id of the publisher's own that outlives a renaming (a task's UID, an issue's key), where the file
    has one. `baseline` is the latest approved one; `due` the forecast or, of what is done, the actual date; `said` the
    status as it was written; `project` what a column of projects says; `others` what the other columns say, by their
    headers; `needs` the rows it waits for.
    `blank` are fields of the contract that are empty in a column marked complete: no longer known.
    """

    sheet: str
    row: int
    slot: str
    title: str
    state: State
    said: str
    key: str | None = None
    type: MilestoneType | None = None
    version: str | None = None
    original_baseline: PreciseDate | None = None
    baseline: PreciseDate | None = None
    due: PreciseDate | None = None
    reason: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Link, ...] = ()
    blank: frozenset[str] = frozenset()
    project: str | None = None

    @property
    def agreed(self) -> PreciseDate | None:
        """The baseline that holds: the latest approved, else the original."""
        return self.baseline or self.original_baseline

    @property
    def due_field(self) -> str:
        """What `due` is of a milestone in this state: `actual` or `forecast`."""
        return ACTUAL if self.state == "done" else FORECAST

    def finding(self, kind: Kind, field: str, message: str) -> Finding:
        """A finding about this row."""
        return Finding(kind, message, slot=self.slot, sheet=self.sheet, row=self.row, field=field)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it was understood: its header, its letters (`C`), what it means (None: not read), and some values."""

    sheet: str
    letters: str
    header: str
    means: Meaning | None
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task of a schedule that is not flagged as a milestone, and may be ticked as one."""

    slot: str
    title: str
    finish: dt.date | None


@dataclass(frozen=True, slots=True)
class Return:
    """A return as read. Project, as-at date and period are as they stand in it, to be confirmed by who sends it.

    `layout` is the same for files with the same headers, so that what was decided of one holds for the next.
    """

    project: str | None
    as_at: dt.date | None
    period: str | None
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    columns: tuple[Column, ...] = ()
    layout: str | None = None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """What the sender decided of how a file is to be read, by the headers of its columns.

    `columns` corrects what a column means (None: it is not read); `order` confirms how its dates are written, `year`
    how its quarters are meant; blanks of those in `complete` mean "no longer known". `statuses` says what a status
    means that is not known, as it is written ("": none is). `ticked` are slots of tasks that are milestones although
    the file does not flag them.
    """

    columns: Mapping[str, Meaning | None] = field(default_factory=dict)
    order: Mapping[str, Order] = field(default_factory=dict)
    year: Mapping[str, Year] = field(default_factory=dict)
    complete: AbstractSet[str] = frozenset()
    statuses: Mapping[str, State] = field(default_factory=dict)
    ticked: AbstractSet[str] = frozenset()


def on(date: dt.date | None) -> PreciseDate | None:
    """A plain date as one of day precision; None stays None."""
    return None if date is None else PreciseDate(date=date)
